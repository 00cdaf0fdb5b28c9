"""What a Dockerfile fetches from elsewhere."""

import asyncio

import pytest

from builds.dockerfiles import instructions, read_references
from builds.engines.types import EngineError
from builds.hosts import check_hosts
from clusters.kube.network import Guard

TEXT = """\
# syntax=registry.example.com/dockerfile:1
ARG VERSION=1.2
ARG BASE=alpine:${VERSION}
FROM --platform=$BUILDPLATFORM $BASE AS made
ARG TOKEN
RUN --mount=type=bind,from=tools.example.com/x:1,target=/x \\
    # a comment in between
    make
RUN <<EOT
FROM not/an/instruction
EOT
FROM made AS next
FROM scratch
COPY --from=made /a /a
COPY --from=other.example.com/y:2 /b /b
COPY --from=0 /c /c
ADD https://files.example.com/z.tar /
"""


def test_everything_that_is_fetched() -> None:
    found = read_references(TEXT, {"VERSION": "3"})
    assert found.images == (
        "registry.example.com/dockerfile:1",
        "alpine:3",
        "tools.example.com/x:1",
        "other.example.com/y:2",
    )
    assert found.urls == ("https://files.example.com/z.tar",) and found.unknown == ()
    assert found.arguments == {"VERSION", "BASE", "TOKEN"}


@pytest.mark.parametrize(
    "text", ["FROM $WHAT\n", "FROM a/${WHAT}\n", "FROM ${A##b}\n"], ids=["variable", "part", "operator"]
)
def test_what_only_the_engine_would_know(text: str) -> None:
    assert read_references(text, {}).unknown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("FROM a\nADD $U /\n", ("$U",)),
        ("FROM a\nADD ht$U//h/x /\n", ("ht$U//h/x",)),
        ("FROM a AS b\nENV H=h\nFROM a\nADD http://$H/x /\n", ("http://$H/x",)),
        ("FROM a\nARG H\nADD --chown=$X http://$H/x /$Y\n", ("http://$H/x",)),
        ("FROM a\nARG TARGETARCH\nADD app-$TARGETARCH /\n", ()),
        ("FROM a\nENV D=files\nADD $D/x ${D:-y}/z /$Y/\n", ()),
        ("FROM a\nCOPY $X /\n", ()),
    ],
    ids=["variable", "part", "another stage's", "no value", "platform", "known", "no ADD"],
)
def test_what_only_the_engine_would_add(text: str, unknown: tuple[str, ...]) -> None:
    assert read_references(text, {}).unknown_urls == unknown


def test_a_build_argument_is_what_is_added() -> None:
    text = "FROM a\nARG U=https://one.example.com\nADD $U/x /\n"
    assert read_references(text, {}).urls == ("https://one.example.com/x",)
    assert read_references(text, {"U": "https://two.example.com"}).urls == ("https://two.example.com/x",)


def test_defaults_of_variables() -> None:
    text = "ARG A\nFROM ${A:-one}\nFROM ${B-two}\nFROM x${A:+y}\n"
    assert read_references(text, {}).images == ("one", "two", "x")
    assert read_references(text, {"A": "z"}).images == ("z", "two", "xy")


def test_other_escape() -> None:
    assert list(instructions("# escape=`\nRUN a `\n b\n")) == [("RUN", "a  b")]


@pytest.mark.parametrize(
    "text",
    [
        "FROM 169.254.169.254/x:1\n",
        "FROM 10.1.2.3:5000/x:1\n",
        "# syntax=169.254.169.254/x\nFROM scratch\n",
        "FROM scratch\nCOPY --from=169.254.169.254/x / /\n",
        "FROM scratch\nADD http://169.254.169.254/latest/meta-data /\n",
        "FROM scratch\nADD git@10.1.2.3:team/app.git /\n",
        'FROM scratch\nADD ["http://169.254.169.254/x","/"]\n',
        "FROM scratch\nARG U=http://169.254.169.254/x\nADD $U /\n",
        'FROM scratch\nENV H="169.254.169.254" S=http\nADD ${S}://${H}/x /\n',
        "FROM scratch AS a\nENV H 169.254.169.254\nFROM a\nADD http://$H/x /\n",
        "ARG H=169.254.169.254\nFROM scratch\nARG H\nADD http://$H/x /\n",
    ],
    ids=[
        "metadata",
        "private",
        "syntax",
        "copy from",
        "add",
        "add git",
        "add a list",
        "in an argument",
        "in the environment",
        "of another stage",
        "from above",
    ],
)
def test_engine_is_not_sent_where_nobody_may_go(text: str) -> None:
    with pytest.raises(EngineError) as raised:
        asyncio.run(check_hosts(read_references(text, {}), Guard()))
    assert raised.value.code == "host_refused"
