"""Sound settings in any combination, under any name, with any answer, become graphs that run."""

from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imports.compose import ComposeError, Conversion, convert
from imports.report import Choice, ChoiceKind
from plugins.sdk.yaml import dump, load
from tests.unit.imports.compose.harness import check
from tests.unit.imports.compose.test_golden import NAMES, conversion_of, files_of

SERVICE_NAMES = ["web", "my_db", "my-db", "DB.main", "9lives", "_", "x" * 90, "service", "a.b", "A-", "Web"]
OPTIONS: dict[str, list[Any]] = load((Path(__file__).parent / "options.yaml").read_text())
RESOURCES = {
    "volumes": {"one": None, "two": {"labels": {"kompose.volume.size": "5Gi"}}, "ext": {"external": True}},
    "networks": {"front": None, "inner": {"internal": True}},
    "secrets": {"sec": {"file": "./file.txt"}, "gone": {"file": "./gone"}},
    "configs": {"conf": {"content": "x"}, "extconf": {"external": True}},
}
FILES = {"conf/a.conf": b"a", "conf/sub/b.bin": b"\xff\x00", "file.txt": b"f", "one.env": b"A=1\nS_TOKEN=t"}
seeds = st.integers(0, 2**32)


def project(rng: Random) -> dict[str, Any]:
    names = rng.sample(SERVICE_NAMES, rng.randint(1, 5))
    services: dict[str, Any] = {}
    for name in names:
        keys = rng.sample(sorted(OPTIONS), rng.randint(1, 14))
        service = {key: rng.choice(OPTIONS[key]) for key in keys}
        if "image" not in service and "build" not in service:
            service["image"] = rng.choice(OPTIONS["image"])
        if "network_mode" in service:
            service.pop("networks", None)
        if "scale" in service:
            service.pop("deploy", None)
        if "volumes_from" in service and "web" not in names:
            del service["volumes_from"]
        if services and rng.random() < 0.5:
            conditions = ["service_started", "service_healthy", "service_completed_successfully"]
            service["depends_on"] = {rng.choice(sorted(services)): {"condition": rng.choice(conditions)}}
        services[name] = service
    return {"services": services, **RESOURCES}


def answered(conversion: Conversion, rng: Random) -> dict[str, str]:
    """Any option of every choice; sizes, hosts and secrets filled in."""
    asked = [choice for row in conversion.report.rows for choice in row.choices] + list(conversion.report.questions)
    return {choice.id: answer(choice, rng) for choice in asked}


def answer(choice: Choice, rng: Random) -> str:
    if choice.kind is ChoiceKind.OPTION:
        return rng.choice(choice.options).value
    if choice.kind is ChoiceKind.SIZE:
        return "3Gi"
    return "answer.example.com" if choice.id.endswith(".host") else "answer"


@given(seeds)
def test_sound_projects_become_graphs_that_run(seed: int) -> None:
    rng = Random(seed)
    files = {"compose.yaml": dump(project(rng)).encode(), **FILES}
    conversion = convert(files)
    check(conversion)
    check(convert(files, choices=answered(conversion, rng)))


@given(st.sampled_from(NAMES), seeds)
def test_realistic_projects_take_any_answer(case: str, seed: int) -> None:
    rng = Random(seed)
    check(convert(files_of(case), choices=answered(conversion_of(case), rng)))


@given(seeds)
def test_what_overrides_is_as_sound_as_what_it_overrides(seed: int) -> None:
    rng = Random(seed)
    files = {name: dump(project(rng)).encode() for name in ("compose.yaml", "compose.override.yaml")}
    try:
        conversion = convert({**files, **FILES})
    except ComposeError:
        return  # a network mode beside networks, a ring of waiting: two halves may not fit
    check(conversion)
