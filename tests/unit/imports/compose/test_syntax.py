"""Short and long syntax, units, durations and words: what each form reads as."""

from typing import Any

import pytest

from imports.compose.loading.entry import load_files
from imports.compose.loading.ports import BadPort, parse_port
from imports.compose.loading.volumes import BadVolume, parse_volume
from imports.compose.model import Service, read_project
from imports.compose.model.values import BadValue, duration, flag, mode, number, size, split_words, test, whole

check_test = test  # pytest would collect it
del test


PROJECT = """
networks: {n: , m: }
volumes: {v: , data: }
secrets: {s: {file: ./f}}
configs: {c: {content: x}}
models: {llm: {model: m}}
services:
  b: {image: y}
"""


def service(body: str) -> Service:
    """The service `a` with an image and `body`, a flow mapping."""
    text = f"{PROJECT}  a: {{image: x, {body[1:]}"
    return read_project(load_files({"compose.yaml": text.encode(), "e.env": b""}))[1]["a"]


def targets(text: str) -> list[tuple[str, str, int, str]]:
    return [
        (port.get("host_ip", ""), port.get("published", ""), port["target"], port["protocol"])
        for port in parse_port(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", [("", "", 80, "tcp")]),
        ("8080:80", [("", "8080", 80, "tcp")]),
        ("8080:80/udp", [("", "8080", 80, "udp")]),
        ("127.0.0.1:8080:80", [("127.0.0.1", "8080", 80, "tcp")]),
        ("127.0.0.1::80", [("127.0.0.1", "", 80, "tcp")]),
        ("[::1]:8080:80", [("::1", "8080", 80, "tcp")]),
        ("::1:8080:80", [("::1", "8080", 80, "tcp")]),
        ("[2001:db8::1]:53:53/udp", [("2001:db8::1", "53", 53, "udp")]),
        ("3000-3002", [("", "", 3000, "tcp"), ("", "", 3001, "tcp"), ("", "", 3002, "tcp")]),
        ("9090-9091:8080-8081", [("", "9090", 8080, "tcp"), ("", "9091", 8081, "tcp")]),
        ("3000-3005:80", [("", "3000-3005", 80, "tcp")]),
    ],
)
def test_ports(text: str, expected: list[Any]) -> None:
    assert targets(text) == expected


@pytest.mark.parametrize(
    "text", ["", "x", "0:0", "70000", "1-3:1-2", "9-1:9-1", "1-60000:1-60000", "[::1:80", "a:b:c", "80:²"]
)
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(BadPort):
        parse_port(text)


def test_long_ports() -> None:
    body = "target: 80, published: 8080, protocol: udp, host_ip: 127.0.0.1, mode: host, name: web, app_protocol: http"
    (port,) = service(f"{{ports: [{{{body}}}]}}").ports or []
    assert (port.target, port.published, port.protocol) == (80, "8080", "udp")
    assert (port.name, port.app_protocol) == ("web", "http")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data", {"type": "volume", "target": "/data"}),
        ("v:/data", {"type": "volume", "source": "v", "target": "/data"}),
        ("data:/data:ro", {"type": "volume", "source": "data", "target": "/data", "read_only": True}),
        ("data:/data:rw,nocopy", {"type": "volume", "source": "data", "target": "/data", "volume": {"nocopy": True}}),
        ("./x:/y", {"type": "bind", "source": "./x", "target": "/y", "bind": {"create_host_path": True}}),
        (
            "/x:/y:z",
            {"type": "bind", "source": "/x", "target": "/y", "bind": {"create_host_path": True, "selinux": "z"}},
        ),
        (
            "/x:/y:ro,rslave",
            {
                "type": "bind",
                "source": "/x",
                "target": "/y",
                "read_only": True,
                "bind": {"create_host_path": True, "propagation": "rslave"},
            },
        ),
        (
            "~/x:/y:cached",
            {
                "type": "bind",
                "source": "~/x",
                "target": "/y",
                "consistency": "cached",
                "bind": {"create_host_path": True},
            },
        ),
        ("C:\\work:/y", {"type": "bind", "source": "C:\\work", "target": "/y", "bind": {"create_host_path": True}}),
    ],
)
def test_volumes(text: str, expected: Any) -> None:
    assert parse_volume(text) == expected


@pytest.mark.parametrize("text", ["", "a:", ":b", "a:/b:bad", "a:/b:ro:x"])
def test_what_is_no_volume(text: str) -> None:
    with pytest.raises(BadVolume):
        parse_volume(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("512", 512),
        ("1k", 1024),
        ("1.5g", 1610612736),
        ("512m", 536870912),
        ("64kb", 65536),
        ("2GiB", 2147483648),
        ("1 M", 1048576),
        (77, 77),
        ("-1", -1),
        ("0", 0),
    ],
)
def test_sizes(text: Any, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("1m30s", 90), ("1h", 3600), ("500ms", 0.5), ("1.5m", 90), ("0", 0), ("2us", 2e-6)],
)
def test_durations(text: str, expected: float) -> None:
    assert duration(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *((size, value) for value in ("1x", "", "g", "1..5g", None, True, [], "9" * 30, "-5m")),
        *((duration, value) for value in ("", "5", "5x", 5, None, "1h 5s", "9" * 20 + "h")),
        *((flag, value) for value in ("maybe", 2, None, [])),
        *((whole, value) for value in ("1.5", True, None, "²", 1.5)),
        *((number, value) for value in ("x", True, None, "1e99", "nan")),
        *((mode, value) for value in ("999", -1, None, "x")),
    ],
)
def test_what_is_no_value(read: Any, value: Any) -> None:
    with pytest.raises(BadValue):
        read(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("sh -c 'echo \"x\" $y'", ["sh", "-c", 'echo "x" $y']),
        ('a "b c" d', ["a", "b c", "d"]),
        ('a "b \\"c\\"" \'d\'e', ["a", 'b "c"', "de"]),
        ("a\\ b c", ["a b", "c"]),
        ("--x=\"\" ''", ["--x=", ""]),
        ("a \\\n b", ["a", "", "b"]),
        ('"a\\nb"', ["a\\nb"]),
        ("", []),
        ("echo a#b # c", ["echo", "a#b", "#", "c"]),
        ("a && b | c", ["a", "&&", "b", "|", "c"]),
    ],
)
def test_words_of_a_shell(text: str, expected: list[str]) -> None:
    assert [word for word in split_words(text) if word or "" in expected] == expected


def test_an_open_quote_is_refused() -> None:
    with pytest.raises(BadValue, match="never closed"):
        split_words("echo 'x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("curl x", ["CMD-SHELL", "curl x"]),
        (["CMD", "a", "b"], ["CMD", "a", "b"]),
        (["CMD-SHELL", "a"], ["CMD-SHELL", "a"]),
        (["NONE"], ["NONE"]),
    ],
)
def test_healthcheck_tests(value: Any, expected: list[str]) -> None:
    assert check_test(value) == expected


@pytest.mark.parametrize("value", [[], ["curl"], ["CMD"], ["CMD-SHELL", "a", "b"], 5, None])
def test_what_is_no_healthcheck_test(value: Any) -> None:
    with pytest.raises(BadValue):
        check_test(value)


@pytest.mark.parametrize(
    ("short", "long", "key"),
    [
        ("[b]", "{b: {condition: service_started, required: true}}", "depends_on"),
        ("[n, m]", "{n: , m: }", "networks"),
        ("[s]", "[{source: s}]", "secrets"),
        ("[c]", "[{source: c}]", "configs"),
        ("[A=1, B=x=y]", "{A: '1', B: 'x=y'}", "environment"),
        ("[a=1, b]", "{a: '1', b: ''}", "labels"),
        ("[a=1]", "{a: 1}", "annotations"),
        ("[net.x=1]", "{net.x: 1}", "sysctls"),
        ("e.env", "[{path: e.env, required: true}]", "env_file"),
        ("[e.env]", "[{path: ./e.env}]", "env_file"),
        (".", "{context: .}", "build"),
        ("/t", "[/t]", "tmpfs"),
        ("1.1.1.1", "[1.1.1.1]", "dns"),
        ("['h:1.1.1.1', 'h=2.2.2.2']", "{h: [1.1.1.1, 2.2.2.2]}", "extra_hosts"),
        ("['v6:[::1]']", "{v6: '::1'}", "extra_hosts"),
        ("{n: 5}", "{n: {soft: 5, hard: 5}}", "ulimits"),
        ("all", "[{capabilities: [gpu], count: all, driver: nvidia}]", "gpus"),
        ("[/dev/a]", "[{source: /dev/a, target: /dev/a, permissions: rwm}]", "devices"),
        ("['/dev/a:/dev/b:r']", "[{source: /dev/a, target: /dev/b, permissions: r}]", "devices"),
        ("[llm]", "{llm: }", "models"),
        ("['8080:80']", "[{target: 80, published: '8080', protocol: tcp, mode: ingress}]", "ports"),
        ("echo 'a b'", "[echo, a b]", "command"),
        ("'true'", "true", "init"),
        ("'5'", "5", "scale"),
        ("1g", "1073741824", "mem_limit"),
    ],
)
def test_the_short_syntax_is_the_long_one(short: str, long: str, key: str) -> None:
    assert getattr(service(f"{{{key}: {short}}}"), key) == getattr(service(f"{{{key}: {long}}}"), key) is not None


def test_the_old_external_name() -> None:
    loaded = load_files({"compose.yaml": b"services: {a: {image: x}}\nvolumes: {v: {external: {name: real}}}"})
    assert read_project(loaded)[0].volumes["v"].external == "real"
