"""Lines: whole, bounded, and without secrets wherever what is read is torn."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from builds.logs.chunks import pack_items, unpack_items
from builds.logs.lines import LONGEST_LINE, LineCutter, clean
from builds.logs.masking import MASK, Masker

SECRET = "correct-horse"


def cut(data: bytes, sizes: list[int], secrets: tuple[str, ...] = (SECRET,)) -> list[str]:
    cutter, lines, start = LineCutter(Masker(secrets)), [], 0
    for size in sizes:
        lines += cutter.feed(data[start : start + size])
        start += size
    return [*lines, *cutter.feed(data[start:]), *cutter.end()]


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(0, 3))
def test_secret_is_masked_however_it_is_torn(sizes: list[int], number: int) -> None:
    text = f"a {SECRET} b\n" * number + f"last {SECRET}"
    assert cut(text.encode(), sizes) == [f"a {MASK} b"] * number + [f"last {MASK}"]


@given(st.integers(0, 40), st.lists(st.integers(1, 5000), max_size=20))
def test_secret_is_masked_in_lines_without_end(shift: int, sizes: list[int]) -> None:
    line = "x" * (LONGEST_LINE - 20 + shift) + SECRET + "y" * (2 * LONGEST_LINE) + SECRET
    lines = cut(line.encode(), sizes)
    assert SECRET not in "".join(lines)
    assert all(len(part) <= LONGEST_LINE for part in lines)
    assert "".join(lines) == line.replace(SECRET, MASK)


def test_other_forms_of_a_secret() -> None:
    masker = Masker(["p&ss word!", "first line\nsecond line"])
    for form in ("p%26ss%20word%21", base64.b64encode(b"p&ss word!").decode(), "second line", "first line"):
        assert masker.mask(f"<{form}>") == f"<{MASK}>"


def test_the_longer_secret_wins() -> None:
    assert Masker(["horse", "horse-battery"]).mask("horse-battery horse") == f"{MASK} {MASK}"


def test_short_secrets_do_not_hide_the_log() -> None:
    assert Masker(["a", "1"]).mask("a build of 1 step") == "a build of 1 step"


def test_colours_stay_and_other_controls_go() -> None:
    assert clean("\x1b[31mred\x1b[0m\x00\x07\tend\r") == "\x1b[31mred\x1b[0m\tend"
    assert clean("10%\r50%\r100%") == "100%"


def test_letters_are_not_torn() -> None:
    data = "größe\n".encode()
    for size in range(1, len(data)):
        assert cut(data, [size]) == ["größe"]
    assert cut(b"bad \xff byte\n", []) == ["bad \ufffd byte"]


def test_chunks_come_back_as_they_were() -> None:
    items = [("line", {"text": "a\nb\u2028c", "stage": "", "time": None}), ("status", {"progress": 0.5})]
    assert list(unpack_items(pack_items(items))) == items
