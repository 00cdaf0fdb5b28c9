"""The refresh token of a browser, where no script can read it.

Only requests with `X-Sailcloth-Browser: 1` set or use the cookie: a header that no form or link of another
site can send, on top of SameSite=Strict.
"""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.sessions import SESSION_LIFETIME

HEADER = "X-Sailcloth-Browser"
COOKIE = "sailcloth_refresh"
PATH = "/v1/api/auth"


def is_browser(request: Request) -> bool:
    return request.headers.get(HEADER) == "1"


def read_cookie(request: Request) -> str:
    """The refresh token, or nothing when this is not our front end."""
    return request.COOKIES.get(COOKIE, "") if is_browser(request) else ""


def set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path=PATH,
        secure=settings.PUBLIC_URL.startswith("https://"),
        httponly=True,
        samesite="Strict",
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
