"""The logins that a build needs: for its source, for where its image goes, and for base images of registries that its
user may use."""

from collections.abc import Iterable
from dataclasses import replace

from builds.engines.types import EngineError, Registry
from builds.models import Build, GitLogin
from builds.sealing import Sealed, unseal
from builds.sources.addresses import host_of
from builds.types import GivenSource
from clusters.registries import logins
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.models import Registry as RegistryRow
from clusters.registries.selectors import registries_for, usable_registries
from vault.services import decrypt_text

GIT_LOGIN_PURPOSE = "builds.git_login"


def sealed_of(build: Build) -> Sealed:
    """What the build was given, and where that has no token the login that is kept for its Git host, as it is now."""
    sealed = unseal(build)
    row = None if sealed.token else kept_git_login(build.workspace_id, str(build.source.get("git_url", "")))
    if row is None:
        return sealed
    token = decrypt_text(row.token, purpose=GIT_LOGIN_PURPOSE, row=row.pk)
    return Sealed(row.username, token, sealed.secrets)


def sealed_again(old: Build) -> Sealed:
    """For a build of the same source: its secrets, and its token unless one is kept for the host, maybe a newer one."""
    sealed = unseal(old)
    is_kept = kept_git_login(old.workspace_id, str(old.source.get("git_url", ""))) is not None
    return Sealed(secrets=sealed.secrets) if is_kept else sealed


def kept_git_login(workspace: str, git_url: str) -> GitLogin | None:
    """The one for the host of `git_url`."""
    return GitLogin.objects.filter(workspace=workspace, address=host_of(git_url)).first() if git_url else None


def with_kept_login(source: GivenSource, workspace: str) -> GivenSource:
    """With the login that is kept for its Git host, where it has no token of its own."""
    row = None if source.token else kept_git_login(workspace, source.git_url)
    if row is None:
        return source
    token = decrypt_text(row.token, purpose=GIT_LOGIN_PURPOSE, row=row.pk)
    return replace(source, username=row.username, token=token)


def logins_for(build: Build, images: Iterable[str]) -> tuple[Registry, ...]:
    """The first is where the image goes. As they are now: a registry that was taken away from the workspace since the
    build was asked for is not used."""
    target = usable_registries(build.workspace_id).filter(pk=build.registry_id).first() if build.registry_id else None
    if target is None:
        raise EngineError("registry_gone", "The registry of this build is gone, or is no longer for you.")
    if target.host != build.image.partition("/")[0]:
        raise EngineError("registry_moved", f"The registry {target.name} has moved since this build was asked for.")
    found = {target.host: _login(target)}
    for row in registries_for(images=images, workspace=build.workspace_id).values():
        if row.host not in found:
            found[row.host] = _login(row)
    return tuple(found.values())


def _login(row: RegistryRow) -> Registry:
    try:
        login = logins.login_of(row)
    except RegistryError as error:
        raise EngineError("registry_unavailable", f"{row.name} gives no password: {error.message}") from None
    if login is None:
        return Registry(row.host, is_plain_http=row.is_plain_http)
    return Registry(row.host, login.username, login.password, row.is_plain_http)
