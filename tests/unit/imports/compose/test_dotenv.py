"""The rules of .env files."""

import pytest

from imports.compose import ComposeError
from imports.compose.loading.dotenv import parse_dotenv


def parsed(text: str, variables: dict[str, str] | None = None, *, raw: bool = False) -> dict[str, str]:
    return parse_dotenv(text, variables or {}, file=".env", raw=raw)[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=1", "1"),
        ("A = 1", "1"),
        ("export A=1", "1"),
        ("A: yaml", "yaml"),
        ("A=", ""),
        ("A=a b ", "a b"),
        ("A=a # comment", "a"),
        ("A=a#b", "a#b"),
        ("A=#ff0000", "#ff0000"),
        ("A=#ff0000 # red", "#ff0000"),
        ("A='single $X # kept'", "single $X # kept"),
        ('A="double # kept"', "double # kept"),
        (r'A="a\nb\t\"c\""', 'a\nb\t"c"'),
        (r'A="cost \$5"', "cost $5"),
        ("A='it\\'s'", "it\\'s"),
        ('A="two\nlines"', "two\nlines"),
        ("A='two\nlines'", "two\nlines"),
        ("A=$X", "x"),
        ("A=${X:-y}", "x"),
        ("A=${Z:-y}", "y"),
        ('A="${X}"', "x"),
        ("A=a=b", "a=b"),
        ('A="quoted" # comment', "quoted"),
    ],
)
def test_values(line: str, expected: str) -> None:
    assert parsed(line, {"X": "x"})["A"] == expected


def test_earlier_lines_are_known_and_the_surroundings_come_first() -> None:
    assert parsed("A=1\nB=$A$X", {"X": "9"}) == {"A": "1", "B": "19"}
    assert parsed("A=1\nB=$A", {"A": "shell"})["B"] == "shell"


def test_comments_and_blanks() -> None:
    assert parsed("# c\n\n  # d\nA=1\n") == {"A": "1"}


def test_a_name_alone_takes_the_surroundings() -> None:
    assert parse_dotenv("A\nB", {"A": "1"}, file=".env") == ({"A": "1"}, ["A", "B"])


def test_raw_takes_lines_as_they_are() -> None:
    assert parsed("A='$X' # no", {"X": "x"}, raw=True) == {"A": "'$X' # no"}


@pytest.mark.parametrize("text", ["1A=x", "=x", "A B", "A='open", "A=${X", "A=${X:?}"])
def test_what_is_wrong_names_the_line(text: str) -> None:
    with pytest.raises(ComposeError, match=r"\.env: line 2: "):
        parsed(f"OK=1\n{text}")
