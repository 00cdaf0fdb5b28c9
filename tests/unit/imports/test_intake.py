"""Which project is meant by files."""

import pytest

from imports.intake import Kind, Unclear, kind_of, projects_in, question

COMPOSE = b"services: {web: {image: nginx}}\n"
MANIFEST = b"apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"


def of(*names: str, content: bytes = COMPOSE) -> list[str]:
    return [project.value for project in projects_in(dict.fromkeys(names, content))]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["compose.yaml", "compose.override.yaml"], ["compose:compose.yaml + compose.override.yaml"]),
        (["a/compose.yml", "b/docker-compose.yml"], ["compose:a/compose.yml", "compose:b/docker-compose.yml"]),
        (["compose.yml", "x/compose.yml"], ["compose:compose.yml", "compose:x/compose.yml"]),
        (
            ["docker-compose.yml", "docker-compose.prod.yml"],
            ["compose:docker-compose.yml", "compose:docker-compose.yml + docker-compose.prod.yml"],
        ),
        (["deploy/compose-dev.yaml"], ["compose:deploy/compose-dev.yaml"]),
        (["stack.yml"], ["compose:stack.yml"]),
        (["a.yml", "b.yml"], ["compose:a.yml", "compose:b.yml"]),
    ],
    ids=["override", "two folders", "nearest first", "variant", "variant alone", "one file", "other names"],
)
def test_projects(names: list[str], expected: list[str]) -> None:
    assert of(*names) == expected


def test_manifests_and_dockerfiles_belong_together() -> None:
    files = {"k8s/b.yaml": MANIFEST, "k8s/a.json": b'{"apiVersion": "v1", "kind": "List"}'}
    files |= {"api/Dockerfile": b"FROM a", "web.dockerfile": b"FROM b", "compose.yaml": COMPOSE, "README.md": b"x"}
    assert [project.value for project in projects_in(files)] == [
        "compose:compose.yaml",
        "kubernetes:k8s/a.json + k8s/b.yaml",
        "dockerfile:web.dockerfile + api/Dockerfile",
    ]


def test_what_another_reads_is_no_project_of_its_own() -> None:
    main = b"services: {web: {extends: {file: common.yml, service: base}}}\n"
    projects = projects_in({"compose.yaml": main, "common.yml": COMPOSE, "other.yml": COMPOSE})
    assert [project.value for project in projects] == ["compose:compose.yaml", "compose:other.yml"]


def test_one_is_not_asked_about_and_several_are() -> None:
    one = projects_in({"compose.yaml": COMPOSE})
    assert question(one, one[0]) == ()
    several = projects_in({"a/compose.yaml": COMPOSE, "b/compose.yaml": COMPOSE})
    (asked,) = question(several, several[1])
    assert (asked.id, asked.value) == ("source.project", "compose:b/compose.yaml")
    assert [option.label for option in asked.options] == ["a/compose.yaml", "b/compose.yaml"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [({}, "Nothing was sent"), ({"a.txt": b"x"}, "The file is no"), ({"a": b"x", "b.md": b""}, "None of the 2")],
    ids=["nothing", "one", "two"],
)
def test_nothing_of_use(files: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(Unclear, match=sentence):
        projects_in(files)


def test_an_unreadable_one_is_left_to_its_reader() -> None:
    assert kind_of("stack.yml", b"\xff[") is Kind.COMPOSE
    assert kind_of("data.json", b"{") is None
    assert kind_of("templates/web.yaml", b"apiVersion: v1\nkind: {{ .Values.kind }}\n") is Kind.KUBERNETES
