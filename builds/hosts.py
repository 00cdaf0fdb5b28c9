"""Whether an engine may go where a Dockerfile sends it: the same guard that our own connections pass.

An engine resolves names again by itself, and steps may connect as the engine's network lets them; that is for the
network setting and the engine's own rules (docs/SECURITY.md).
"""

import socket
from urllib.parse import urlsplit

from builds.dockerfiles import References
from builds.engines.types import EngineError
from clusters.kube.network import AddressRefused, Guard
from clusters.registries.references import HUB, BadReference, parse_reference

_HTTPS = 443


async def check_hosts(references: References, guard: Guard) -> None:
    """Raises EngineError for a host that is not there, or where nobody may go."""
    seen: set[str] = set()
    for image in references.images:
        try:
            host = parse_reference(image).host
        except BadReference as error:
            raise EngineError("bad_base_image", f"FROM {image[:200]}: {error}") from None
        if host not in seen and host != HUB:
            await _check(host, f"The base image {image[:200]}", guard)
        seen.add(host)
    for url in references.urls:
        host = urlsplit(url).netloc.rpartition("@")[2] if "://" in url else url.partition("@")[2].partition(":")[0]
        if host and host not in seen:
            await _check(host, f"ADD {url[:200]}", guard)
        seen.add(host)


async def _check(host: str, what: str, guard: Guard) -> None:
    name, port = _split(host)
    try:
        await guard.addresses(name, port)
    except socket.gaierror:
        raise EngineError(
            "unknown_host", f"{what}: the host {name} cannot be found. Check how it is written."
        ) from None
    except (AddressRefused, TimeoutError) as error:
        raise EngineError("host_refused", f"{what}: {error}.") from None


def _split(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    if host.endswith("]") or not colon or not port.isdigit():
        name, port = host, str(_HTTPS)
    return name.removeprefix("[").removesuffix("]").lower(), int(port)
