"""The providers that people may sign in with, made of the environment."""

from accounts.providers import BadProvider, ProviderConfig
from config.env import Environment

GOOGLE = "https://accounts.google.com"


def providers(env: Environment) -> list[ProviderConfig]:
    """In the order of the sign-in page. One that is described by half is an error when the product starts."""
    github, gitlab, google = env.oauth_github_secret, env.oauth_gitlab_secret, env.oauth_google_secret
    known = [
        ("github", "github", "GitHub", env.oauth_github_url, env.oauth_github_id, github.get_secret_value()),
        ("openid", "gitlab", "GitLab", env.oauth_gitlab_url, env.oauth_gitlab_id, gitlab.get_secret_value()),
        ("openid", "google", "Google", GOOGLE, env.oauth_google_id, google.get_secret_value()),
    ]
    found = [
        ProviderConfig(kind, name, title, name, url.rstrip("/"), client_id, secret)  # type: ignore[arg-type]
        for kind, name, title, url, client_id, secret in known
        if client_id or secret
    ]
    found += [
        ProviderConfig(
            kind="openid",
            name=each.name,
            display_name=each.display_name or each.name,
            icon=each.icon,
            url=each.issuer.rstrip("/"),
            client_id=each.client_id,
            client_secret=each.client_secret.get_secret_value(),
            scopes=tuple(each.scopes),
        )
        for each in env.oauth_oidc
    ]
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise BadProvider(f"Each sign-in provider needs a name of its own; there are {', '.join(names)}.")
    return found
