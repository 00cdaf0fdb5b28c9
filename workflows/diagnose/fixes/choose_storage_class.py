"""A storage class for a claim that nobody makes a volume for.

What a claim asks for cannot be changed once it is there. So the claim that waits in vain, which holds nothing, is given
up, and one of another name takes its place.
"""

from collections.abc import Sequence

from clusters.health.reading import dig, entries, mapping, text
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from plugins.sdk.names import dns_label
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    listed = evidence.listed.get("StorageClass", ())
    names = tuple(text(dig(item, "metadata", "name")) for item in listed)
    kind = ValueKind.CHOICE if names else ValueKind.NAME
    chosen = hints.get("storage_class") or (names[0] if names else None)
    asked = [Asked("storage_class", "Storage class", kind, "Who makes the volume.", chosen, names)]
    if evidence.live is not None:
        name = dns_label(f"{evidence.node.name}-{chosen}") if chosen else None
        help_ = "Of the claim that takes its place; the one that waits now is removed."
        asked.append(Asked("name", "New name", ValueKind.NAME, help_, name))
    return asked


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    if evidence.live is not None and not _is_empty(evidence):
        raise CannotFix("The claim holds data by now, so its storage class cannot be changed.")
    old, new = data.get("name"), values.get("name")
    if new and new == old:
        raise CannotFix("A claim cannot be changed once it is there: give the one that takes its place another name.")
    data["storage_class"] = values["storage_class"]
    if new:
        data["name"] = new
        for node in graph["nodes"]:
            for volume in entries((node.get("data") or {}).get("volumes")):
                source = mapping(dig(volume, "source", "persistentVolumeClaim"))
                if source.get("claimName") == old:
                    source["claimName"] = new


def _is_empty(evidence: Evidence) -> bool:
    return dig(evidence.live, "status", "phase") == "Pending" and not dig(evidence.live, "spec", "volumeName")


def given_up(evidence: Evidence) -> Sequence[str]:
    """The claim that waits in vain: it never had a volume."""
    if evidence.live is None or not _is_empty(evidence):
        return ()
    metadata = mapping(evidence.live.get("metadata"))
    return (f"{metadata.get('namespace')}/{metadata.get('name')}",)


FIX = Fix(
    "choose_storage_class",
    "Choose a storage class",
    "Asks a class that the cluster has for the volume. The claim that waits in vain holds nothing and is replaced.",
    change,
    asks,
    frozenset({"persistentvolumeclaim"}),
    gives_up=given_up,
)
