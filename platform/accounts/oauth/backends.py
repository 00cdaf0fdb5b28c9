"""The two protocols that we speak, OpenID Connect and GitHub's, on social-core's backends.

What the library leaves to its users is made strict here: every call is guarded and bounded, PKCE and the nonce are
always used, a provider must say that an address is verified, and an identity is bound to who issued it.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from social_core.backends.github import GithubOAuth2
from social_core.backends.oauth import BaseOAuth2PKCE
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import AuthProviderError, AuthResponseError

from accounts.errors import EmailNotVerified
from accounts.models import normalise_email
from accounts.providers import ProviderConfig
from core import outgoing
from core.network import Guard

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
# What is signed with a secret that both sides know is no proof for a third.
JWT_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is by a provider's word. `uid` tells people of one provider apart, and providers that had
    the same name at different times; `email` is verified.
    """

    provider: str
    uid: str
    email: str
    name: str


class _Guarded(BaseOAuth2PKCE[Any]):
    """What both protocols share. Before the library's class in the order of resolution."""

    config: ProviderConfig
    guard: Guard
    seconds: float
    # The state of the journey that `auth_url` began.
    begun_state = ""

    def get_or_create_state(self) -> str | None:
        state = super().get_or_create_state()
        self.begun_state = state or ""
        return state

    def request(
        self,
        url: str,
        *,
        method: Literal["GET", "POST", "DELETE"] = "GET",
        headers: Any = None,
        data: Any = None,
        json: Any = None,
        auth: Any = None,
        params: Any = None,
        timeout: float | None = None,
        stage: Any = "user_info",
    ) -> requests.Response:
        """As the library's, through `core.outgoing`. Nothing of what failed is kept but its kind."""
        if urlsplit(url).scheme != "https" and self.config.url.startswith("https"):
            raise AuthProviderError(self, code="tls_error", stage=stage)
        try:
            response = outgoing.send(
                self.guard,
                method,
                url,
                seconds=self.seconds,
                headers={"Accept": "application/json", "User-Agent": "Sailcloth", **(headers or {})},
                data=data,
                json=json,
                auth=auth,
                params=params,
            )
        except requests.exceptions.SSLError:
            raise AuthProviderError(self, code="tls_error", stage=stage) from None
        except requests.Timeout:
            raise AuthProviderError(self, code="timeout", stage=stage) from None
        except requests.RequestException:
            raise AuthProviderError(self, code="connection_failed", stage=stage) from None
        if response.is_redirect:
            raise AuthResponseError(self, code="malformed_response", stage=stage)
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            raise self._failure(response, stage) from error
        return response

    def _failure(self, response: requests.Response, stage: Any) -> Exception:
        """OAuth says what is wrong in the body of a 400."""
        try:
            found = self.get_provider_error(response.json(), stage=stage, status_code=response.status_code)
        except ValueError:
            found = None
        code = "unavailable" if response.status_code >= 500 or response.status_code == 429 else "http_error"
        return found or AuthProviderError(self, code=code, stage=stage, status_code=response.status_code)

    def claims_of(self, response: dict[str, Any]) -> Claims:
        raise NotImplementedError

    def _claims(self, *, issuer: str, subject: str, email: Any, name: Any) -> Claims:
        if not isinstance(email, str):
            raise EmailNotVerified
        email = normalise_email(email)
        try:
            validate_email(email)
        except ValidationError:
            raise EmailNotVerified from None
        if len(email) > _LONGEST_EMAIL:
            raise EmailNotVerified
        text = name if isinstance(name, str) else ""
        text = "".join(each for each in text if each.isprintable()).strip()[:_LONGEST_NAME]
        return Claims(
            provider=self.config.name,
            uid=hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "replace")).hexdigest(),
            email=email,
            name=text or email.partition("@")[0],
        )


class OpenId(_Guarded, OpenIdConnectAuth[Any]):
    """Any OpenID Connect provider that has a discovery document."""

    DEFAULT_USE_PKCE = True
    DEFAULT_SCOPE = ["openid", "profile", "email"]

    def oidc_config(self) -> dict[str, Any]:
        """The discovery document; one that speaks for somebody else is no answer."""
        found: dict[str, Any] = super().oidc_config()
        issuer = found.get("issuer")
        if not isinstance(issuer, str) or issuer.rstrip("/") != self.config.url.rstrip("/"):
            raise AuthResponseError(self, code="invalid_claim", claim="issuer", stage="begin")
        return found

    def user_data(self, access_token: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The ID token's claims, and what the user info of the same subject adds."""
        claims = dict(self.id_token or {})
        if not self.oidc_config().get("userinfo_endpoint"):
            return claims
        info = self.get_json(self.userinfo_url(), headers={"Authorization": f"Bearer {access_token}"})
        if not isinstance(info, dict) or info.get("sub") != claims["sub"]:
            raise AuthResponseError(self, code="invalid_claim", claim="sub", stage="user_info")
        return {**claims, **info}

    def claims_of(self, response: dict[str, Any]) -> Claims:
        verified = response.get("email_verified")
        if verified is not True and verified != "true":  # A few providers write the word.
            raise EmailNotVerified
        token = self.id_token or {}
        subject = token.get("sub")
        if not isinstance(subject, str) or not subject:
            raise AuthResponseError(self, code="missing_claim", claim="sub", stage="token_validation")
        name = response.get("name") or response.get("preferred_username")
        return self._claims(issuer=token["iss"], subject=subject, email=response.get("email"), name=name)


class GitHub(_Guarded, GithubOAuth2[Any]):
    """GitHub, or a GitHub Enterprise Server: OAuth with an interface of its own instead of OpenID."""

    DEFAULT_SCOPE = ["read:user", "user:email"]

    def authorization_url(self) -> str:
        return f"{self.config.url}/login/oauth/authorize"

    def access_token_url(self) -> str:
        return f"{self.config.url}/login/oauth/access_token"

    def api_url(self) -> str:
        return "https://api.github.com/" if self.config.url == "https://github.com" else f"{self.config.url}/api/v3/"

    def user_data(self, access_token: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The account, with its addresses: the one on the profile is whatever its owner typed."""
        user, emails = self._get("user", access_token), self._get("user/emails", access_token)
        if not isinstance(user, dict) or not isinstance(emails, list):
            raise AuthResponseError(self, code="malformed_response", stage="user_info")
        return {**user, "emails": emails}

    def _get(self, path: str, access_token: str) -> Any:
        return self.get_json(f"{self.api_url()}{path}", headers={"Authorization": f"Bearer {access_token}"})

    def claims_of(self, response: dict[str, Any]) -> Claims:
        subject = response.get("id")
        if isinstance(subject, bool) or not isinstance(subject, int):
            raise AuthResponseError(self, code="missing_claim", claim="id", stage="user_info")
        emails = [each for each in response["emails"] if isinstance(each, dict)]
        primary = next((each for each in emails if each.get("primary") is True), {})
        if primary.get("verified") is not True:
            raise EmailNotVerified
        name = response.get("name") or response.get("login")
        return self._claims(issuer=self.config.url, subject=str(subject), email=primary.get("email"), name=name)


KINDS: dict[str, type[OpenId] | type[GitHub]] = {"openid": OpenId, "github": GitHub}
