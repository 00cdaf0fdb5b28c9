"""The toy shell of the practice cluster: a simulation that runs nothing, and says so.

Knows a handful of commands over files in memory. Must not know HTTP.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from . import exec_commands as commands
from .exec_tty import Input
from .exec_words import KEYWORDS, Command, ShellError, WordReader, statements

SHELLS = frozenset({"sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"})
BANNER = "[simulated] This is a container of a practice cluster: nothing really runs here, and this shell is a toy.\n"
MAX_FILES = 16 * 1024 * 1024
Write = Callable[[int, bytes], Awaitable[None]]


class NotInImage(Exception):
    """The container has no such program."""


@dataclass
class Container:
    """What is remembered of a container between commands."""

    name: str
    hostname: str
    image: str
    env: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    processes: dict[int, Process] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(7))

    def has(self, program: str) -> bool:
        name = program.rpartition("/")[2]
        is_small = any(word in self.image for word in ("busybox", "alpine"))
        if "distroless" in self.image or "scratch" in self.image:
            return False
        if name in ("bash", "ash"):
            return is_small == (name == "ash")
        return name == "sh" or name in commands.ALL

    def write(self, path: str, data: bytes, *, appends: bool) -> None:
        if path == "/dev/null":
            return
        before = self.files.get(path, b"") if appends else b""
        if sum(map(len, self.files.values())) + len(data) > MAX_FILES:
            raise ShellError("no space left on device")
        self.files[path] = before + data


class Process:
    """One exec: what was started, until it ends or is killed."""

    def __init__(self, container: Container, words: list[str], stdin: Input, write: Write) -> None:
        self.container, self.words, self.stdin, self._write = container, words, stdin, write
        self.pid = next(container.numbers)
        self.started_at = time.monotonic()
        self.env = dict(container.env)
        self.arguments: list[str] = []
        self.status = 0
        self._task: asyncio.Task[int] | None = None
        self._foreground: asyncio.Task[int] | None = None
        self._killed_by = 0

    async def write(self, channel: int, data: bytes) -> None:
        """As a terminal shows it: both outputs in one, line breaks with a return."""
        if self.stdin.is_terminal:
            channel, data = 1, data.replace(b"\n", b"\r\n")
        if data:
            await self._write(channel, data)

    async def run(self) -> int:
        """Its exit code."""
        if not self.container.has(self.words[0]):
            raise NotInImage(self.words[0])
        self.container.processes[self.pid] = self
        self.stdin.on_interrupt = self._interrupt
        self._task = asyncio.create_task(self._main())
        try:
            return await self._task
        except asyncio.CancelledError:
            if self._killed_by:
                return 128 + self._killed_by
            raise
        finally:
            self._task.cancel()
            self.container.processes.pop(self.pid, None)

    def kill(self, signal: int) -> None:
        self._killed_by = signal
        if self._task is not None:
            self._task.cancel()

    def _interrupt(self) -> None:
        self.stdin.forget()
        if self._foreground is not None:
            self._foreground.cancel()

    async def _main(self) -> int:
        name, *rest = self.words
        try:
            if name not in SHELLS:
                return await self._guarded(self._program(Command(self.words), None, None))
            if rest[:1] == ["-c"] and len(rest) > 1:
                self.arguments = rest[2:] or [name]
                return await self._script(rest[1])
            return await self._interactive()
        except _Leave as leave:
            return leave.code

    async def _interactive(self) -> int:
        is_terminal = self.stdin.is_terminal
        await self.write(2, BANNER.encode())
        while True:
            if is_terminal:
                await self.write(1, b"/ # ")
            line = await self._guarded_line()
            if line is None:
                return self.status
            self.status = await self._script(line.decode("utf-8", "replace").rstrip("\n"))

    async def _guarded_line(self) -> bytes | None:
        """The next line; an interrupt gives an empty one."""
        reading = asyncio.create_task(self.stdin.line())
        self._foreground = reading  # type: ignore[assignment]
        try:
            return await reading
        except asyncio.CancelledError:
            if self._killed_by or not reading.cancelled() or _is_ending():
                reading.cancel()
                raise
            await self.write(1, b"\n")
            return b""
        finally:
            self._foreground = None

    async def _guarded(self, work: Awaitable[int]) -> int:
        """A command that Ctrl-C ends, and not the shell with it."""
        task = asyncio.ensure_future(work)
        self._foreground = task
        try:
            return await task
        except asyncio.CancelledError:
            if self._killed_by or not task.cancelled() or _is_ending():
                task.cancel()
                raise
            await self.write(1, b"\n")
            return 130
        finally:
            self._foreground = None

    async def _script(self, text: str) -> int:
        status = 0
        try:
            for joiner, pipeline in statements(text):
                if (joiner == "&&" and status) or (joiner == "||" and not status):
                    continue
                status = self.status = await self._guarded(self._pipeline(pipeline))
                if status == 130:
                    break
        except ShellError as error:
            await self.write(2, f"sh: {error}\n".encode())
            status = self.status = 2
        return status

    async def _pipeline(self, parts: list[str]) -> int:
        data: bytes | None = None
        status = 0
        for index, part in enumerate(parts):
            command = await WordReader(part, self._expand).command()
            collected = bytearray() if index < len(parts) - 1 else None
            status = await self._program(command, data, collected)
            data = bytes(collected) if collected is not None else None
        return status

    async def _program(self, command: Command, data: bytes | None, collected: bytearray | None) -> int:
        words = command.words
        while words and "=" in words[0] and words[0].partition("=")[0].isidentifier():
            name, _, value = words.pop(0).partition("=")
            self.env[name] = value
        if not words:
            return 0
        if words[0] in KEYWORDS:
            raise ShellError(f"the shell of the practice cluster does not know {words[0]!r}")
        if command.source:
            data = commands.read_file(self, command.source)
            if data is None:
                raise ShellError(f"can't open {command.source}: no such file")
        if words[0] == "exec" and len(words) > 1:
            words = words[1:]
            if words[0] in SHELLS and len(words) == 1:
                raise _Leave(await self._interactive())
        run = commands.ALL.get(words[0].rpartition("/")[2])
        outputs = _Outputs(self, command, collected)
        if run is None:
            await outputs.write(2, f"sh: {words[0]}: not found (the practice cluster knows few commands)\n".encode())
            return 127
        try:
            return await run(commands.Call(self, words, data, outputs.write))
        finally:
            outputs.store()

    async def _expand(self, name: str) -> str:
        if name.startswith("("):
            return ""
        if name.startswith("$("):
            collected = bytearray()
            for _, pipeline in statements(name[2:-1]):
                command = await WordReader(pipeline[0], self._expand).command()
                await self._program(command, None, collected)
            return collected.decode("utf-8", "replace").rstrip("\n")
        special = {"$": str(self.pid), "?": str(self.status), "#": str(len(self.arguments[1:]))}
        if name in special:
            return special[name]
        if name.isdigit():
            index = int(name)
            return self.arguments[index] if index < len(self.arguments) else ""
        return self.env.get(name, "")


def _is_ending() -> bool:
    """Whether it is the shell itself that is told to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Outputs:
    """Where one command's output goes."""

    def __init__(self, process: Process, command: Command, collected: bytearray | None) -> None:
        self._process, self._collected = process, collected
        self._files: dict[int, tuple[str, bool, bytearray]] = {}
        self._joined: dict[int, int] = {}
        for descriptor, path, appends in command.outputs:
            if path.startswith("&"):
                self._joined[descriptor] = 2 if path == "&2" else 1
            else:
                self._files[descriptor] = (path, appends, bytearray())

    async def write(self, channel: int, data: bytes) -> None:
        channel = self._joined.get(channel, channel)
        if channel in self._files:
            self._files[channel][2].extend(data)
        elif channel == 1 and self._collected is not None:
            self._collected.extend(data)
        else:
            await self._process.write(channel, data)

    def store(self) -> None:
        for path, appends, data in self._files.values():
            self._process.container.write(path, bytes(data), appends=appends)


class _Leave(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def leave(code: int) -> None:
    raise _Leave(code)
