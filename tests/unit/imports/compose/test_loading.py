"""Several files: overrides, !reset and !override, extends, include, profiles, merge keys."""

from typing import Any

import pytest

from imports.compose.loading.entry import load_files
from tests.unit.imports.compose.harness import data, many, one, refused, rows


def merged(base: str, later: str, **service: Any) -> dict[str, Any]:
    """The service `a` after `later` overrides `base`, both as flow mappings."""
    files = {"compose.yaml": f"services: {{a: {base}}}", "compose.override.yaml": f"services: {{a: {later}}}"}
    document = load_files({name: text.encode() for name, text in files.items()}).document
    found: dict[str, Any] = document["services"]["a"]
    return found


@pytest.mark.parametrize(
    ("base", "later", "expected"),
    [
        ("{image: x}", "{image: y}", {"image": "y"}),
        ("{image: x}", "{image: null}", {"image": "x"}),
        ("{command: [a, b]}", "{command: [c]}", {"command": ["c"]}),
        ("{command: a b}", "{command: [c]}", {"command": ["c"]}),
        ("{entrypoint: [a]}", "{entrypoint: [b]}", {"entrypoint": ["b"]}),
        ("{environment: [A=1, B=2]}", "{environment: {B: 3}}", {"environment": {"A": "1", "B": 3}}),
        ("{labels: [a=1]}", "{labels: {b: '2'}}", {"labels": {"a": "1", "b": "2"}}),
        ("{cap_add: [A]}", "{cap_add: [B, A]}", {"cap_add": ["A", "B"]}),
        ("{dns: 1.1.1.1}", "{dns: [8.8.8.8]}", {"dns": ["1.1.1.1", "8.8.8.8"]}),
        ("{expose: [1]}", "{expose: [2, 1]}", {"expose": [1, 2]}),
        ("{ulimits: {n: {soft: 1, hard: 2}}}", "{ulimits: {n: 5}}", {"ulimits": {"n": {"soft": 5, "hard": 5}}}),
        (
            "{logging: {driver: a, options: {x: y}}}",
            "{logging: {driver: b}}",
            {"logging": {"driver": "b"}},
        ),
        (
            "{logging: {options: {x: y}}}",
            "{logging: {driver: b, options: {z: w}}}",
            {"logging": {"driver": "b", "options": {"x": "y", "z": "w"}}},
        ),
        (
            "{healthcheck: {test: [CMD, a], retries: 3}}",
            "{healthcheck: {test: b}}",
            {"healthcheck": {"test": "b", "retries": 3}},
        ),
        ("{tmpfs: /a}", "{tmpfs: /b}", {"tmpfs": ["/a", "/b"]}),
        ("{env_file: a.env}", "{env_file: [b.env]}", {"env_file": [{"path": "./a.env"}, {"path": "./b.env"}]}),
        (
            "{extra_hosts: ['a:1.1.1.1']}",
            "{extra_hosts: {b: 2.2.2.2}}",
            {"extra_hosts": {"a": ["1.1.1.1"], "b": ["2.2.2.2"]}},
        ),
        ("{networks: [n]}", "{networks: {n: {aliases: [x]}, m: }}", {"networks": {"n": {"aliases": ["x"]}, "m": None}}),
        ("{build: .}", "{build: {target: t}}", {"build": {"context": "./", "target": "t"}}),
        ("{environment: {A: 1}}", "{environment: !reset null}", {}),
        ("{environment: {A: 1, B: 2}}", "{environment: {A: !reset null}}", {"environment": {"B": 2}}),
        ("{command: [a], image: x}", "{command: !reset []}", {"image": "x"}),
        ("{expose: [1, 2]}", "{expose: !override [3]}", {"expose": [3]}),
        ("{environment: {A: 1}}", "{environment: !override {B: 2}}", {"environment": {"B": 2}}),
        (
            "{ports: ['80:80']}",
            "{ports: !override ['81:80']}",
            {"ports": [{"mode": "ingress", "protocol": "tcp", "target": 80, "published": "81"}]},
        ),
        (
            "{depends_on: [b]}",
            "{depends_on: {b: {condition: service_healthy}}}",
            {"depends_on": {"b": {"condition": "service_healthy", "required": True}}},
        ),
    ],
)
def test_how_a_later_file_overrides(base: str, later: str, expected: dict[str, Any]) -> None:
    assert merged(base, later) == expected


def test_mounts_and_ports_are_told_apart_by_what_they_are() -> None:
    found = merged("{volumes: ['a:/x', 'b:/y']}", "{volumes: ['c:/x:ro']}")["volumes"]
    assert [(mount["source"], mount["target"]) for mount in found] == [("c", "/x"), ("b", "/y")]
    ports = merged("{ports: ['80:80', '81:81']}", "{ports: ['80:80', '82:82/udp']}")["ports"]
    assert [(port["target"], port["protocol"]) for port in ports] == [(80, "tcp"), (81, "tcp"), (82, "udp")]


def test_documents_of_one_file_override_each_other() -> None:
    found = one("services: {a: {image: x:1}}\n---\nservices: {a: {image: x:2}}")
    assert data(found, "workload-a")["image"] == "x:2"


def test_compose_file_names_the_files() -> None:
    files = {
        ".env": "COMPOSE_FILE=one.yaml:two.yaml",
        "one.yaml": "services: {a: {image: x:1}}",
        "two.yaml": "services: {b: {image: y:1}}",
    }
    assert many(files).files == ("one.yaml", "two.yaml")
    assert many(files, names=["two.yaml"]).files == ("two.yaml",)


def test_the_files_that_compose_would_take() -> None:
    body = "services: {a: {image: x:1}}"
    assert many({"deep/compose.yaml": body, "docker-compose.yml": body, "docker-compose.override.yml": "{}"}).files == (
        "docker-compose.yml",
        "docker-compose.override.yml",
    )
    assert many({"compose.yaml": body, "docker-compose.yml": body}).files == ("compose.yaml",)
    assert many({"stack.yml": body}).files == ("stack.yml",)
    assert refused({"a.yml": body, "b.yml": body}) == ["no compose file was found; add a compose.yaml."]


def test_anchors_and_merge_keys() -> None:
    found = one("""
        x-base: &base {environment: {A: '1'}, restart: always}
        x-more: &more {user: '5'}
        services:
          a: {<<: [*base, *more], image: x:1}
        """)
    assert data(found, "workload-a")["env"] == [{"name": "A", "value": "1"}]
    assert data(found, "workload-a")["security_context"] == {"runAsUser": 5}
    assert {row.path for row in found.report.rows} >= {"x-base", "x-more"}


def test_numbers_are_read_as_compose_reads_them() -> None:
    found = one("services: {a: {image: x:1, environment: {YES: yes, NO: no, N: 0o10, F: 1.50, T: true}}}")
    assert {item["name"]: item["value"] for item in data(found, "workload-a")["env"]} == {
        "YES": "yes",
        "NO": "no",
        "N": "8",
        "F": "1.5",
        "T": "true",
    }


# --- extends ----------------------------------------------------------------------------------------------
def test_extends_in_the_same_file_and_in_chains() -> None:
    found = one("""
        services:
          base: {image: x:1, environment: {A: '1', B: '1'}, command: [base]}
          middle: {extends: base, environment: {B: '2'}}
          leaf: {extends: {service: middle}, command: [leaf]}
        """)
    leaf = data(found, "workload-leaf")
    assert (leaf["image"], leaf["args"]) == ("x:1", ["leaf"])
    assert leaf["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert rows(found)["services.leaf.extends"].verdict == "mapped"


def test_extends_from_another_folder_keeps_its_paths() -> None:
    files = {
        "compose.yaml": "services: {a: {extends: {file: base/b.yaml, service: b}}}",
        "base/b.yaml": "services: {b: {image: x:1, env_file: e.env, volumes: ['./c.conf:/c.conf:ro']}}",
        "base/e.env": "FROM=base",
        "base/c.conf": "c",
    }
    found = many(files)
    assert data(found, "configmap-env:base/e.env")["data"] == {"FROM": "base"}
    assert data(found, "configmap-file:base/c.conf")["data"] == {"c.conf": "c"}


def test_an_override_may_extend_what_an_earlier_file_has() -> None:
    files = {
        "compose.yaml": "services: {a: {image: x:1}}",
        "compose.override.yaml": "services: {b: {extends: a, command: [b]}}",
    }
    assert data(many(files), "workload-b")["image"] == "x:1"


def test_reset_in_an_extending_service() -> None:
    found = one("services: {a: {image: x:1, user: '5', tty: true}, b: {extends: a, user: !reset null}}")
    assert "security_context" not in data(found, "workload-b")
    assert data(found, "workload-b")["tty"] is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: {a: {extends: a}}", "extends itself (a → a)"),
        ("services: {a: {extends: b}, b: {extends: a}}", "extends itself"),
        ("services: {a: {extends: nobody}}", "no service 'nobody'"),
        ("services: {a: {extends: {service: b, file: other.yaml}}}", "'other.yaml' is not among the uploaded"),
        ("services: {a: {extends: {service: b, file: ../x.yaml}}}", "leads out of the uploaded files"),
        ("services: {a: {extends: {service: b, file: /etc/passwd}}}", "absolute path"),
        ("services: {a: {extends: {service: b, file: 'https://x/y.yaml'}}}", "remote ones are not fetched"),
        ("services: {a: {extends: {}}}", "must name a service"),
        ("services: {a: {extends: {service: b, fle: x}}}", "is no key of extends"),
    ],
)
def test_extends_that_cannot_be_followed(text: str, words: str) -> None:
    (sentence,) = refused(text)
    assert words in sentence
    assert sentence.startswith("compose.yaml: services.a.extends") or "services.b.extends" in sentence


# --- include ----------------------------------------------------------------------------------------------
def test_include_has_its_own_folder_and_variables() -> None:
    files = {
        "compose.yaml": "include: [sub/c.yaml]\nservices: {a: {image: x:1, depends_on: [b]}}",
        "sub/c.yaml": "services: {b: {image: 'y:$TAG', env_file: e.env}}",
        "sub/.env": "TAG=sub",
        "sub/e.env": "HERE=sub",
        ".env": "OTHER=1",
    }
    found = many(files)
    assert data(found, "workload-b")["image"] == "y:sub"
    assert data(found, "configmap-env:sub/e.env")["data"] == {"HERE": "sub"}


def test_include_of_several_files_that_override_each_other() -> None:
    files = {
        "compose.yaml": "include: [{path: [one.yaml, two.yaml], project_directory: sub, env_file: my.env}]",
        "one.yaml": "services: {b: {image: 'y:1', volumes: ['./f.txt:/f.txt:ro']}}",
        "two.yaml": "services: {b: {image: 'y:$TAG'}}",
        "my.env": "TAG=2",
        "sub/f.txt": "f",
    }
    found = many(files)
    assert data(found, "workload-b")["image"] == "y:2"
    assert data(found, "configmap-file:sub/f.txt")


def test_an_override_file_may_change_what_was_included() -> None:
    files = {
        "compose.yaml": "include: [c.yaml]",
        "c.yaml": "services: {b: {image: y:1}}",
        "compose.override.yaml": "services: {b: {image: y:2}}",
    }
    assert data(many(files), "workload-b")["image"] == "y:2"


def test_the_same_file_may_be_included_twice() -> None:
    files = {
        "compose.yaml": "include: [b.yaml, c.yaml]",
        "b.yaml": "include: [d.yaml]",
        "c.yaml": "include: [d.yaml]",
        "d.yaml": "services: {d: {image: x:1}}",
    }
    assert data(many(files), "workload-d")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"compose.yaml": "include: [compose.yaml]"}, "includes itself (compose.yaml → compose.yaml)"),
        ({"compose.yaml": "include: [b.yaml]", "b.yaml": "include: [compose.yaml]"}, "includes itself"),
        ({"compose.yaml": "include: [missing.yaml]"}, "'missing.yaml' is not among the uploaded"),
        ({"compose.yaml": "include: ['../x.yaml']"}, "leads out of the uploaded files"),
        ({"compose.yaml": "include: ['oci://x/y']"}, "remote ones are not fetched"),
        ({"compose.yaml": "include: {}"}, "must be a list of files"),
        ({"compose.yaml": "include: [{pth: x}]"}, "is no key of include"),
        ({"compose.yaml": "include: [{env_file: x}]"}, "name the file to include"),
        (
            {"compose.yaml": "include: [b.yaml]\nservices: {a: {image: x}}", "b.yaml": "services: {a: {image: y}}"},
            "defines services.a differently",
        ),
    ],
)
def test_includes_that_cannot_be_followed(files: dict[str, str], words: str) -> None:
    (sentence,) = refused(files)
    assert words in sentence


# --- profiles ---------------------------------------------------------------------------------------------
PROFILES = (
    "services: {a: {image: x:1}, dbg: {image: y:1, profiles: [debug]}, ops: {image: z:1, profiles: [ops, debug]}}"
)


@pytest.mark.parametrize(
    ("profiles", "names"),
    [([], {"a"}), (["debug"], {"a", "dbg", "ops"}), (["ops"], {"a", "ops"}), (["*"], {"a", "dbg", "ops"})],
)
def test_profiles_decide_what_is_there(profiles: list[str], names: set[str]) -> None:
    found = many({"compose.yaml": PROFILES}, profiles=profiles)
    assert {node.data["name"] for node in found.graph.nodes} == names
    assert found.profiles == ("debug", "ops")


def test_profiles_may_come_from_the_env_file() -> None:
    found = many({"compose.yaml": PROFILES, ".env": "COMPOSE_PROFILES=ops,other"})
    assert {node.data["name"] for node in found.graph.nodes} == {"a", "ops"}


def test_what_is_off_is_told_with_every_key() -> None:
    found = rows(many({"compose.yaml": PROFILES}))
    assert found["services.dbg"].verdict == "refused"
    assert "services.dbg.image" in found


def test_waiting_for_what_is_off() -> None:
    text = """
        services:
          a: {{image: x:1, depends_on: {{b: {{condition: service_started{more}}}}}}}
          b: {{image: y:1, profiles: [p]}}
        """
    assert "profile that is off" in refused(text.format(more=""))[0]
    found = rows(many({"compose.yaml": text.format(more=", required: false")}))
    assert found["services.a.depends_on.b"].verdict == "refused"


def test_a_file_of_the_first_version_is_told_what_to_do() -> None:
    (said,) = refused("web:\n  image: nginx\n  ports: ['80:80']\nredis: {image: redis}\n")
    assert "put the services below the key services" in said
