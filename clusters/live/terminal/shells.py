"""Finding a shell in a container, starting it so that it can be ended again, and ending it.

A cluster does not end a shell whose client goes away, so each one tells its number at its start, by which it is found
and killed. Must not know sockets or sessions.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clusters.kube.gateway import ClusterError, Exec, Exit, Gateway

PROBED = ("bash", "sh", "ash")
_KNOWN = re.compile(r"(?:/[A-Za-z0-9._-]+)*/?(?:ba|da|a|z|k)?sh\Z")
PROBE_SECONDS = 10.0
KILL_SECONDS = 4.0
MARK = b"\x1b]7717;"
_END = b"\x07"
_MOST_MARK = 2_000
_START = (
    r"""printf '\033]7717;%s;%s\007' "$$" "$(cat /proc/$$/stat 2>/dev/null)"; """
    """export TERM=xterm-256color; exec "$0" """
)
# The shell and what is in front of it are told to hang up, and a second later are gone whatever they think of it.
# What somebody put behind with nohup stays, as in any terminal.
_KILL = """t=0
read -r s 2>/dev/null </proc/$0/stat && s=${s##*) } && set -- $s && t=$6
kill -HUP $0 2>/dev/null
[ "$t" -gt 1 ] 2>/dev/null && kill -HUP -$t 2>/dev/null
sleep 1
kill -KILL $0 2>/dev/null
[ "$t" -gt 1 ] 2>/dev/null && kill -KILL -$t 2>/dev/null
exit 0"""


class NoShell(Exception):
    """The container has none of those that were tried."""

    def __init__(self, tried: Sequence[str], why: str = "") -> None:
        names = ", ".join(tried)
        super().__init__(f"There is no shell in this container (tried: {names}).{f' {why}' if why else ''}")


@dataclass(frozen=True, slots=True)
class Container:
    namespace: str
    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Started:
    """What a shell said of itself: its number, and what tells it from a later process with the same one."""

    pid: str
    born: str


def is_shell(name: str) -> bool:
    return len(name) <= 100 and bool(_KNOWN.match(name))


async def find_shell(gateway: Gateway, where: Container, wanted: str = "") -> str:
    """The first that is there. Raises `NoShell`, and the errors of the port."""
    tried = (wanted,) if wanted else PROBED
    probes = [asyncio.create_task(_probe(gateway, where, name)) for name in tried]
    try:
        exits = []
        for name, probe in zip(tried, probes, strict=True):
            exits.append(await probe)
            if exits[-1].code == 0:
                return name
        raise NoShell(tried, _told(exits[-1]))
    finally:
        for probe in probes:
            probe.cancel()


async def _probe(gateway: Gateway, where: Container, shell: str) -> Exit:
    return (await run(gateway, where, (shell, "-c", "exit 0"), seconds=PROBE_SECONDS))[0]


def _told(exit: Exit) -> str:
    """Only what says something else than that the program is missing."""
    is_plain = exit.code is not None or "not found" in exit.message or "no such file" in exit.message
    return "" if is_plain else exit.message


async def run(gateway: Gateway, where: Container, command: Sequence[str], *, seconds: float) -> tuple[Exit, bytes]:
    """How a command ended, and at most 64 KiB of what it wrote."""
    output = bytearray()
    running: Exec | None = None
    try:
        async with asyncio.timeout(seconds):
            running = await gateway.exec(where.pod, where.namespace, container=where.container, command=command)
            while (part := await running.read()) is not None:
                if part[0] == 1 and len(output) < 64 * 1024:
                    output += part[1]
    except TimeoutError:
        return Exit(None, "timeout", "The container did not answer in time."), bytes(output)
    finally:
        if running is not None:
            await running.aclose()
    return running.exit or Exit(None, "lost"), bytes(output)


async def start_shell(gateway: Gateway, where: Container, shell: str) -> Exec:
    command = (shell, "-c", _START, shell)
    return await gateway.exec(
        where.pod, where.namespace, container=where.container, command=command, tty=True, stdin=True
    )


def read_mark(output: bytes) -> tuple[Started | None, bytes] | None:
    """What the shell said of itself, and the rest; None while it may still be coming."""
    start = output.find(MARK)
    end = output.find(_END, start) if start >= 0 else -1
    if end < 0:
        return None if len(output) < _MOST_MARK else (None, output)
    pid, _, stat = output[start + len(MARK) : end].decode("utf-8", "replace").partition(";")
    rest = output[:start] + output[end + 1 :]
    return (Started(pid, born_of(stat)) if pid.isdigit() else None), rest


def born_of(stat: str) -> str:
    """The time of its start, from /proc/<pid>/stat; empty where that cannot be read."""
    words = stat.rpartition(") ")[2].split()
    return words[19] if len(words) > 19 else ""


async def kill_shell(gateway: Gateway, where: Container, shell: str, started: Started, *, is_sure: bool) -> bool:
    """Ends a shell and what is in front of it. `is_sure`: it was running just now, so the number is its own; else
    this is looked at first. Whether it was told to end."""
    try:
        if not is_sure and not await _is_same(gateway, where, started):
            return False
        command = (shell, "-c", _KILL, started.pid)
        exit, _ = await run(gateway, where, command, seconds=KILL_SECONDS)
    except ClusterError:
        return False
    return exit.code is not None


async def _is_same(gateway: Gateway, where: Container, started: Started) -> bool:
    _, output = await run(gateway, where, ("cat", f"/proc/{started.pid}/stat"), seconds=KILL_SECONDS)
    return bool(started.born) and born_of(output.decode("utf-8", "replace")) == started.born
