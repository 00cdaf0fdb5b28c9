"""What pods read: config maps, secrets and their keys, and the volumes made of them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from clusters.health.facts import events_about
from clusters.health.pods import trouble_of_pod
from clusters.health.reading import Json, dig, entries, mapping, text, words
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing

_KINDS = {"ConfigMap": ("config map", "config_map"), "Secret": ("secret", "secret")}
_NO_KEYS = re.compile(r"references? non-existent (?:config|secret) key:? ?(?P<key>[^\s,]+)?")


class Wanted(NamedTuple):
    """One thing that a pod reads. Without a key it is the whole."""

    kind: str
    name: str
    key: str = ""


def run(evidence: Evidence) -> Iterator[Finding]:
    told: set[Wanted] = set()
    for wanted in _wanted(evidence):
        if wanted in told:
            continue
        found = _missing(evidence, wanted, told)
        if found is not None:
            yield found
    yield from _unmounted(evidence, is_explained=bool(told))


def _wanted(evidence: Evidence) -> Iterator[Wanted]:
    for live in evidence.all_live():
        spec = pods.pod_spec(live)
        for container in pods.all_containers(spec):
            yield from of_container(container)
        yield from of_volumes(spec)


def of_container(container: Json) -> Iterator[Wanted]:
    for item in entries(container.get("envFrom")):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = mapping(item.get(field))
            if source and source.get("optional") is not True:
                yield Wanted(kind, text(source.get("name")))
    for item in entries(container.get("env")):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = mapping(dig(item, "valueFrom", field))
            if source and source.get("optional") is not True:
                yield Wanted(kind, text(source.get("name")), text(source.get("key")))


def of_volumes(spec: Json) -> Iterator[Wanted]:
    for volume in entries(spec.get("volumes")):
        yield from _of_source(volume, "secretName")
        for part in entries(dig(volume, "projected", "sources")):
            yield from _of_source(part, "name")


def _of_source(volume: Json, secret_name: str) -> Iterator[Wanted]:
    for field, kind, key in (("configMap", "ConfigMap", "name"), ("secret", "Secret", secret_name)):
        source = mapping(volume.get(field))
        if source and source.get("optional") is not True:
            name, items = text(source.get(key)), entries(source.get("items"))
            yield Wanted(kind, name)
            yield from (Wanted(kind, name, text(item.get("key"))) for item in items)


def _missing(evidence: Evidence, wanted: Wanted, told: set[Wanted]) -> Finding | None:
    what, cause = _KINDS[wanted.kind]
    if not wanted.name or (wanted.kind, wanted.name) not in evidence.named:
        return None
    found = evidence.named[wanted.kind, wanted.name]
    if found is None:
        whole = Wanted(wanted.kind, wanted.name)
        if whole in told:
            return None
        told |= {wanted, whole}
        first = min((each.key for each in _wanted(evidence) if each[:2] == wanted[:2] and each.key), default="")
        return error(
            f"{cause}_missing",
            f'It reads the {what} "{wanted.name}", which does not exist in the namespace.',
            f"Add the {what} to the drawing, or correct its name.",
            f"add_{cause}",
            values={"name": wanted.name, **({"key": first} if first else {})},
        )
    keys = keys_of(found)
    if not wanted.key or wanted.key in keys:
        return None
    told.add(wanted)
    there = f" It has {listing(sorted(keys))}." if keys else " It has none."
    return error(
        f"{cause}_key_missing",
        f'It reads the key "{wanted.key}" of the {what} "{wanted.name}", which has no such key.{there}',
        "Add the key, or correct its name.",
        f"add_{cause}_key",
        values={"name": wanted.name, "key": wanted.key},
    )


def keys_of(source: Json) -> set[str]:
    """Of a config map, or of a secret as it is shown to checks: without values."""
    listed = source.get("keys")
    if isinstance(listed, list):
        return set(words(listed))
    return {*mapping(source.get("data")), *mapping(source.get("binaryData"))}


def _unmounted(evidence: Evidence, *, is_explained: bool) -> Iterator[Finding]:
    for pod in pods.current(evidence):
        trouble = trouble_of_pod(pod, events_about(pod, evidence.events))
        if trouble is None:
            continue
        if trouble.reason in ("ConfigMapMissing", "SecretMissing") and not is_explained:
            # It could not be looked up, so what the kubelet said must do.
            kind = "config_map" if trouble.reason == "ConfigMapMissing" else "secret"
            cause = f"{kind}_key_missing" if "has no key" in trouble.message else f"{kind}_missing"
            name, _, rest = trouble.message.partition('"')[2].partition('"')
            hints = {"name": name, **({"key": rest.split('"')[1]} if "has no key" in rest else {})}
            fix = f"add_{kind}_key" if "key" in hints else f"add_{kind}"
            yield error(cause, trouble.message, "Add it to the drawing, or correct its name.", fix, values=hints)
            return
        is_mount = trouble.reason in ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
        is_known = is_explained and ("not found" in trouble.message or _NO_KEYS.search(trouble.message))
        if is_mount and not is_known:
            advice = "Check what the volume is made of, and that nothing else holds it."
            yield error("volume_not_mounted", trouble.message, advice)
            return


CHECK = Check(
    "configuration",
    "What it reads is there",
    run,
    frozenset({"workload", "manifest"}),
    frozenset({See.PODS, See.EVENTS, See.SOURCES}),
)
