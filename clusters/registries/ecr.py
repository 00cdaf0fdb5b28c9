"""Amazon's registry takes no lasting password: one is made from an access key, and lasts 12 hours.

Signs one request by Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from clusters.registries.addresses import region_of
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.distribution.tokens import Login
from clusters.registries.distribution.web import Answer, Web

_ALGORITHM = "AWS4-HMAC-SHA256"
_TARGET = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
_LIMIT = 256 * 1024
# With this user the password is one that was made already.
READY_USER = "AWS"


async def exchange(host: str, key: Login, allowed_networks: Sequence[str], *, now: datetime | None = None) -> Login:
    """User and password for `host` from an access key (its id is the user, its secret the password)."""
    if key.username == READY_USER:
        return key
    region, domain = region_of(host)
    endpoint = f"api.ecr.{region}.{domain}"
    body = b"{}"
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": endpoint,
        "X-Amz-Date": (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ"),
        "X-Amz-Target": _TARGET,
    }
    headers["Authorization"] = authorization("POST", "/", headers, body, key, region=region, service="ecr")
    url = f"https://{endpoint}/"
    web = Web(url, allowed_networks=allowed_networks)
    try:
        return read_token(await web.fetch("POST", url, headers=headers, data=body, limit=_LIMIT))
    finally:
        await web.close()


def authorization(
    method: str, path: str, headers: Mapping[str, str], body: bytes, key: Login, *, region: str, service: str
) -> str:
    """The `Authorization` header of a request without a query. All of `headers` are signed."""
    at = headers["X-Amz-Date"]
    lower = {name.lower(): " ".join(value.split()) for name, value in sorted(headers.items(), key=_name)}
    signed = ";".join(lower)
    lines = "".join(f"{name}:{value}\n" for name, value in lower.items())
    request = "\n".join((method, path, "", lines, signed, hashlib.sha256(body).hexdigest()))
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    text = "\n".join((_ALGORITHM, at, scope, hashlib.sha256(request.encode()).hexdigest()))
    signature = f"AWS4{key.password}".encode()
    for part in (at[:8], region, service, "aws4_request", text):
        signature = hmac.new(signature, part.encode(), hashlib.sha256).digest()
    return f"{_ALGORITHM} Credential={key.username}/{scope}, SignedHeaders={signed}, Signature={signature.hex()}"


def _name(item: tuple[str, str]) -> str:
    return item[0].lower()


def read_token(answer: Answer) -> Login:
    """What Amazon gave, or the refusal."""
    if answer.status in (400, 401, 403):
        raise RegistryError("Amazon does not accept the access key.", reason="unauthorized", status=answer.status)
    if answer.status != 200:
        reason = "busy" if answer.status >= 500 or answer.status == 429 else "protocol"
        raise RegistryError(f"Amazon answered with the code {answer.status}.", reason=reason, status=answer.status)
    try:
        found: Any = msgspec.json.decode(answer.body)
        pair = base64.b64decode(found["authorizationData"][0]["authorizationToken"], validate=True).decode()
    except (ValueError, KeyError, IndexError, TypeError):
        pair = ""
    username, colon, password = pair.partition(":")
    if not colon or not password:
        raise RegistryError("Amazon's answer cannot be read.", reason="protocol")
    return Login(username, password)
