"""The small parts of streams: cursors, lines, marks of shells, output with its positions, frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.kube.exec import exit_of
from clusters.kube.logstream import nanos_of, parse_line, since_of
from clusters.live.logs.cursor import Cursor, Position, key_of, read_word
from clusters.live.logs.pods import labels_of
from clusters.live.terminal.output import CHUNK, KEPT, Output, incomplete
from clusters.live.terminal.shells import born_of, is_shell, read_mark

POSITIONS = st.builds(Position, st.integers(0, 65535), st.integers(0, 2**63), st.integers(0, 65535))


@given(st.lists(st.tuples(st.text(min_size=1), POSITIONS, st.booleans()), max_size=30))
def test_a_cursor_comes_back_as_it_was(steps: list[tuple[str, Position, bool]]) -> None:
    cursor, expected = Cursor(), {}
    for name, position, is_dropped in steps:
        key = key_of("uid", name)
        cursor.put(key, position)
        expected[key] = position
        if is_dropped:
            cursor.drop(key)
            del expected[key]
    assert read_word(cursor.word) == expected


@pytest.mark.parametrize("word", ["", "x", "2.", "1.abc", "1." + "!" * 24, "17", "1." + "A" * 24 * 500])
def test_what_is_no_cursor(word: str) -> None:
    assert read_word(word) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T00:00:01.000000001Z", 1_000_000_001),
        ("1970-01-01T02:00:01.123456789+02:00", 1_123_456_789),
        ("1969-12-31T23:30:00-00:30", 0),
    ],
)
def test_times(written: str, expected: int) -> None:
    assert nanos_of(written) == expected


def test_lines_are_kept_as_they_are() -> None:
    assert parse_line(b"1970-01-01T00:00:01Z  a\tb\r\x00\x1b[31m ").text == " a\tb\r\x00\x1b[31m "
    assert parse_line(b"1970-01-01T00:00:01Z a\xffb").text == "a\ufffdb"
    assert parse_line(b"1970-01-01T00:00:01Z ").text == ""
    odd = parse_line(b"unable to retrieve container logs for x")
    assert (odd.nanos, odd.text) == (0, "unable to retrieve container logs for x")
    assert since_of(1_999_999_999) == "1970-01-01T00:00:01Z" and since_of(-5) == "1970-01-01T00:00:00Z"


def test_selectors_in_a_query() -> None:
    expressions = [
        {"key": "a", "operator": "In", "values": ["x", "y"]},
        {"key": "b", "operator": "NotIn", "values": ["z"]},
        {"key": "c", "operator": "Exists"},
        {"key": "d", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": expressions}
    assert labels_of(selector) == "app=web,a in (x,y),b notin (z),c,!d"


@pytest.mark.parametrize("name", ["sh", "bash", "ash", "zsh", "/bin/sh", "/usr/local/bin/bash", "dash", "ksh"])
def test_shells(name: str) -> None:
    assert is_shell(name)


@pytest.mark.parametrize("name", ["", "python", "sh -c x", "../sh;", "bin/$(x)sh", "sh\n", "/bin/busybox", "x" * 200])
def test_no_shells(name: str) -> None:
    assert not is_shell(name)


def test_what_a_shell_says_of_itself() -> None:
    stat = "26 (a (b) c) S 0 26 26 34816 26 4194560 5 0 0 0 0 0 0 0 20 0 1 0 432749 2322432"
    assert born_of(stat) == "432749" and born_of("") == ""
    found = read_mark(f"typed\x1b]7717;26;{stat}\x07rest".encode())
    assert found is not None and found[0] is not None
    assert (found[0].pid, found[0].born, found[1]) == ("26", "432749", b"typedrest")
    assert read_mark(b"\x1b]7717;26;no end") is None
    assert read_mark(b"x" * 3_000) == (None, b"x" * 3_000)
    assert read_mark(b"\x1b]7717;;\x07$ ") == (None, b"$ ")


@given(st.text(alphabet="aé€😀\ufffd", max_size=300), st.lists(st.integers(1, 9), min_size=1, max_size=9))
async def test_characters_are_never_torn(text: str, steps: list[int]) -> None:
    data, output, shown, at = text.encode(), Output(), "", 0
    for index in range(len(data)):
        step = steps[index % len(steps)]
        await output.put(data[at : at + step])
        at += step
        while (frame := output.frame(len(shown.encode()))) is not None:
            assert "base64" not in frame
            shown += frame["data"]
            assert frame["seq"] == len(shown.encode())
        if at >= len(data):
            break
    assert shown == text


async def test_output_is_bounded_and_can_be_had_again() -> None:
    output = Output()
    for _ in range(40):
        await output.put(b"x" * CHUNK)
        output.confirm(output.head)
    assert output.head == 40 * CHUNK and len(output._bytes) <= KEPT + 2 * CHUNK
    assert output.rewind(None) == output.head
    assert output.rewind(output.head - 10) == output.head - 10
    assert output.rewind(0) == output._base, "as far back as it is kept"
    assert output.rewind(10**9) == output._base
    await output.put(b"\xff\xe2\x82")
    frame = output.frame(40 * CHUNK)
    assert frame == {"type": "output", "data": "\ufffd", "seq": 40 * CHUNK + 1, "base64": "/w=="}
    output.end()
    rest = output.frame(40 * CHUNK + 1)
    assert rest is not None and rest["base64"] == "4oI="
    assert incomplete(b"\xf0\x9f\x98") == 3 and incomplete("é".encode()) == 0 and incomplete(b"") == 0


def test_how_a_command_ended() -> None:
    assert exit_of(b'{"status":"Success"}').code == 0
    cause = b'{"status":"Failure","message":"m","details":{"causes":[{"reason":"ExitCode","message":"130"}]}}'
    assert (exit_of(cause).code, exit_of(cause).message) == (130, "m")
    missing = exit_of(b'{"status":"Failure","message":"not found","reason":"InternalError"}')
    assert (missing.code, missing.reason) == (None, "InternalError")
    assert exit_of(b"plain words").message == "plain words"
