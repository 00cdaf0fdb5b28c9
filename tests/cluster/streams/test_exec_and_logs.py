"""Commands in containers and followed logs through the gateway: the same on the practice cluster and a real one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clusters.kube import exec as exec_socket
from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import ClusterError, Exit, NotFound, Refused
from plugins.sdk.capabilities import ServedKind
from tests.cluster.conftest import PRACTICE

Call = Callable[..., Any]


@pytest.fixture
def pod(
    gateway: DirectGateway, call: Call, kinds: Callable[[str], ServedKind], namespace: str, eventually: Call
) -> str:
    """A pod that runs, with two lines in its log."""

    def has_account() -> bool:
        try:
            call(gateway.get(kinds("ServiceAccount"), "default", namespace))
            return True
        except NotFound:
            return False

    eventually(has_account)
    container = {"name": "app", "image": "busybox:1", "command": ["sh", "-c", "echo one; echo two; sleep 3600"]}
    spec = {
        "containers": [container, {**container, "name": "other"}],
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
    }
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": namespace}, "spec": spec}

    def made() -> bool:
        try:
            call(gateway.create(kinds("Pod"), body))
            return True
        except Refused as error:
            assert "token" in error.message, error.message
            return False

    eventually(made)
    eventually(lambda: call(gateway.get(kinds("Pod"), "p", namespace))["status"].get("phase") == "Running")
    return "p"


async def run(
    gateway: DirectGateway, namespace: str, *command: str, stdin: bytes | None = None, **more: Any
) -> tuple[bytes, bytes, Exit | None, str]:
    opened = await gateway.exec("p", namespace, command=command, stdin=stdin is not None, **{"container": "app"} | more)
    found = {1: b"", 2: b""}
    if stdin:
        await opened.write(stdin)
        await opened.end_input()
    while (part := await opened.read()) is not None:
        found[part[0]] += part[1]
    await opened.aclose()
    return found[1], found[2], opened.exit, opened.protocol


def test_a_command_its_outputs_and_its_end(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    out, err, exit, protocol = call(run(gateway, namespace, "sh", "-c", "echo out; echo err >&2; exit 7"))
    assert (out, err, exit.code) == (b"out\n", b"err\n", 7)
    assert protocol in exec_socket.PROTOCOLS
    assert call(run(gateway, namespace, "sh", "-c", "exit 0"))[2].code == 0
    missing = call(run(gateway, namespace, "bash", "-c", "exit 0"))[2]
    assert missing.code in (None, 126, 127) and "not found" in missing.message


def test_words_reach_the_command_as_they_are(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    words = "a  b&c=d%20é?#;$HOME'\""
    assert call(run(gateway, namespace, "echo", words))[0] == f"{words}\n".encode()


def test_input_and_a_terminal(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    async def typed() -> bytes:
        opened = await gateway.exec("p", namespace, container="app", command=["sh"], tty=True, stdin=True)
        await opened.resize(77, 33)
        await opened.write(b"stty size; exit\r")
        found = b""
        while (part := await opened.read()) is not None:
            assert part[0] == 1, "a terminal has one output"
            found += part[1]
        assert opened.exit is not None and opened.exit.code == 0
        return found

    assert b"33 77" in call(typed())


@pytest.mark.parametrize("cluster", [PRACTICE], indirect=True)
def test_the_end_of_input(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    """Only v5 can say that no more input comes; the real cluster of the tests may be older than that."""
    assert call(run(gateway, namespace, "echo"))[3] == exec_socket.V5
    assert call(run(gateway, namespace, "cat", stdin=b"all of it"))[0] == b"all of it"


def test_v4_where_there_is_no_v5(
    connection: Connection, call: Call, namespace: str, pod: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exec_socket, "PROTOCOLS", (exec_socket.V4,))
    gateway = DirectGateway(connection)
    out, _, exit, protocol = call(run(gateway, namespace, "echo", "x"))
    assert (out, exit.code, protocol) == (b"x\n", 0, exec_socket.V4)
    call(gateway.close())


def test_what_is_refused(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    with pytest.raises(NotFound, match="nope"):
        call(gateway.exec("nope", namespace, command=["sh"]))
    with pytest.raises(Refused, match="not valid for pod"):
        call(gateway.exec("p", namespace, command=["sh"], container="nope"))
    with pytest.raises(Refused, match="path"):
        call(gateway.exec("../x", namespace, command=["sh"]))


def test_somebody_without_a_right(connection: Connection, call: Call, namespace: str, pod: str) -> None:
    nobody = replace(connection, token="wrong", client_certificate="", client_key="")
    gateway = DirectGateway(nobody)
    with pytest.raises(ClusterError) as caught:
        call(gateway.exec("p", namespace, command=["sh"]))
    assert caught.value.status == 401 and "wrong" not in caught.value.message
    call(gateway.close())


def test_a_followed_log(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    async def lines() -> list[str]:
        log = await gateway.follow_logs("p", namespace, container="app")
        found: list[str] = []
        while len(found) < 2:
            batch = await log.batch(10)
            assert batch
            found += [line.text for line in batch]
            assert all(line.nanos > 0 and line.time for line in batch)
        # It goes on, silently, until somebody leaves.
        assert await log.batch(0.2) == []
        await log.aclose()
        assert await log.batch(0.2) is None
        return found

    async def rest() -> Any:
        log = await gateway.follow_logs("p", namespace, container="app", follow=False, tail=1)
        first, second = await log.batch(), await log.batch()
        return [line.text for line in first or []], second

    assert call(lines()) == ["one", "two"]
    assert call(rest()) == (["two"], None)


def test_many_at_once(gateway: DirectGateway, call: Call, namespace: str, pod: str) -> None:
    async def together() -> list[bytes]:
        runs = (run(gateway, namespace, "echo", f"{number}") for number in range(12))
        return [out for out, *_ in await asyncio.gather(*runs)]

    assert call(together()) == [f"{number}\n".encode() for number in range(12)]
