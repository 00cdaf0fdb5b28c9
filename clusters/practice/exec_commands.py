"""What the toy shell can do. Each command is a function of its call; nothing is ever run.

Must not know grammar or terminals.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exec_shell import Process

Write = Callable[[int, bytes], Awaitable[None]]
_ESCAPES = re.compile(r"\\(0[0-7]{0,3}|[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "e": "\x1b", "\\": "\\"}
_SIGNALS = {"HUP": 1, "INT": 2, "KILL": 9, "TERM": 15}
FOLDERS = ("bin", "dev", "etc", "proc", "tmp", "usr", "var")
_STEP = 32 * 1024
_LONGEST = 64 * 1024 * 1024


@dataclass
class Call:
    process: Process
    words: list[str]
    data: bytes | None
    write: Write

    async def say(self, text: str) -> None:
        await self.write(1, text.encode("utf-8", "surrogateescape"))

    async def complain(self, text: str) -> int:
        await self.write(2, f"{self.words[0]}: {text}\n".encode())
        return 1

    async def input(self, paths: list[str]) -> bytes | None:
        """What the files hold, or else what comes in; None when there is no such file."""
        if not paths:
            return self.data if self.data is not None else await self.process.stdin.everything()
        found = b""
        for path in paths:
            data = read_file(self.process, path)
            if data is None:
                await self.complain(f"can't open '{path}': No such file or directory")
                return None
            found += data
        return found

    async def put(self, data: bytes) -> None:
        for start in range(0, len(data), _STEP):
            await self.write(1, data[start : start + _STEP])

    @property
    def operands(self) -> list[str]:
        return [word for word in self.words[1:] if not word.startswith("-") or word == "-"]

    @property
    def flags(self) -> str:
        return "".join(word[1:] for word in self.words[1:] if word.startswith("-") and word != "-")


def read_file(process: Process, path: str) -> bytes | None:
    container = process.container
    if path == "/dev/null":
        return b""
    if path == "/etc/hostname":
        return f"{container.hostname}\n".encode()
    if path == "/etc/os-release":
        return b'NAME="Sailcloth practice cluster (simulated)"\nID=practice\n'
    stat = re.fullmatch(r"/proc/(\d+|self)/stat", path)
    if stat:
        pid = process.pid if stat[1] == "self" else int(stat[1])
        found = container.processes.get(pid)
        if found is None:
            return None
        name = found.words[0].rpartition("/")[2]
        zeros = " 0" * 13
        return f"{pid} ({name}) S 0 {pid} {pid} 34816 {pid}{zeros} {int(found.started_at * 100)} 0\n".encode()
    return container.files.get(path)


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "01234567":
            return chr(int(code, 8) & 0xFF)
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _PLAIN.get(code, match[0])

    return _ESCAPES.sub(one, text)


async def echo(call: Call) -> int:
    words, end, escapes = call.words[1:], "\n", False
    while words and words[0] in ("-n", "-e", "-ne", "-en"):
        flag = words.pop(0)
        end, escapes = ("" if "n" in flag else end), escapes or "e" in flag
    text = " ".join(words)
    await call.say((_unescape(text) if escapes else text) + end)
    return 0


async def printf(call: Call) -> int:
    if len(call.words) < 2:
        return await call.complain("usage: printf FORMAT [ARG]...")
    values = iter(call.words[2:])
    text = re.sub(r"%([sd%])", lambda match: "%" if match[1] == "%" else next(values, ""), _unescape(call.words[1]))
    await call.say(text)
    return 0


async def ls(call: Call) -> int:
    folder = (call.operands or ["/"])[0].rstrip("/") + "/"
    files = call.process.container.files
    names = {path[len(folder) :].partition("/")[0] for path in files if path.startswith(folder)}
    if folder == "/":
        names |= set(FOLDERS)
    elif not names and folder.strip("/") not in FOLDERS:
        return await call.complain(f"{folder.rstrip('/')}: No such file or directory")
    await call.say("".join(f"{name}\n" for name in sorted(names)))
    return 0


async def cat(call: Call) -> int:
    if not call.operands and call.data is None:
        while (line := await call.process.stdin.line()) is not None:
            await call.write(1, line)
        return 0
    data = await call.input(call.operands)
    if data is None:
        return 1
    await call.put(data)
    return 0


async def head(call: Call) -> int:
    match = re.search(r"-c\s*(\d+)([kM]?)", " ".join(call.words))
    if not match:
        return await call.complain("only -c is simulated")
    number = min(int(match[1]) * {"": 1, "k": 1024, "M": 1024 * 1024}[match[2]], _LONGEST)
    paths = [word for word in call.operands if word.startswith("/") or not word[0].isdigit()]
    data = os.urandom(number) if paths == ["/dev/urandom"] else await call.input(paths)
    if data is None:
        return 1
    await call.put(data[:number])
    return 0


async def base64_(call: Call) -> int:
    data = await call.input(call.operands)
    if data is None:
        return 1
    if "d" not in call.flags:
        await call.put(base64.encodebytes(data))
        return 0
    try:
        await call.put(base64.b64decode(data, validate=False))
    except binascii.Error:
        return await call.complain("invalid input")
    return 0


async def sha256sum(call: Call) -> int:
    data = await call.input(call.operands)
    if data is None:
        return 1
    await call.say(f"{hashlib.sha256(data).hexdigest()}  {(call.operands or ['-'])[0]}\n")
    return 0


async def wc(call: Call) -> int:
    data = await call.input(call.operands)
    if data is None:
        return 1
    await call.say(f"{len(data) if 'c' in call.flags else data.count(10)}\n")
    return 0


async def env(call: Call) -> int:
    await call.say("".join(f"{name}={value}\n" for name, value in call.process.env.items()))
    return 0


async def export(call: Call) -> int:
    for word in call.operands:
        name, mark, value = word.partition("=")
        if mark:
            call.process.env[name] = value
    return 0


async def stty(call: Call) -> int:
    terminal = call.process.stdin
    if not terminal.is_terminal:
        return await call.complain("standard input: Not a tty")
    for word in call.words[1:]:
        if word == "size":
            await call.say(f"{terminal.rows} {terminal.columns}\n")
        elif word in ("echo", "-echo"):
            terminal.has_echo = word == "echo"
        elif word not in ("sane", "-g"):
            return await call.complain(f"{word} is not simulated")
    return 0


async def sleep(call: Call) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", (call.operands or [""])[0])
    if not match and call.operands != ["infinity"]:
        return await call.complain(f"invalid number '{' '.join(call.operands)}'")
    seconds = float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]] if match else 3e7
    await asyncio.sleep(seconds)
    return 0


async def exit_(call: Call) -> int:
    from .exec_shell import leave

    word = (call.operands or [str(call.process.status)])[0]
    leave(int(word) % 256 if word.isdigit() else 2)
    return 0


async def kill(call: Call) -> int:
    words = call.words[1:]
    signal = _SIGNALS["TERM"]
    if words and words[0].startswith("-"):
        name = words.pop(0)[1:].removeprefix("SIG")
        signal = int(name) if name.isdigit() else _SIGNALS.get(name, 15)
    status = 0
    for word in words:
        found = call.process.container.processes.get(int(word)) if word.isdigit() else None
        if found is None:
            status = await call.complain(f"can't kill pid {word}: No such process")
        elif signal and not (signal == _SIGNALS["TERM"] and found.stdin.is_terminal):
            found.kill(signal)
    return status


async def ps(call: Call) -> int:
    lines = ["PID   USER     COMMAND", "    1 root     (simulated)"]
    running = call.process.container.processes.values()
    lines += [f"{each.pid:5} root     {' '.join(each.words)[:200]}" for each in running]
    await call.say("\n".join(lines) + "\n")
    return 0


async def say_of_itself(call: Call) -> int:
    container = call.process.container
    words = {
        "hostname": container.hostname,
        "pwd": "/",
        "whoami": "root",
        "id": "uid=0(root) gid=0(root)",
        "uname": "Linux (simulated: this is a practice cluster)",
        "tty": "/dev/pts/0" if call.process.stdin.is_terminal else "not a tty",
    }
    await call.say(words[call.words[0].rpartition("/")[2]] + "\n")
    return 0


async def rm(call: Call) -> int:
    for path in call.operands:
        call.process.container.files.pop(path, None)
    return 0


async def succeed(call: Call) -> int:
    return 0


async def fail(call: Call) -> int:
    return 1


async def help_(call: Call) -> int:
    await call.say("[simulated] This shell knows: " + " ".join(sorted(ALL)) + "\n")
    return 0


ALL: dict[str, Callable[[Call], Awaitable[int]]] = {
    "echo": echo,
    "printf": printf,
    "ls": ls,
    "cat": cat,
    "head": head,
    "base64": base64_,
    "sha256sum": sha256sum,
    "wc": wc,
    "env": env,
    "printenv": env,
    "export": export,
    "stty": stty,
    "sleep": sleep,
    "exit": exit_,
    "kill": kill,
    "ps": ps,
    "rm": rm,
    "help": help_,
    "false": fail,
    **dict.fromkeys(("true", ":", "cd", "set", "clear", "trap", "wait", "touch", "mkdir"), succeed),
    **dict.fromkeys(("hostname", "pwd", "whoami", "id", "uname", "tty"), say_of_itself),
}
