"""One's own profile, password and address, and the links that an administrator passes on."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api.serializers import (
    CodeIn,
    ForgotIn,
    InviteCodeOut,
    MessageOut,
    PasswordChangeIn,
    ProfileIn,
    ProfileOut,
    RegenerateIn,
    RegenerateOut,
    ResetIn,
    ResetListOut,
    profile_out,
    reset_out,
)
from accounts.api.session_views import LIST_PARAMETERS, session_id_of
from accounts.models import User
from core.api.etag import check_if_match, if_match, make_etag, with_etag
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView, PublicView
from core.scopes import Scope


def etag_of(user: User) -> str:
    return make_etag(user.pk, f"{user.updated_at:%Y%m%d%H%M%S%f}")


class ProfileView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="profile_get", summary="Who you are", responses=ProfileOut)
    def get(self, request: Request) -> Response:
        user = selectors.get_self(self.actor)
        return with_etag(Response(profile_out(user)), etag_of(user))

    @extend_schema(
        operation_id="profile_update",
        summary="Change what is sent; a new address needs the current password",
        request=ProfileIn,
        responses=ProfileOut,
    )
    def put(self, request: Request) -> Response:
        data = self.read(ProfileIn, request)
        if "avatar_url" in data:
            data["avatar_url"] = data["avatar_url"] or ""
        expected = if_match(request)
        user = services.update_profile(
            **data, check=lambda user: check_if_match(expected, etag_of(user)), actor=self.actor
        )
        return with_etag(Response(profile_out(user)), etag_of(user))


class PasswordView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="profile_password",
        summary="Change your password; all other sessions end",
        request=PasswordChangeIn,
        responses={204: None},
    )
    def put(self, request: Request) -> Response:
        data = self.read(PasswordChangeIn, request)
        services.change_password(**data, keep_session=session_id_of(self.actor), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgotView(PublicView):
    @extend_schema(
        operation_id="auth_password_forgot",
        summary="Ask for a link to choose a new password; the answer never tells who exists",
        request=ForgotIn,
        responses={202: MessageOut},
    )
    def post(self, request: Request) -> Response:
        services.request_password_reset(email=self.read(ForgotIn, request)["email"])
        return Response(
            {"message": "If there is an account with this address, a link is on its way."},
            status=status.HTTP_202_ACCEPTED,
        )


class ResetView(PublicView):
    @extend_schema(
        operation_id="auth_password_reset",
        summary="Choose a new password with the code of a link; all sessions end",
        request=ResetIn,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        services.reset_password(**self.read(ResetIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class VerificationView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="auth_email_verification",
        summary="Ask for another mail to confirm your address",
        request=None,
        responses={202: MessageOut},
    )
    def post(self, request: Request) -> Response:
        services.request_email_verification(actor=self.actor)
        return Response(
            {"message": "If your address is not confirmed yet, a link is on its way."},
            status=status.HTTP_202_ACCEPTED,
        )


class VerifyView(PublicView):
    @extend_schema(
        operation_id="auth_email_verify",
        summary="Confirm an address with the code of a link",
        request=CodeIn,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        services.verify_email(**self.read(CodeIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OpenResetsView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_password_resets_list",
        summary="Open links for a new password, to be passed on where there is no mail server",
        parameters=LIST_PARAMETERS,
        responses=ResetListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={name: name for name in ("created_at", "expires_at", "email")})
        rows = selectors.list_open_resets(self.actor, query.search)
        response = list_response("password_resets", rows, query, reset_out)
        response["Cache-Control"] = "no-store"
        return response


class InviteCodeView(ApiView):
    access = Access.ADMIN

    @extend_schema(operation_id="settings_invite_code", summary="The invite code, if any", responses=InviteCodeOut)
    def get(self, request: Request) -> Response:
        return Response({"invite_code": selectors.get_signup_state(self.actor).invite_code})


class GenerateInviteCodeView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="settings_generate_invite_code",
        summary="A new invite code; sign-up needs it from now on",
        request=None,
        responses=InviteCodeOut,
    )
    def post(self, request: Request) -> Response:
        return Response({"invite_code": services.generate_invite_code(actor=self.actor)})


class RegenerateSettingView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="settings_regenerate_get",
        summary="Whether each use of the invite code replaces it",
        responses=RegenerateOut,
    )
    def get(self, request: Request) -> Response:
        return Response({"auto_regenerate": selectors.get_signup_state(self.actor).auto_regenerate})

    @extend_schema(
        operation_id="settings_regenerate_update",
        summary="Set whether each use of the invite code replaces it",
        request=RegenerateIn,
        responses=RegenerateOut,
    )
    def put(self, request: Request) -> Response:
        is_on = self.read(RegenerateIn, request)["auto_regenerate"]
        setting = services.set_auto_regenerate(is_on=is_on, actor=self.actor)
        return Response({"auto_regenerate": setting.is_auto_regenerated})
