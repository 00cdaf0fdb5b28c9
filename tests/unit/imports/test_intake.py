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


def test_manifests_of_several_folders_are_meant_together_or_not() -> None:
    files = {f"{folder}/{number}.yaml": MANIFEST for folder in ("dev", "prod") for number in range(5)}
    files |= {"chart/templates/a.yaml": b"apiVersion: v1\nkind: Service\nmetadata: {name: {{ .x }} }\n"}
    files |= {".github/workflows/a.yaml": COMPOSE, "values.yaml": b"a: b\n"}
    together, *apart = projects_in(files)
    assert len(together.names) == 10
    assert together.label == "dev/0.yaml, dev/1.yaml, dev/2.yaml and 7 more"
    assert len(together.value) < 100
    assert [project.value for project in apart] == [
        f"kubernetes:{' + '.join(f'{folder}/{number}.yaml' for number in range(5))}" for folder in ("dev", "prod")
    ]


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ("a", ["compose:a/compose.yaml", "dockerfile:a/Dockerfile"]),
        ("b/x.yaml", ["kubernetes:b/x.yaml"]),
        ("a/Dockerfile", ["dockerfile:a/Dockerfile"]),
        ("p/package.json", ["dockerfile:p/package.json"]),
    ],
    ids=["folder", "manifest", "dockerfile", "package"],
)
def test_within_a_folder_or_a_file(within: str, expected: list[str]) -> None:
    files = {"a/compose.yaml": COMPOSE, "a/Dockerfile": b"FROM x", "b/x.yaml": MANIFEST, "compose.yaml": COMPOSE}
    files["p/package.json"] = b'{"scripts": {"start": "x"}}'
    assert [project.value for project in projects_in(files, within)] == expected


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
