"""Whether there is anything to look at: the cluster answers, and what was deployed is there."""

from collections.abc import Iterator

from clusters.health.reading import dig, words
from plugins.sdk.diagnosis import Check, Evidence, Finding
from workflows.diagnose.finding import error, listing, warning

_EYE_ONLY = frozenset({"group", "note"})


def run(evidence: Evidence) -> Iterator[Finding]:
    node = evidence.node
    if node.type.name in _EYE_ONLY or (not node.type.kind and not evidence.bodies.get(node.id)):
        return
    if evidence.trouble:
        yield error("cluster_unreachable", evidence.trouble, "Check the cluster's connection on its own page.")
    elif not evidence.is_deployed:
        message = "It has not been deployed yet." if not evidence.place else f"It is not deployed on {evidence.place}."
        yield warning("not_deployed", message, "Run the workflow to deploy it.", "run_again")
    elif node.is_existing:
        yield from _referenced(evidence)
    else:
        yield from _owned(evidence)


def _owned(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.objects and not evidence.refusals:
        message = "The cluster's credential may not read it, so nothing is known of it."
        yield warning("not_permitted", message, "Ask whoever gave you the credential for the right to look.")
    for each in evidence.objects:
        if each.live is None:
            yield error(
                "object_missing",
                f"{each.key.kind} {each.key.name} was deployed and is not in the cluster any more.",
                "Run the workflow again to bring it back.",
                "run_again",
            )
        elif dig(each.live, "metadata", "deletionTimestamp"):
            held = words(dig(each.live, "metadata", "finalizers"))
            why = f" It is held by {listing(held)}, which has to let it go first." if held else ""
            yield warning("being_deleted", f"{each.key.kind} {each.key.name} is being deleted.{why}")


def _referenced(evidence: Evidence) -> Iterator[Finding]:
    """Marked as existing: somebody else has to make it."""
    node, kind = evidence.node, evidence.node.type.kind
    if not evidence.is_missing(kind, node.name):
        return
    cause = {"ConfigMap": "config_map_missing", "Secret": "secret_missing", "PersistentVolumeClaim": "claim_missing"}
    yield error(
        cause.get(kind, "object_missing"),
        f"{node.label} is marked as already there, but the namespace {node.namespace} has none of this name.",
        "Make it in the cluster, correct its name, or let the workflow make it: switch “Already exists” off.",
        "make_it",
    )


CHECK = Check("presence", "It is in the cluster", run, is_static=True)
