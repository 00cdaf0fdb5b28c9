"""Reading manifests and indexes of images, as OCI and Docker write them. Pure."""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from clusters.registries.distribution.errors import RegistryError

INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
ACCEPT = ", ".join((*INDEXES, *MANIFESTS))
_MAX_PLATFORMS = 200


class Manifest(msgspec.Struct, frozen=True):
    """What is common to both. `size` is that of the layers and the configuration, compressed; None for an index,
    whose images have each their own."""

    media_type: str
    platforms: tuple[str, ...] = ()
    size: int | None = None
    # Of one image: where its platform stands.
    config: str = ""


def read_manifest(body: bytes, media_type: str) -> Manifest:
    """Raises for what is none: a registry may answer anything."""
    document = _object(body)
    own = document.get("mediaType")
    kind = own if isinstance(own, str) and own else media_type.partition(";")[0].strip()
    if kind in INDEXES or (not kind and isinstance(document.get("manifests"), list)):
        platforms = (_platform(item.get("platform")) for item in _objects(document.get("manifests")))
        return Manifest(kind, tuple(dict.fromkeys(filter(None, platforms)))[:_MAX_PLATFORMS])
    if kind in MANIFESTS or isinstance(document.get("layers"), list):
        config = document.get("config")
        parts = [config if isinstance(config, dict) else {}, *_objects(document.get("layers"))]
        digest = parts[0].get("digest")
        return Manifest(kind, (), sum(map(_size, parts)), digest if isinstance(digest, str) else "")
    raise RegistryError(f"The registry has something there that is no image ({kind[:100]}).", reason="protocol")


def platform_of_config(body: bytes) -> str:
    """The platform of one image, as its configuration says; empty where that says nothing (artifacts)."""
    return _platform(_object(body))


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RegistryError("The registry's answer cannot be read.", reason="protocol")
    return document


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _size(part: dict[str, Any]) -> int:
    size = part.get("size")
    return size if isinstance(size, int) and size > 0 else 0


def _platform(value: object) -> str:
    """`linux/arm64/v8`; empty for what is for no machine, such as attestations."""
    if not isinstance(value, dict):
        return ""
    names = [value.get(key) for key in ("os", "architecture", "variant")]
    texts = [name for name in names if isinstance(name, str) and name]
    is_whole = len(texts) >= 2 and all(isinstance(name, str) and name for name in names[:2])
    return "/".join(texts)[:100] if is_whole and "unknown" not in texts[:2] else ""
