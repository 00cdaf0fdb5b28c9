"""From what a server answered, or how a connection failed, to the errors of the port.

Nothing secret leaves here: a server may repeat in its message what it was sent.
"""

import base64
import re
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import aiohttp
import msgspec

from clusters.kube.gateway import (
    Busy,
    ClusterError,
    Conflict,
    Json,
    NotFound,
    Refused,
    ResourceExpired,
    Unreachable,
)
from clusters.kube.network import AddressRefused

MAX_MESSAGE = 2_000
MAX_RETRY_AFTER = 300.0
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_HIDDEN = "[hidden]"
# A decoder's complaint quotes the bytes around the fault, and with them parts of values.
_EXCERPT = re.compile(r",? ?error found in #\d+ byte of .*", re.DOTALL)


class Dropped(Unreachable):
    """The connection broke off: what only reads may be sent again at once."""


class Redactor:
    """Takes known secrets out of texts."""

    def __init__(self, secrets: Iterable[str] = (), *, drops_excerpts: bool = False) -> None:
        # The longest first: one may be part of another.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)
        self._drops_excerpts = drops_excerpts

    def also(self, body: Any) -> "Redactor":
        """One that also knows the values of the Secret that is being written, if it is one."""
        if not isinstance(body, dict) or body.get("kind") != "Secret":
            return self
        return Redactor([*self._secrets, *_secret_values(body)], drops_excerpts=True)

    def __call__(self, text: str) -> str:
        if self._drops_excerpts:
            text = _EXCERPT.sub("", text)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def deep(self, value: Any) -> Any:
        match value:
            case str():
                return self(value)
            case dict():
                return {self(str(key)): self.deep(item) for key, item in value.items()}
            case list():
                return [self.deep(item) for item in value]
            case _:
                return value


def _secret_values(body: Json) -> Iterable[str]:
    for field in ("data", "stringData"):
        values = body.get(field)
        for value in values.values() if isinstance(values, dict) else ():
            if not isinstance(value, str):
                continue
            yield value
            if field == "stringData":
                yield base64.b64encode(value.encode()).decode()
            else:
                yield _decoded(value)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return ""


def error_of_answer(status: int, headers: Any, body: bytes, redact: Redactor) -> ClusterError:
    """The error for an answer that is no success."""
    if 300 <= status < 400:
        return Unreachable(
            "The server answered with a redirection, which is not followed; give the address of the API server itself.",
            reason="network",
            status=status,
        )
    return error_of_status(_status_document(body), redact, code=status, retry_after=_retry_after(headers))


def error_of_status(
    document: Json | None, redact: Redactor, *, code: int = 0, retry_after: float | None = None
) -> ClusterError:
    """The error for a `Status`, or for an answer of which only the code can be read."""
    document = document or {}
    if not code:
        code = document["code"] if isinstance(document.get("code"), int) else 500
    details = document.get("details")
    details = redact.deep(details) if isinstance(details, dict) else {}
    seconds = details.get("retryAfterSeconds")
    if retry_after is None and isinstance(seconds, int | float) and seconds > 0:
        retry_after = min(float(seconds), MAX_RETRY_AFTER)
    reason = document.get("reason")
    message = _sentence(document.get("message"), redact) or f"The cluster answered with the code {code}."
    return _class_of(code)(
        message,
        reason=str(reason)[:100] if reason else _REASONS.get(code, "Unknown"),
        status=code,
        details=details,
        retry_after=retry_after,
    )


_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    413: "RequestEntityTooLarge",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def _class_of(code: int) -> type[ClusterError]:
    if code in _BUSY or code > 500:
        return Busy
    by_code: dict[int, type[ClusterError]] = {404: NotFound, 409: Conflict, 410: ResourceExpired}
    return by_code.get(code, Refused)


def _status_document(body: bytes) -> Json | None:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Not from an API server, or from one in its simpler moments: a line of plain text.
        text = body[:300].decode("utf-8", "replace").strip()
        return None if not text or text.startswith("<") else {"message": text}
    return document if isinstance(document, dict) else None


def _sentence(message: Any, redact: Redactor) -> str:
    if not isinstance(message, str):
        return ""
    # First the secrets, then the length: a cut through the middle of one would hide it from us.
    text = redact(message)
    text = "".join(ch if ch.isprintable() or ch == "\n" else " " for ch in text).strip()
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"


def _retry_after(headers: Any) -> float | None:
    text = str(headers.get("Retry-After") or "").strip()
    return min(float(text), MAX_RETRY_AFTER) if text.isdigit() and len(text) < 9 else None


def error_of_failure(error: BaseException, host: str) -> ClusterError:
    """The error for a connection that failed, from what aiohttp, ssl or the guard raised."""
    match error:
        case ClusterError():
            return error
        case AddressRefused():
            return Unreachable(f"The connection is not allowed: {error}.", reason="network")
        case aiohttp.InvalidURL():
            return Unreachable("The address cannot be used.", reason="network")
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return Unreachable(f"The name {host} cannot be resolved.", reason="dns")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Unreachable(_tls_words(error), reason="tls")
        case TimeoutError():
            return Unreachable(f"{host} did not answer in time.", reason="timeout")
        case aiohttp.ClientConnectorError() | ConnectionRefusedError() if _is_refused(error):
            return Unreachable(f"{host} refuses connections on this port.", reason="refused")
        case aiohttp.ClientConnectorError():
            return Unreachable(f"{host} cannot be reached ({_os_words(error.os_error)}).", reason="network")
        case aiohttp.ClientResponseError():
            return Unreachable(f"{host} gave an answer that cannot be read.", reason="network")
        case aiohttp.ClientError() | OSError():
            return Dropped(f"{host} broke off the connection.", reason="network")
        case _:
            return Unreachable(f"The connection to {host} failed.", reason="network")


def _is_refused(error: BaseException) -> bool:
    return isinstance(getattr(error, "os_error", error), ConnectionRefusedError)


def _os_words(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _tls_words(error: BaseException) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The server's certificate is not accepted: {cause.verify_message.rstrip('.') or 'it is not valid'}."
    return "The secure connection (TLS) cannot be made; the server may speak something else on this port."
