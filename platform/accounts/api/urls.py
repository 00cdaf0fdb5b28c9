"""Routes of accounts, under /v1/api/."""

from accounts.api import admin_views, oauth_views, profile_views, schema, session_views, token_views
from core.api.routes import route

__all__ = ["schema", "urlpatterns"]  # The import of schema is what registers it.

urlpatterns = [
    route("auth/register", session_views.RegisterView.as_view(), "auth-register"),
    route("auth/login", session_views.LoginView.as_view(), "auth-login"),
    route("auth/refresh", session_views.RefreshView.as_view(), "auth-refresh"),
    route("auth/logout", session_views.LogoutView.as_view(), "auth-logout"),
    route("auth/methods", session_views.MethodsView.as_view(), "auth-methods"),
    route("auth/sessions", session_views.SessionsView.as_view(), "auth-sessions"),
    route("auth/sessions/:id", session_views.SessionView.as_view(), "auth-session"),
    route("auth/password/forgot", profile_views.ForgotView.as_view(), "auth-password-forgot"),
    route("auth/password/reset", profile_views.ResetView.as_view(), "auth-password-reset"),
    route("auth/email/verification", profile_views.VerificationView.as_view(), "auth-email-verification"),
    route("auth/email/verify", profile_views.VerifyView.as_view(), "auth-email-verify"),
    route("auth/oauth/exchange", oauth_views.OAuthExchangeView.as_view(), "auth-oauth-exchange"),
    route("auth/oauth/:provider/authorize", oauth_views.OAuthAuthorizeView.as_view(), "auth-oauth-authorize"),
    route("auth/oauth/:provider/callback", oauth_views.OAuthCallbackView.as_view(), "auth-oauth-callback"),
    route("profile/identities", oauth_views.IdentitiesView.as_view(), "profile-identities"),
    route("profile/identities/depart", oauth_views.IdentityDepartureView.as_view(), "profile-identities-depart"),
    route("profile/identities/:id", oauth_views.IdentityView.as_view(), "profile-identity"),
    route("profile", profile_views.ProfileView.as_view(), "profile"),
    route("profile/password", profile_views.PasswordView.as_view(), "profile-password"),
    route("tokens", token_views.TokensView.as_view(), "tokens"),
    route("tokens/:id", token_views.TokenView.as_view(), "token"),
    route("admin/password-resets", profile_views.OpenResetsView.as_view(), "admin-password-resets"),
    route("admin/users", admin_views.UsersView.as_view(), "admin-users"),
    route("admin/users/:id", admin_views.UserView.as_view(), "admin-user"),
    route("admin/users/:id/sessions", admin_views.UserSessionsView.as_view(), "admin-user-sessions"),
    route("admin/users/:id/sessions/:session_id", admin_views.UserSessionView.as_view(), "admin-user-session"),
    route("admin/users/:id/password-reset", admin_views.UserResetView.as_view(), "admin-user-password-reset"),
    route("settings/invite-code", profile_views.InviteCodeView.as_view(), "settings-invite-code"),
    route(
        "settings/generate-invite-code",
        profile_views.GenerateInviteCodeView.as_view(),
        "settings-generate-invite-code",
    ),
    route("settings/regenerate-setting", profile_views.RegenerateSettingView.as_view(), "settings-regenerate"),
]
