"""Source code without a Compose file: what is read of Dockerfiles, which parts there are, and the graph."""

from pathlib import Path

import pytest

from imports.compose import ComposeError
from imports.conversion import Spot
from imports.intake import projects_in
from imports.origin import Repository
from imports.report import Verdict
from imports.repository.converting import convert_parts
from imports.repository.dockerfile import Check, read_dockerfile
from imports.repository.gathering import MAX_BYTES, MAX_FILE, MAX_FILES, gather
from imports.repository.parts import parts_in
from tests.unit.imports.compose.harness import check, data, rows

SHOP = Repository("https://github.com/team/shop.git", ref="main")
API = b"""\
FROM golang:1.25 AS program
EXPOSE 1
COPY . .
FROM busybox:1
ARG PORT=8080
EXPOSE $PORT 9000-9001/udp nonsense
VOLUME ["/data"]
HEALTHCHECK --interval=5s --retries=4 CMD wget -q localhost:$PORT
CMD ["httpd", "-f"]
"""


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("FROM a\nEXPOSE 80", ((80, "tcp"),)),
        ("FROM a\nEXPOSE 80/UDP 81", ((80, "udp"), (81, "tcp"))),
        ("FROM a\nEXPOSE 1-3/sctp", ((1, "sctp"), (2, "sctp"), (3, "sctp"))),
        ("FROM a AS x\nEXPOSE 1\nFROM x AS y\nEXPOSE 2\nFROM y", ((1, "tcp"), (2, "tcp"))),
        ("FROM a AS x\nEXPOSE 1\nFROM b", ()),
        ("FROM a\nENV P 5\nEXPOSE ${P}", ((5, "tcp"),)),
        ("FROM a\nEXPOSE ${NONE:-6}", ((6, "tcp"),)),
        ("FROM a\nEXPOSE 0 70000 x $NONE", ()),
        ("FROM a\nRUN <<E\nEXPOSE 9\nE\nEXPOSE \\\n 80", ((80, "tcp"),)),
        ("", ()),
        ("FROM", ()),
        ("FROM a AS a\nEXPOSE 1", ((1, "tcp"),)),
    ],
    ids=[
        *("one", "protocol", "range", "stages", "another stage", "variable", "default", "none of them", "heredoc"),
        *("empty", "no image", "itself"),
    ],
)
def test_ports(text: str, ports: tuple[tuple[int, str], ...]) -> None:
    assert read_dockerfile(text).ports == ports


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("NONE", Check(("NONE",))),
        ("CMD curl -f localhost", Check(("CMD-SHELL", "curl -f localhost"))),
        ('--timeout=3s CMD ["curl", "x"]', Check(("CMD", "curl", "x"), {"timeout": "3s"})),
        ("CMD", None),
        ("x", None),
    ],
    ids=["off", "shell", "list", "nothing", "nonsense"],
)
def test_checks(rest: str, expected: Check | None) -> None:
    assert read_dockerfile(f"FROM a\nHEALTHCHECK {rest}").check == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Dockerfile", "package.json", "packages/a/package.json"], ["Dockerfile"]),
        (["api/Dockerfile", "web/package.json"], ["api/Dockerfile", "web/package.json"]),
        (["package.json", "api/Dockerfile", "web/Dockerfile"], ["api/Dockerfile", "web/Dockerfile"]),
        (["package.json", "packages/a/package.json"], ["package.json"]),
        (["Dockerfile.api", "Dockerfile.worker"], ["Dockerfile.api", "Dockerfile.worker"]),
        (["Dockerfile", "Dockerfile.dev", "Dockerfile.dockerignore"], ["Dockerfile", "-Dockerfile.dev"]),
        (["Dockerfile.dev", "package.json"], ["-Dockerfile.dev", "package.json"]),
        (["Dockerfile", "tests/Dockerfile", ".devcontainer/Dockerfile"],
         ["Dockerfile", "-.devcontainer/Dockerfile", "-tests/Dockerfile"]),
        (["index.html", "a.css"], ["index.html"]),
        (["docs/package.json", "README.md"], []),
    ],
    ids=[
        *("its package", "both", "workspace", "library", "variants", "for development", "only for that", "aside"),
        *("pages", "nothing"),
    ],
)  # fmt: skip
def test_parts(names: list[str], expected: list[str]) -> None:
    found = parts_in(dict.fromkeys(names, b"{}"))
    assert [part.file if part.is_usual else f"-{part.file}" for part in found] == expected


def test_a_build_and_a_deployment_for_each() -> None:
    files = {"api/Dockerfile": API, "web/package.json": b'{"scripts": {"start": "x"}}', "Dockerfile.dev": b"FROM x"}
    found = convert_parts(files, repository=SHOP)
    check(found)
    assert data(found, "build-api")["source"] == {"git_url": SHOP.url, "ref": "main", "subdirectory": "api"}
    api = data(found, "workload-api")
    assert [(port["port"], port["protocol"]) for port in api["ports"]] == [(8080, "TCP"), (9000, "UDP"), (9001, "UDP")]
    assert api["probes"]["readiness"]["exec"]["command"] == ["/bin/sh", "-c", "wget -q localhost:$PORT"]
    assert (api["probes"]["readiness"]["period_seconds"], api["probes"]["readiness"]["failure_threshold"]) == (5, 4)
    assert "command" not in api, "the image's own"
    assert data(found, "workload-web")["ports"][0]["port"] == 3000
    by_path = rows(found)
    assert by_path["api/Dockerfile:2"].verdict is Verdict.KEPT, "of a stage that is not the last"
    assert by_path["api/Dockerfile:7"].verdict is Verdict.APPROXIMATED
    assert (by_path["Dockerfile.dev"].verdict, len(by_path["Dockerfile.dev"].choices)) == (Verdict.REFUSED, 1)
    alone = convert_parts({"Dockerfile.dev": b"FROM x"}, repository=SHOP)
    assert [node.type for node in alone.graph.nodes] == ["deployment", "build"]
    assert found.spots["api/Dockerfile:9"] == Spot("api/Dockerfile", line=9)


def test_every_instruction_has_a_row() -> None:
    found = convert_parts({"Dockerfile": API}, repository=None)
    assert [found.spots[row.path].line for row in found.report.rows] == [1, *range(1, 10)]
    assert [choice.id for choice in found.report.questions] == ["build.git_url"]


def test_decisions() -> None:
    files = {"Dockerfile": API, "Dockerfile.dev": b"FROM x\n"}
    choices = {"part.Dockerfile.volumes": "claim", "part.Dockerfile.dev.use": "deployment"}
    found = convert_parts(files, repository=SHOP, choices={**choices, "service.shop.exposure": "ingress"})
    check(found)
    types = {node.type for node in found.graph.nodes}
    assert types >= {"build", "deployment", "ingress", "persistentvolumeclaim"}
    assert sum(node.type == "build" for node in found.graph.nodes) == 2
    with pytest.raises(ComposeError, match="is none of deployment, none"):
        convert_parts(files, repository=SHOP, choices={"part.Dockerfile.use": "x"})


@pytest.mark.parametrize(
    ("copied", "source"),
    [
        ("COPY api/main.py lib/ /app/", {"dockerfile": "api/Dockerfile"}),
        ("COPY main.py /app/", {"subdirectory": "api"}),
        ("COPY . .", {"subdirectory": "api"}),
        ("COPY --from=x a b", {"subdirectory": "api"}),
    ],
    ids=["from the top", "from its folder", "all", "from a stage"],
)
def test_the_context_is_where_its_files_are(copied: str, source: dict[str, str]) -> None:
    files = {"api/Dockerfile": f"FROM x\n{copied}\n".encode(), "api/main.py": b"", "lib/a.py": b""}
    found = convert_parts(files, repository=SHOP)
    assert data(found, "build-api")["source"] == {"git_url": SHOP.url, "ref": "main", **source}


def test_names_stay_apart() -> None:
    names = ["a/app/Dockerfile", "b/app/Dockerfile", "c.d/Dockerfile", "Dockerfile.worker", "$x/Dockerfile"]
    found = convert_parts(dict.fromkeys(names, b"FROM x\nEXPOSE 1\n"), repository=SHOP)
    check(found)
    assert len({node.data["name"] for node in found.graph.nodes if node.type == "deployment"}) == len(names)
    assert data(found, "build-x")["source"]["subdirectory"] == "$x"


def test_a_compose_file_that_builds_them_is_enough() -> None:
    files = {"compose.yaml": b"services: {a: {build: .}}", "Dockerfile": b"FROM x"}
    assert [project.value for project in projects_in(files)] == ["compose:compose.yaml"]
    files["compose.yaml"] = b"services: {a: {image: x}}"
    assert [project.value for project in projects_in(files)] == ["compose:compose.yaml", "dockerfile:Dockerfile"]


class TestGathering:
    def test_what_tells_and_what_is_small(self, tmp_path: Path) -> None:
        for name, content in {
            "compose.yaml": b"x",
            "a/b/Dockerfile": b"x",
            "node_modules/x/package.json": b"{}",
            ".git/config": b"x",
            "picture.png": b"\x89PNG\x00\x00",
            "large.txt": b"x" * (200 * 1024),
            "large.yaml": b"x" * (200 * 1024),
            "huge.yaml": b"x" * (MAX_FILE + 1),
        }.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        (tmp_path / "link").symlink_to("/etc/passwd")
        (tmp_path / "folder").symlink_to("/etc")
        found = gather(tmp_path)
        assert sorted(found.files) == ["a/b/Dockerfile", "compose.yaml", "large.yaml"]
        assert found.left_out == 3

    def test_bounded_and_the_wanted_first(self, tmp_path: Path) -> None:
        for folder in ("a", "z"):
            (tmp_path / folder).mkdir()
            for number in range(MAX_FILES // 2 + 10):
                (tmp_path / folder / f"f{number}.yaml").write_bytes(b"a: 1")
        found = gather(tmp_path, "z")
        assert len(found.files) == MAX_FILES
        assert sum(name.startswith("z/") for name in found.files) == MAX_FILES // 2 + 10
        assert sum(map(len, found.files.values())) <= MAX_BYTES
