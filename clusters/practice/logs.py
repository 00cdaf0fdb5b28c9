"""Simulated container logs: believable lines, the same ones every time somebody asks.

Nothing is stored; a line follows from the container's identity and its number. Must not know HTTP.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from . import script
from .objects import Obj, dig, meta, name_of, parse_time, uid_of, utcnow

EVERY = 3.0
KEPT = 5000
_WORK = (
    "handled request path=/ status=200 duration={n}ms",
    "health check ok uptime={t}s",
    "handled request path=/api/items status=200 duration={n}ms",
    "cache refreshed entries={n}",
    "handled request path=/healthz status=200 duration=1ms",
    "worker idle queue=0",
)


@dataclass(frozen=True)
class Line:
    at: dt.datetime
    text: str

    def stamped(self) -> str:
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond:06d}000Z {self.text}"


@dataclass(frozen=True)
class Run:
    """One run of a container: which, when, and how it ended."""

    pod: Obj
    container: Obj
    restart: int
    start: dt.datetime
    end: dt.datetime | None
    exit_code: int
    reason: str
    speed: float = 1.0


def run_of(pod: Obj, container: Obj, status: Obj, speed: float, *, previous: bool) -> Run | None:
    """The current run, or the one before."""
    restart = int(status.get("restartCount") or 0)
    state = status.get("state") or {}
    ended = (status.get("lastState") or {}).get("terminated")
    if not previous:
        running = state.get("running")
        if running:
            return Run(pod, container, restart, _moment(running.get("startedAt")), None, 0, "", speed)
        ended = state.get("terminated") or ended
    if not ended:
        return None
    number = restart - 1 if previous and "waiting" not in state else restart
    return Run(
        pod,
        container,
        max(0, number),
        _moment(ended.get("startedAt")),
        _moment(ended.get("finishedAt")),
        int(ended.get("exitCode") or 0),
        str(ended.get("reason") or ""),
        speed,
    )


def _moment(text: str | None) -> dt.datetime:
    return parse_time(text) or utcnow()


def _startup(run: Run) -> list[str]:
    image = run.container.get("image", "")
    ports = [str(p["containerPort"]) for p in run.container.get("ports") or []]
    out = [
        "[simulated] this container does not really run: it is part of a practice cluster",
        f"[simulated] starting {run.container['name']} from image {image}",
        f"[simulated] environment: {len(run.container.get('env') or [])} variables",
    ]
    if ports:
        out.append(f"[simulated] listening on 0.0.0.0:{', 0.0.0.0:'.join(ports)}")
    return [*out, "[simulated] ready"]


def _seed(run: Run, number: int) -> int:
    text = f"{uid_of(run.pod)}/{run.container['name']}/{run.restart}/{number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _work_line(run: Run, number: int) -> str:
    seed = _seed(run, number)
    text = _WORK[seed % len(_WORK)].format(n=seed % 90 + 3, t=int((number + 1) * EVERY))
    return f"[simulated] {text}"


def _last_words(run: Run) -> list[str]:
    life = (meta(run.pod).get("annotations") or {}).get("sailcloth.practice/life", "")
    if life == "crash":
        return [
            "[simulated] fatal: the practice annotation asked for a crash",
            "[simulated] exiting with status 1",
        ]
    if life == "oom":
        return ["[simulated] allocating memory beyond the limit, as the practice annotation asked"]
    if run.exit_code:
        return [f"[simulated] exiting with status {run.exit_code}"]
    return ["[simulated] done"]


def lines(run: Run, until: dt.datetime, since: dt.datetime | None = None) -> Iterator[Line]:
    """The lines of a run up to a moment, oldest first, as far back as they are kept."""
    end = min(run.end, until) if run.end else until
    plan = script.read(script.command_of(run.container))
    if plan is not None and plan.is_understood:
        for offset, text in plan.lines:
            at = run.start + dt.timedelta(seconds=offset * run.speed, microseconds=1000)
            if (run.end or at <= until) and (since is None or at >= since):
                for part in text.split("\n"):
                    yield Line(at, part)
        return
    head = _startup(run)
    for index, text in enumerate(head):
        at = run.start + dt.timedelta(milliseconds=40 * (index + 1) * run.speed)
        if (run.end or at <= until) and (since is None or at >= since):
            yield Line(at, text)
    first = 0
    total = max(0, int((end - run.start).total_seconds() / EVERY))
    if since is not None:
        first = max(0, int((since - run.start).total_seconds() / EVERY) - 1)
    for number in range(max(first, total - KEPT), total):
        at = run.start + dt.timedelta(seconds=(number + 1) * EVERY)
        if (since is None or at >= since) and at <= end:
            yield Line(at, _work_line(run, number))
    if run.end and run.end <= until and (since is None or run.end >= since):
        for text in _last_words(run):
            yield Line(run.end, text)


def next_line_in(run: Run, now: dt.datetime) -> float:
    """Seconds until the next line of a running container."""
    plan = script.read(script.command_of(run.container))
    if plan is not None and plan.is_understood:
        later = [run.start + dt.timedelta(seconds=o * run.speed, microseconds=1000) for o, _ in plan.lines]
        waits = [(at - now).total_seconds() for at in later if at > now]
        return min(waits, default=60.0)
    passed = (now - run.start).total_seconds()
    if passed < 0.04 * 6 * run.speed:
        return 0.05
    return EVERY - passed % EVERY


def container_names(pod: Obj) -> list[str]:
    return [c["name"] for c in pod["spec"].get("containers") or []]


def describe(pod: Obj) -> str:
    return f"{name_of(pod)} ({dig(pod, 'status', 'phase', default='')})"
