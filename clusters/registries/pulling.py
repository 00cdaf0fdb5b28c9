"""What a cluster needs to pull somebody's images: the content of a pull secret, and what stands for it until then.

The reference that is stored names registries and the keys under which a kubelet looks them up, never a password.
"""

import json
from collections import defaultdict
from collections.abc import Iterable

from clusters.registries.distribution.errors import RegistryError
from clusters.registries.errors import PullSecretFailed
from clusters.registries.logins import login_of
from clusters.registries.models import Registry
from clusters.registries.references import HUB, canonical_host, parse_reference
from clusters.registries.selectors import registries_for, usable_registries
from clusters.registries.types import Login, PullSecret

SECRET_TYPE = "kubernetes.io/dockerconfigjson"  # noqa: S105 - a kind of secret, not one
SECRET_KEY = ".dockerconfigjson"  # noqa: S105
# The name by which kubelets and engines know all of Docker Hub.
_HUB_KEY = "https://index.docker.io/v1/"
_SCHEME = "registries:"
_KNOWN_TO_KUBELETS = frozenset({HUB, "index.docker.io"})


def pull_secret_for(*, images: Iterable[str], workspace: str) -> PullSecret | None:
    """None when none of `images` comes from a registry that has credentials and that `workspace` may use. One query,
    and nobody is asked."""
    found = {
        image: registry
        for image, registry in registries_for(images=set(images), workspace=workspace).items()
        if registry.credentials
    }
    if not found:
        return None
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for image, registry in found.items():
        keys[registry.pk].add(_key(image, registry))
    parts = [f"{pk}={key}" for pk in sorted(keys) for key in sorted(keys[pk])]
    return PullSecret(_SCHEME + ",".join(parts), frozenset(found))


def is_pull_reference(text: str) -> bool:
    return text.startswith(_SCHEME)


def registries_in(reference: str) -> frozenset[str]:
    """The ids of the registries that a reference names."""
    return frozenset(pk for pk, _ in _parts(reference))


def docker_config(*, reference: str, workspace: str) -> str:
    """The content of the secret, with the passwords of now. For the wire to a cluster: never store or log it.

    A registry that is gone, has moved, has no credentials any more or is no longer for `workspace` is left out. Raises
    `PullSecretFailed` where a password has to be made and cannot.
    """
    parts = _parts(reference)
    rows = usable_registries(workspace).in_bulk([pk for pk, _ in parts])
    logins = {pk: _login(registry) for pk, registry in rows.items()}
    fitting = ((pk, key) for pk, key in parts if pk in rows and _still_fits(key, rows[pk]))
    auths = {key: _auth(login) for pk, key in fitting if (login := logins[pk]) is not None}
    return json.dumps({"auths": auths}, separators=(",", ":"), sort_keys=True)


def _key(image: str, registry: Registry) -> str:
    """What a kubelet compares with the image as it is written, so the host is spelled as it is there."""
    written = parse_reference(image).written_host
    if registry.host == HUB and written.lower() in _KNOWN_TO_KUBELETS:
        # Kubelets write these two as the first before they compare.
        return f"{HUB}/{registry.path}" if registry.path else _HUB_KEY
    return f"{written}/{registry.path}" if registry.path else written


def _still_fits(key: str, registry: Registry) -> bool:
    """A registry that was given another place must not have its password sent to the old one."""
    if key == _HUB_KEY:
        return registry.host == HUB and not registry.path
    host, _, path = key.partition("/")
    return canonical_host(host) == registry.host and path == registry.path


def _parts(reference: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in reference.removeprefix(_SCHEME).split(",") if part)
    return [(pk, key) for pk, _, key in pairs]


def _login(registry: Registry) -> Login | None:
    try:
        return login_of(registry)
    except RegistryError as error:
        raise PullSecretFailed(f"The registry {registry.name} gives no password: {error.message}") from None


def _auth(login: Login) -> dict[str, str]:
    header = login.header.removeprefix("Basic ")
    return {"username": login.username, "password": login.password, "auth": header}
