"""What a worker writes of the build that it carries out: every write is fenced, so a stalled worker writes nothing."""

import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from builds import events
from builds.logs.chunks import StreamItem, pack_items
from builds.models import Build, BuildChunk
from builds.states import FINISHED, BuildStatus, sources_of
from core.api.times import format_time
from core.work import services as work
from core.work.types import Lease

FLUSH_SECONDS = 0.25
FLUSH_ITEMS = 1000
MOST_STEPS = 400
_PROGRESS_OF = {"fetching": 0.05, "building": 0.1, "pushing": 0.9}


class Ledger:
    """One build under one lease. Lines and steps are gathered and written together (`flush`)."""

    def __init__(self, build: Build, lease: Lease | None, *, most_log_bytes: int) -> None:
        self.build = build
        self._lease = lease
        self._most = most_log_bytes
        self._items: list[StreamItem] = []
        self._flushed_at = 0.0
        self._is_cut = build.log_bytes >= most_log_bytes

    def line(self, stage: str, text: str) -> None:
        """A line of the log, masked already."""
        if self._is_cut:
            return
        self.build.log_bytes += len(text) + 1
        if self.build.log_bytes > self._most:
            self._is_cut = True
            text = "The log has reached its limit; what follows is not kept."
        self.build.log_lines += 1
        self._items.append(("line", {"stage": stage, "text": text, "time": format_time(timezone.now())}))

    def step(self, name: str, status: str, seconds: float | None = None) -> None:
        """A step began (`running`) or ended (`done`, `cached`, `failed`, `cancelled`)."""
        steps: list[dict[str, Any]] = self.build.steps
        known = next((step for step in reversed(steps) if step["name"] == name and step["status"] == "running"), None)
        if known is not None:
            known.update(status=status, seconds=seconds)
        elif len(steps) < MOST_STEPS:
            # Whoever comes to look while it runs wants to know since when.
            began = format_time(timezone.now())
            steps.append({"name": name, "status": status, "seconds": seconds, "started_at": began})
        self._items.append(("step", {"name": name, "status": status, "seconds": seconds}))

    def progress(self, fraction: float) -> None:
        """Of the build's own steps, 0 to 1."""
        value = round(0.1 + 0.8 * min(max(fraction, 0.0), 1.0), 3)
        if value > self.build.progress:
            self.build.progress = value
            self._items.append(("status", {"status": self.build.status, "progress": value}))

    @property
    def is_due(self) -> bool:
        return len(self._items) >= FLUSH_ITEMS or (
            bool(self._items) and time.monotonic() - self._flushed_at >= FLUSH_SECONDS
        )

    def flush(self) -> None:
        """Write what was gathered, in one fenced transaction."""
        if self._items:
            self.save()

    def save(self, status: BuildStatus | None = None, **changes: Any) -> None:
        """Write what was gathered, with `status` where the build enters another, and `changes` of its columns."""
        with self._fenced():
            self._write(status, changes)
        self._flushed_at = time.monotonic()

    def finish(self, status: BuildStatus, *, code: str = "", error: str = "") -> None:
        """The end: the row, the last events of the stream and the news of it, in one transaction."""
        for step in self.build.steps:
            if step["status"] == "running":
                self.step(step["name"], "cancelled" if status is BuildStatus.CANCELLED else "failed")
        with self._fenced():
            ended: dict[str, Any] = {"finished_at": timezone.now(), "error_code": code, "error": error}
            if status is BuildStatus.SUCCEEDED:
                ended["progress"] = 1.0
            self._write(status, ended, is_last=True)
            events.tell_finished(self.build)

    def is_cancel_requested(self) -> bool:
        return Build.objects.filter(pk=self.build.pk, cancel_requested_at__isnull=False).exists()

    def _fenced(self) -> Any:
        return work.fenced(self._lease) if self._lease is not None else transaction.atomic()

    def _write(self, status: BuildStatus | None, changes: dict[str, Any], *, is_last: bool = False) -> None:
        build, now = self.build, timezone.now()
        if status is not None:
            build.status = status
            changes.setdefault("progress", max(build.progress, _PROGRESS_OF.get(status, 0.0)))
        for name, value in changes.items():
            setattr(build, name, value)
        if status is not None:
            self._items.append(("status", {"status": build.status, "progress": build.progress}))
        if is_last:
            self._items.append(("done", done_of(build)))
        items, self._items = self._items, []
        if items:
            BuildChunk.objects.create(build=build, first=build.cursor + 1, count=len(items), data=pack_items(items))
            build.cursor += len(items)
        columns = {
            name: getattr(build, name)
            for name in ("status", "steps", "progress", "journal", "cursor", "log_lines", "log_bytes", *changes)
        }
        rows = Build.objects.filter(pk=build.pk)
        rows = rows.filter(status__in=sources_of(status)) if status is not None else rows.exclude(status__in=FINISHED)
        if not rows.update(**columns, updated_at=now):
            raise IllegalTransition(f"A build that is over cannot become {build.status}.")
        build.updated_at = now
        events.tell_grown(build)


class IllegalTransition(Exception):
    """The row is in a state from which this one cannot follow: somebody else ended it."""


def done_of(build: Build) -> dict[str, Any]:
    """The data of the stream's last event."""
    data: dict[str, Any] = {"status": build.status, "image": f"{build.image}:{build.tag}", "digest": build.digest}
    if build.error:
        data["error"] = build.error
    return data
