"""The port through which the spine speaks to a cluster, whatever stands behind it.

Callers see plain JSON objects, `Capabilities` and the errors below; never a client. All methods are
coroutines that run on the process's cluster loop (`clusters.kube.loop.run`). A connection that cannot
do something raises `Unsupported` by name.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import msgspec

from plugins.sdk.capabilities import Capabilities, ServedKind

Json = dict[str, Any]
FIELD_MANAGER = "sailcloth"


class ClusterError(Exception):
    """What a cluster answered, or failed to. `reason` is Kubernetes' own (`Conflict`, `Forbidden`, ...)
    or one of ours for a failed connection: dns, refused, tls, timeout, unauthorized, forbidden, network."""

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        status: int = 0,
        details: Json | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.status = status
        self.details = details or {}
        self.retry_after = retry_after


class Unreachable(ClusterError):
    """No answer: dns, refused, tls, timeout, network. Worth another try later."""


class Refused(ClusterError):
    """The cluster understood and said no (4xx, admission, quota, schema); trying again changes nothing."""


class NotFound(Refused):
    """404: the object, or its namespace or kind, is not there."""


class Conflict(Refused):
    """409. For an apply, `details["causes"]` name field and manager."""


class Busy(ClusterError):
    """429 or 503 with or without Retry-After, or 500: try again after `retry_after` seconds."""


class ResourceExpired(ClusterError):
    """410: the resourceVersion is too old; list again."""


class Unsupported(ClusterError):
    """This connection cannot do that (an agent without exec, say)."""


class WatchEvent(msgspec.Struct, frozen=True):
    """`type`: ADDED, MODIFIED, DELETED, BOOKMARK. `object` as the cluster sent it."""

    type: str
    object: Json


class ListPage(msgspec.Struct, frozen=True):
    """All items (paged behind the scenes) and the resourceVersion to watch from."""

    items: list[Json]
    resource_version: str


class Watch(Protocol):
    """An open watch, read once: `async for event in watch`. Close it when leaving early
    (`async with contextlib.aclosing(watch)`), else its connection stays open."""

    def __aiter__(self) -> AsyncIterator[WatchEvent]: ...

    async def __anext__(self) -> WatchEvent: ...

    async def aclose(self) -> None: ...


class LogLine(Protocol):
    """One line of a log. `nanos` is its time since the epoch; 0 and an empty `time` where it came without one."""

    @property
    def nanos(self) -> int: ...

    @property
    def time(self) -> str: ...

    @property
    def text(self) -> str: ...


class Log(Protocol):
    """An open log. Close it when leaving early, else its connection stays open."""

    async def batch(self, seconds: float | None = None) -> Sequence[LogLine] | None:
        """The lines that came meanwhile; none after `seconds` without any; None at the end. Raises Unreachable
        when the connection breaks off."""
        ...

    async def aclose(self) -> None: ...


class Exit(msgspec.Struct, frozen=True):
    """How a command ended. `code` is None when it never ran, or nobody can tell any more."""

    code: int | None
    reason: str = ""
    message: str = ""


class Exec(Protocol):
    """A command that runs in a container. Close it when leaving early: that alone does not end the command."""

    exit: Exit | None

    async def read(self) -> tuple[int, bytes] | None:
        """The next output as (1 or 2 for standard output or error, bytes); None at the end, then `exit` is set."""
        ...

    async def write(self, data: bytes) -> None: ...

    async def end_input(self) -> None: ...

    async def resize(self, columns: int, rows: int) -> None: ...

    async def aclose(self) -> None: ...


class Gateway(Protocol):
    """One cluster, with one identity."""

    async def version(self) -> str: ...

    async def capabilities(self, *, refresh: bool = False) -> Capabilities: ...

    async def get(self, kind: ServedKind, name: str, namespace: str = "") -> Json:
        """Raises NotFound."""
        ...

    async def list(self, kind: ServedKind, namespace: str = "", *, labels: str = "", fields: str = "") -> ListPage: ...

    async def watch(
        self,
        kind: ServedKind,
        namespace: str = "",
        *,
        resource_version: str,
        labels: str = "",
        fields: str = "",
        timeout_seconds: int = 290,
    ) -> Watch:
        """Awaiting it opens the watch, `async for` reads it. Ends when the server ends it; raises
        ResourceExpired on 410, Unreachable when nothing comes for longer than the server was asked to wait."""
        ...

    async def apply(self, kind: ServedKind, body: Json, *, force: bool = False, dry_run: bool = False) -> Json:
        """Server-side apply as FIELD_MANAGER; the object as it is (or would be) afterwards."""
        ...

    async def create(self, kind: ServedKind, body: Json, *, dry_run: bool = False) -> Json: ...

    async def patch(
        self,
        kind: ServedKind,
        name: str,
        namespace: str,
        patch: Any,
        *,
        patch_type: str = "merge",
        subresource: str = "",
        dry_run: bool = False,
    ) -> Json:
        """`patch_type`: merge, json or strategic."""
        ...

    async def delete(
        self,
        kind: ServedKind,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        resource_version: str | None = None,
        propagation: str = "Background",
        dry_run: bool = False,
    ) -> None:
        """With preconditions where given; NotFound is raised, not swallowed."""
        ...

    async def logs(
        self,
        pod: str,
        namespace: str,
        *,
        container: str = "",
        tail: int | None = None,
        previous: bool = False,
        limit_bytes: int | None = None,
    ) -> str: ...

    async def follow_logs(
        self,
        pod: str,
        namespace: str,
        *,
        container: str = "",
        follow: bool = True,
        since: str = "",
        since_seconds: int | None = None,
        tail: int | None = None,
        previous: bool = False,
    ) -> Log:
        """Awaiting it opens the log, which is read in batches. `since` is a time in whole seconds."""
        ...

    async def exec(
        self,
        pod: str,
        namespace: str,
        *,
        command: Sequence[str],
        container: str = "",
        tty: bool = False,
        stdin: bool = False,
    ) -> Exec:
        """Starts a command in a container. Whether it could be started is told by how it ends."""
        ...

    async def raw(self, method: str, path: str, *, query: dict[str, str] | None = None, body: Any = None) -> Json:
        """For what has no kind: metrics, reviews, node proxies."""
        ...
