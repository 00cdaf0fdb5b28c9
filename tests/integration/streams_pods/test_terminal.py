"""Terminals in real sockets: what is typed and shown, the window, signals, coming back, and leaving."""

import hashlib
import re
import time

import pytest

from audit.models import AuditEntry
from clusters.live.terminal import session as sessions
from tests.integration.streams_pods.ground import POD, Ground, Terminal, soon

pytestmark = pytest.mark.django_db(transaction=True)


def processes(ground: Ground, name: str = "web") -> list[str]:
    """What somebody started in the pod: shells, and what they run."""

    async def run() -> str:
        running = await ground.gateway.exec(name, ground.namespace, command=["ps"])
        output = b""
        while (part := await running.read()) is not None:
            output += part[1]
        await running.aclose()
        return output.decode()

    lines = str(ground.call(run())).splitlines()
    # The pod's own command is `sleep 3600`; a killer may be waiting for its second.
    return [line for line in lines if re.search(r"\bsh\b|sleep 4321", line) and "sleep 3600" not in line]


def closed(ground: Ground, seconds: float = 20) -> AuditEntry:
    """The record of the terminal, once it is there."""
    mine = AuditEntry.objects.filter(action="terminal.closed", actor_id=ground.owner.pk)
    entry: AuditEntry = soon(mine.first, seconds)
    return entry


def begun(ground: Ground, **query: object) -> Terminal:
    terminal = ground.terminal(ground.pod(), **query)
    terminal.ready()
    return terminal


def test_what_is_typed_is_run_and_shown(ground: Ground) -> None:
    terminal = ground.terminal(ground.pod())
    ready = terminal.ready()
    assert (ready["pod"], ready["container"], ready["shell"]) == ("web", "app", "sh")
    assert ready["session"] and ready["resumed"] is False
    terminal.type("echo hello $((1)) | cat\r" if ground.is_real else "echo hello 1 | cat\r")
    terminal.until("hello 1\r\n")
    terminal.send(type="ping")
    assert terminal.until_type("pong")
    terminal.type("exit 3\r")
    ended = terminal.until_type("exit")
    assert ended["code"] == 3 and isinstance(ended["reason"], str)


def test_the_size_follows_the_window(ground: Ground) -> None:
    terminal = begun(ground, cols=90, rows=20)
    terminal.type("stty size\r")
    terminal.until("20 90")
    terminal.send(type="resize", cols=123, rows=45)
    terminal.type("stty size\r")
    terminal.until("45 123")


def test_ctrl_c_ends_what_runs(ground: Ground) -> None:
    terminal = begun(ground)
    terminal.type("sleep 1000\r")
    time.sleep(0.3)
    terminal.type("\x03")
    began = time.monotonic()
    terminal.type("echo ba''ck\r")
    terminal.until("back\r\n")
    assert time.monotonic() - began < 5


def test_a_mebibyte_of_random_bytes_comes_out_identical(ground: Ground) -> None:
    import base64
    import os

    data = os.urandom(1024 * 1024)
    encoded = base64.encodebytes(data).decode()
    terminal = begun(ground)
    terminal.type("stty -echo\r")
    terminal.type("echo re''ady\r")
    terminal.until("ready")
    terminal.type("base64 -d > /tmp/blob\r")
    for start in range(0, len(encoded), 64 * 1024):
        terminal.type(encoded[start : start + 64 * 1024])
    terminal.type("\x04")
    terminal.type("sha256sum /tmp/blob\r")
    terminal.until(hashlib.sha256(data).hexdigest())
    terminal.type("echo -beg''in-; base64 /tmp/blob; echo -e''nd-\r")
    terminal.until("-begin-\r\n")
    assert base64.b64decode(terminal.until("-end-")) == data


def test_bytes_that_are_no_text(ground: Ground) -> None:
    import base64

    terminal = begun(ground)
    terminal.type("printf 'a\\377b\\n'; echo do''ne\r")
    exact = b""
    while b"done\r\n" not in exact:
        frame = terminal.frame()
        exact += base64.b64decode(frame["base64"]) if "base64" in frame else frame["data"].encode()
    assert b"a\xffb" in exact or not ground.is_real
    terminal.send(type="input", base64=base64.b64encode(b"echo x''y\r").decode())
    terminal.until("xy\r\n")


def test_a_shell_is_found_without_losing_the_socket(ground: Ground) -> None:
    resource = ground.pod()
    terminal = ground.terminal(resource, shell="bash")
    refused = terminal.until_type("error")
    assert refused["code"] == "no_shell" and "bash" in refused["error"]
    chosen = ground.terminal(resource, shell="/bin/sh")
    assert chosen.ready()["shell"] == "/bin/sh"


def test_leaving_ends_the_shell(ground: Ground) -> None:
    terminal = begun(ground)
    terminal.type("sleep 4321\r")
    time.sleep(0.3)
    assert processes(ground)
    terminal.close()
    began = time.monotonic()
    soon(lambda: not processes(ground), 5)
    assert time.monotonic() - began < 5
    entry = closed(ground)
    assert entry.object_name == f"{ground.namespace}/web/app"
    assert entry.detail["reason"] == "left" and entry.detail["bytes_in"] == len("sleep 4321\r")
    assert entry.detail["from"] <= entry.detail["to"] and entry.detail["bytes"] > 0
    assert AuditEntry.objects.filter(action="terminal.opened", actor_id=ground.owner.pk).count() == 1


def test_a_lost_socket_is_no_end(ground: Ground) -> None:
    resource = ground.pod()
    terminal = ground.terminal(resource)
    terminal.ready()
    terminal.type("echo on''e; sleep 1; echo t''wo; sleep 1; echo thr''ee\r")
    terminal.until("one\r\n")
    terminal.lose()
    time.sleep(1.5)
    again = ground.terminal(resource, session=terminal.session)
    ready = again.ready()
    assert ready["resumed"] is True and ready["session"] == terminal.session
    shown = again.until("three\r\n")
    assert shown.count("two\r\n") == 1 and "one\r\n" not in shown
    again.type("exit\r")
    assert again.until_type("exit")["code"] == 0
    gone = ground.terminal(resource, session=terminal.session)
    assert gone.until_type("error")["code"] == "session_gone"


def test_coming_back_from_a_position(only_practice: Ground) -> None:
    resource = only_practice.pod()
    terminal = only_practice.terminal(resource)
    terminal.ready()
    terminal.type("echo o''ne\r")
    terminal.until("one\r\n")
    seq = terminal.seq
    terminal.type("echo t''wo\r")
    terminal.until("two\r\n")
    # Taken over while it is still open; what was shown since the position comes again.
    again = only_practice.terminal(resource, session=terminal.session, after=seq)
    again.ready()
    again.until("two\r\n")
    assert terminal.until_type("error")["code"] == "taken_over"
    again.type("echo thr''ee\r")
    again.until("three\r\n")


def test_from_another_process_it_is_moved(only_practice: Ground) -> None:
    elsewhere = only_practice.terminal(only_practice.pod(), session="0badf00d.abcdefgh")
    assert elsewhere.until_type("error")["code"] == "moved"


def test_nobody_comes_back(only_practice: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "DETACHED_SECONDS", 0.5)
    terminal = begun(only_practice)
    terminal.lose()
    assert closed(only_practice).detail["reason"] == "expired"
    assert not processes(only_practice)


def test_a_server_that_stops_ends_its_shells(ground: Ground) -> None:
    terminal = begun(ground)
    terminal.type("sleep 4321\r")
    time.sleep(0.3)
    ground.web.stop()
    assert closed(ground).detail["reason"] == "shutdown"
    assert not processes(ground)


@pytest.mark.kube
@pytest.mark.parametrize("where", ["real"])
def test_an_editor_that_fills_the_window(ground: Ground) -> None:
    terminal = begun(ground, cols=60, rows=12)
    terminal.type("vi /tmp/note\r")
    terminal.until("/tmp/note")
    terminal.type("ihello from vi\x1b")
    time.sleep(0.3)
    terminal.type(":wq\r")
    time.sleep(0.3)
    terminal.type("cat /tmp/note; echo -e''nd-\r")
    assert "hello from vi" in terminal.until("-end-\r\n")


def test_a_pod_that_goes_takes_its_terminal_with_it(ground: Ground) -> None:
    terminal = begun(ground)
    ground.delete_pod("web")
    frame = terminal.until_type("exit", "error")
    assert frame["type"] == "exit"
    soon(lambda: not ground.find(POD, "web"))
    assert closed(ground)


def test_a_workload_is_entered_by_one_of_its_pods(ground: Ground) -> None:
    terminal = ground.terminal(ground.deployment("shop", "sleep 3600", replicas=1))
    assert terminal.ready()["pod"].startswith("shop-")
