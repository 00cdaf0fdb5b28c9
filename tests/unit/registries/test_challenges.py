"""What a 401 asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.registries.distribution.challenges import Challenge, parse_challenges

HUB = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            HUB,
            [
                Challenge(
                    "bearer",
                    {
                        "realm": "https://auth.docker.io/token",
                        "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    },
                )
            ],
        ),
        ('Basic realm="test"', [Challenge("basic", {"realm": "test"})]),
        ("basic", [Challenge("basic")]),
        ('BEARER Realm = "x" , SERVICE=y', [Challenge("bearer", {"realm": "x", "service": "y"})]),
        (
            'Bearer realm="x",error="invalid_token", Basic realm="y"',
            [Challenge("bearer", {"realm": "x", "error": "invalid_token"}), Challenge("basic", {"realm": "y"})],
        ),
        ('Negotiate abc==, Basic realm="y"', [Challenge("negotiate"), Challenge("basic", {"realm": "y"})]),
        ("Basic, Bearer realm=x", [Challenge("basic"), Challenge("bearer", {"realm": "x"})]),
        (r'Bearer realm="a\"b\\c, d=\"e"', [Challenge("bearer", {"realm": 'a"b\\c, d="e'})]),
        ('Bearer realm="first",realm="second"', [Challenge("bearer", {"realm": "first"})]),
        ("", []),
        ('Bearer realm="open', [Challenge("bearer")]),
        ("=,=", []),
    ],
)
def test_read(header: str, found: list[Challenge]) -> None:
    assert parse_challenges([header]) == found


def test_several_headers() -> None:
    assert [each.scheme for each in parse_challenges(['Basic realm="x"', HUB])] == ["basic", "bearer"]


@given(st.lists(st.text(max_size=300) | st.text(alphabet='ab=", \\Bearer', max_size=200), max_size=3))
def test_anything_can_be_read(headers: list[str]) -> None:
    for challenge in parse_challenges(headers):
        assert challenge.scheme == challenge.scheme.lower()
        assert all(isinstance(value, str) for value in challenge.parameters.values())


def test_a_long_header_takes_no_long_time() -> None:
    for piece in ("a", "a ", 'a="', "a=b,", "\\", "  "):
        parse_challenges([piece * 100_000])
