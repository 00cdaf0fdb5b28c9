"""The list of what Kubernetes allows in fields that are written in its own words.

`SAILCLOTH_UPDATE_SHAPES=1` writes the list anew, from the published schema that kubernetes-validate carries.
"""

import json
import os
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from plugins.registry import core_types
from plugins.sdk.schema import form_schema
from plugins.sdk.shapes import UNKNOWN, check_shape, shapes
from tests.unit.compile.kube_schema import VERSION

FILE = Path(__file__).parents[3] / "plugins" / "sdk" / "shapes" / "shapes.json"
UPDATE = bool(os.environ.get("SAILCLOTH_UPDATE_SHAPES"))
# Parts of the API that are no definition of their own: a volume without its name.
DERIVED = {"VolumeSource": ("Volume", "name")}
ROOTS = {
    "core": (
        "Affinity", "LimitRangeItem", "LifecycleHandler", "PodDNSConfig", "PodSecurityContext", "ResourceClaim",
        "ScopeSelector", "SecurityContext", "Toleration", "TopologySpreadConstraint", "TypedLocalObjectReference",
        "Volume",
    ),
    "apps": (
        "DaemonSetUpdateStrategy", "DeploymentStrategy", "StatefulSetUpdateStrategy",
        "StatefulSetPersistentVolumeClaimRetentionPolicy",
    ),
    "autoscaling": ("MetricSpec", "HorizontalPodAutoscalerBehavior"),
    "networking": ("NetworkPolicyIngressRule", "NetworkPolicyEgressRule"),
    "meta": ("LabelSelector",),
}  # fmt: skip
SCALARS = {"string": "s", "integer": "i", "number": "n", "boolean": "b", "object": "o"}


def definitions() -> dict[str, Any]:
    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / VERSION
    return dict(json.loads((folder / "_definitions.json").read_text())["$defs"])


def full_name(known: dict[str, Any], group: str, name: str) -> str:
    found = [each for each in known if each.endswith(f".{name}") and f".{group}." in each]
    best = sorted(found, key=lambda each: (".v1." not in each and ".v2." not in each, "beta" in each, each))
    return next((each for each in best if ".v2." in each), best[0])


def kind_of(schema: dict[str, Any], found: dict[str, str]) -> str:
    """Our short form; a definition that it names is noted in `found`: short name → full name."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        short = target.rpartition(".")[2]
        found.setdefault(short, target)
        return short
    kinds = [kind for kind in as_list(schema.get("type")) if kind != "null"]
    if "oneOf" in schema or len(kinds) > 1:
        return "q"
    if kinds == ["array"]:
        return "[" + kind_of(schema["items"], found)
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict) and inner:
        return "{" + kind_of(inner, found)
    return SCALARS[kinds[0]] if kinds else "*"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def make_shapes() -> dict[str, Any]:
    known = definitions()
    waiting = {name: full_name(known, group, name) for group, names in ROOTS.items() for name in names}
    made: dict[str, Any] = {}
    plain: dict[str, str] = {}
    while waiting:
        short, full = waiting.popitem()
        if short in made or short in plain:
            continue
        definition, found = known[full], {}
        if "properties" not in definition:
            plain[short] = kind_of(definition, found)
            continue
        properties = {key: kind_of(value, found) for key, value in sorted(definition["properties"].items())}
        made[short] = {"p": properties} | ({"r": definition["required"]} if definition.get("required") else {})
        waiting |= found
    for name, (source, left_out) in DERIVED.items():
        made[name] = {"p": {key: kind for key, kind in made[source]["p"].items() if key != left_out}}
    del made["Volume"]
    for shape in made.values():
        shape["p"] = {key: unfolded(kind, plain) for key, kind in shape["p"].items()}
    return dict(sorted(made.items()))


def unfolded(kind: str, plain: dict[str, str]) -> str:
    """Quantities, times and the like stand for a plain type."""
    bare = kind.lstrip("[{")
    return kind.removesuffix(bare) + plain.get(bare, bare)


def test_the_list_is_that_of_the_published_schema() -> None:
    made = make_shapes()
    if UPDATE:
        text = json.dumps({"version": VERSION, "shapes": made}, separators=(",", ":"))
        FILE.write_text(text.replace('},"', '},\n"') + "\n")
        shapes.cache_clear()
    assert shapes() == made


def named_shapes(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["x-kubernetes"]} if "x-kubernetes" in schema else set()
        return own.union(*(named_shapes(item) for item in schema.values()))
    return set().union(*(named_shapes(item) for item in schema)) if isinstance(schema, list) else set()


def test_fields_name_shapes_that_exist() -> None:
    used = set().union(*(named_shapes(form_schema(item.data)) for item in core_types()))
    assert used
    assert used <= set(shapes())


def faults(name: str, value: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    check_shape(name, value, "f", lambda path, code, message: found.append((path, code)))
    return found


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Toleration", [{"key": "a", "operator": "Exists", "tolerationSeconds": 0}], []),
        ("Toleration", [{"key": 1}], [("f.0.key", "wrong_type")]),
        ("Toleration", ["x"], [("f.0", "wrong_type")]),
        ("Toleration", [{"kye": "a"}], [("f.0.kye", UNKNOWN)]),
        ("SecurityContext", {"runAsUser": 1000, "capabilities": {"drop": ["ALL"]}}, []),
        ("SecurityContext", {"runAsUser": 1.0}, [("f.runAsUser", "wrong_type")]),
        ("SecurityContext", {"runAsUser": True}, [("f.runAsUser", "wrong_type")]),
        ("SecurityContext", {"capabilities": {"drop": "ALL"}}, [("f.capabilities.drop", "wrong_type")]),
        ("SecurityContext", {"privileged": None}, [("f.privileged", "wrong_type")]),
        ("DeploymentStrategy", {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}, []),
        ("LimitRangeItem", [{"default": {"cpu": 1}}], [("f.0.type", "missing_field")]),
        ("LimitRangeItem", [{"type": "Pod", "max": {"cpu": []}}], [("f.0.max.cpu", "wrong_type")]),
        ("LabelSelector", {"matchLabels": {"a": "b"}}, []),
        ("VolumeSource", {"configMap": {"name": "x", "optional": "no"}}, [("f.configMap.optional", "wrong_type")]),
        ("VolumeSource", {"emptyDir": {"sizeLimit": "1Gi"}}, []),
        ("MetricSpec", [{"type": "Resource", "resource": {"name": "cpu"}}], [("f.0.resource.target", "missing_field")]),
    ],
)
def test_checks(name: str, value: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(name, value) == expected
