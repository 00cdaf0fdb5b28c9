"""Input that means harm: refused in a moment with a sentence, and never followed."""

import time
from collections.abc import Iterator

import pytest

from imports.compose import ComposeError, convert
from tests.unit.imports.compose.harness import many, refused, rows

SECONDS = 2.0  # of a loaded machine; 0.2 s is what `make bench` asks for


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    return "\n".join(lines) + "\nservices: {}"


def merge_bomb() -> str:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}]}}" for level in range(1, 12)]
    return "\n".join(lines)


CASES: dict[str, bytes] = {
    "alias bomb": bomb().encode(),
    "merge bomb": merge_bomb().encode(),
    "alias of itself": b"services: &a {b: *a}",
    "brackets": b"[" * 4096,
    "braces": b"{a: " * 4096,
    "deep block": "\n".join(" " * level + "a:" for level in range(500)).encode(),
    "50 MB": b"x" * 50_000_000,
    "many keys": b"services: {a: {image: x}}\n" + b"".join(b"k%d: 1\n" % number for number in range(200_000)),
    "not UTF-8": b"services: \xff\xfe",
    "UTF-16": "services: {}".encode("utf-16"),
    "NUL": b"services: {a: {image: 'x\x00'}}",
    "escaped NUL": b'services: {a: {image: x, environment: {A: "b\\0c"}}}',
    "duplicate keys": b"services: {}\nservices: {}",
    "python tags": b"services: !!python/object/apply:os.system ['true']",
    "unknown tags": b"services: !evil {a: b}",
    "huge number": b"services: {a: {image: x, scale: " + b"9" * 5000 + b"}}",
    "huge port range": b"services: {a: {image: x, ports: ['1-65535:1-65535']}}",
    "interpolation nest": b"services: {a: {image: '" + b"${A:-" * 5000 + b"'}}",
    "interpolation run": b"services: {a: {image: '" + b"${A:-${" * 50_000 + b"'}}",
    "dollars": b"services: {a: {image: '" + b"$" * 100_001 + b"'}}",
    "infinity": b"services: {a: {image: x, cpus: .inf}}",
    "null document": b"--- null\n--- 5",
}


@pytest.mark.parametrize("case", CASES)
def test_is_refused_at_once_with_a_sentence(case: str) -> None:
    started = time.monotonic()
    with pytest.raises(ComposeError) as caught:
        convert({"compose.yaml": CASES[case]})
    assert time.monotonic() - started < SECONDS
    for violation in caught.value.violations:
        assert violation.message.endswith((".", "?")) and len(str(violation)) < 1000


@pytest.mark.parametrize(
    "body",
    [
        "env_file: ../x.env",
        "env_file: [{path: ../../etc/passwd, required: false}]",
        "env_file: /etc/passwd",
        "env_file: sub/../../x",
        "label_file: ../x",
        "build: ../x",
        "build: {context: ., additional_contexts: {a: ../x}}",
        "develop: {watch: [{path: ../x, action: rebuild}]}",
        "extends: {service: a, file: ../x}",
    ],
)
def test_nothing_leaves_the_upload(body: str) -> None:
    (sentence, *_) = refused(f"services: {{a: {{image: x, {body}}}}}")
    assert "leads out of the uploaded files" in sentence or "absolute path" in sentence


def test_files_of_configs_stay_inside() -> None:
    assert "leads out" in refused("services: {}\nsecrets: {s: {file: ../../root/.ssh/id_rsa}}")[0]
    assert "absolute path" in refused("services: {}\nconfigs: {c: {file: /etc/passwd}}")[0]


def test_a_dockerfile_and_a_mount_outside_are_never_read() -> None:
    text = "services: {a: {build: {context: ., dockerfile: ../../D}, volumes: ['../../etc:/x']}}"
    found = rows(many({"compose.yaml": text}))
    assert found["services.a.build.dockerfile"].verdict == "refused"
    assert found["services.a.volumes.0"].verdict == "approximated"


def chain(count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        yield f"c{number}.yaml", f"include: [c{number + 1}.yaml]"
    yield f"c{count}.yaml", "services: {a: {image: x}}"


def test_long_chains_of_includes() -> None:
    assert "are included" in refused({"compose.yaml": "include: [c0.yaml]", **dict(chain(300))})[0]


def test_includes_that_multiply() -> None:
    files = {f"c{level}.yaml": f"include: [{', '.join([f'c{level + 1}.yaml'] * 8)}]" for level in range(15)}
    files |= {"c15.yaml": "services: {a: {image: x}}", "compose.yaml": "include: [c0.yaml]"}
    assert "are included" in refused(files)[0]


def test_long_chains_of_extends() -> None:
    services = ", ".join(f"s{number}: {{extends: s{number + 1}}}" for number in range(2000))
    assert "extend each other" in refused(f"services: {{{services}, s2000: {{image: x}}}}")[0]


def test_extends_across_files_in_a_ring() -> None:
    files = {
        "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
        "b.yaml": "services: {b: {extends: {file: compose.yaml, service: a}}}",
    }
    assert "extends itself" in refused(files)[0]


def test_variables_that_multiply() -> None:
    lines = ["A0=" + "x" * 100] + [f"A{level}=" + f"$A{level - 1}" * 10 for level in range(1, 12)]
    assert "becomes too long" in refused({"compose.yaml": "services: {}", ".env": "\n".join(lines)})[0]


def test_one_long_variable_in_many_places() -> None:
    body = ", ".join(f"A{number}: $BIG" for number in range(2000))
    files = {"compose.yaml": f"services: {{a: {{image: x, environment: {{{body}}}}}}}"}
    assert "becomes too long" in refused(files, variables={"BIG": "x" * 100_000})[0]


def test_secret_values_are_not_repeated_in_the_report() -> None:
    found = many(
        {
            "compose.yaml": "services: {a: {image: x:1, environment: {DB_PASSWORD: canary-1, URL: 'http://u:canary-2@h'}}}\n"
            "secrets: {s: {file: ./s}, t: {external: false}}",
            "s": "canary-3",
        },
        choices={"secret.t.value": "canary-4"},
    )
    assert "canary" not in repr(found.report)
    assert "canary-4" in repr(found.graph)


def test_short_files_that_take_over_much() -> None:
    environment = ", ".join(f"A{number}: x" for number in range(1000))
    services = ", ".join(f"s{number}: {{extends: base}}" for number in range(1500))
    text = f"services: {{base: {{image: x, environment: {{{environment}}}}}, {services}}}"
    started = time.monotonic()
    assert "taken over by extending" in refused(text)[0]
    assert time.monotonic() - started < SECONDS


def test_short_ranges_of_many_ports() -> None:
    ports = ", ".join(["'1-200:1-200'"] * 5000)
    assert "ports; publish fewer" in refused(f"services: {{a: {{image: x, ports: [{ports}]}}}}")[0]


def test_one_large_file_included_often() -> None:
    large = "services: {}\n" + "# x\n" * 200_000
    files = {"compose.yaml": f"include: [{', '.join(['large.yaml'] * 50)}]", "large.yaml": large}
    assert "are larger than" in refused(files)[0]


def test_too_many_mounts_and_services() -> None:
    mounts = ", ".join(f"'v{number}:/d{number}'" for number in range(1500))
    volumes = ", ".join(f"v{number}: " for number in range(1500))
    text = f"services: {{a: {{image: x, volumes: [{mounts}]}}}}\nvolumes: {{{volumes}}}"
    assert refused(text) == ["compose.yaml: services.a.volumes: has more than 1,000 entries; remove some."]
    services = ", ".join(f"s{number}: {{image: x}}" for number in range(2001))
    assert refused(f"services: {{{services}}}") == [
        "compose.yaml: services: are more than 2,000; split the project up."
    ]
