"""The secret values of a graph: clear text becomes a reference to an immutable revision in the vault.

A string sets, null keeps, an absent key removes. Nothing is overwritten and nothing removed here: versions
and releases point to the revisions that they had.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clusters.registries.pulling import docker_config, is_pull_reference
from plugins.sdk.graph import Graph, Node
from plugins.sdk.problems import Problem
from plugins.sdk.secrets import SecretRef
from vault import services as vault
from workflows.graph.secrets import SECRET_TYPE, VALUES, replace_secrets
from workflows.stored import SecretKey

PURPOSE = "workflow.secret"
_DIGEST_PURPOSE = "workflow.digest"

# What is stored for each (node id, key); None where a key waits for its value, as in a copied template.
Known = Mapping[SecretKey, SecretRef | None]


def secret_digest(value: str) -> str:
    """What a stored value is compared by: equal for equal values, and tells nothing."""
    return vault.digest(value, PURPOSE)


def check_values(graph: Graph) -> list[Problem]:
    """What a client may not send as a value. A reference is ours alone: with it one could take over the
    secret of another workflow."""
    return [
        _problem(node, key, "wrong_type", "must be a text that sets it, or null to keep it")
        for node, key, value in _values(graph)
        if value is not None and not isinstance(value, str)
    ]


def missing_values(graph: Graph, known: Known) -> list[Problem]:
    """Null keeps what is stored, so the key must be there."""
    return [
        _problem(node, key, "secret_value_missing", "is null, but no value is stored; send one")
        for node, key, value in _values(graph)
        if value is None and (node.id, key) not in known
    ]


def with_references(graph: Graph, known: Known, workspace: str) -> Graph:
    """`graph`, which has passed both checks, with references only. New values are stored in one statement;
    the same value again keeps its revision."""
    references: dict[SecretKey, SecretRef | None] = {}
    fresh: dict[str, str] = {}
    waiting: dict[str, SecretKey] = {}
    for node, key, value in _values(graph):
        place = (node.id, key)
        stored = known.get(place)
        if value is None or (stored is not None and stored.digest == secret_digest(value)):
            references[place] = stored
        else:
            name = str(len(fresh))
            fresh[name], waiting[name] = value, place
    if fresh:
        revisions = vault.store_many(values=fresh, purpose=PURPOSE, workspace=workspace)
        for name, revision in revisions.items():
            references[waiting[name]] = SecretRef(revision.pk, revision.digest)
    return replace_secrets(graph, lambda node, key, _value: references.get((node.id, key)))


def with_known_references(graph: Graph, known: Known) -> Graph:
    """For looking only: null stands for what is stored, and a new value stays where it is, in memory."""

    def known_value(node: Node, key: str, value: Any) -> Any:
        return known.get((node.id, key)) if value is None else value

    return replace_secrets(graph, known_value)


def hidden(graph: Graph) -> Graph:
    """For showing what it compiles to: no value that was sent goes along, stored ones are placeholders anyway."""
    return replace_secrets(
        graph, lambda _node, _key, value: value if isinstance(value, SecretRef) else SecretRef("", "")
    )


def reveal_secrets(*, revisions: Iterable[str], workspace: str) -> dict[str, str]:
    """The clear values for the wire to a cluster. Never store or log them.

    What refers to registries becomes the content of a pull secret, with their passwords of now.
    """
    wanted = set(revisions)
    pulls = {revision for revision in wanted if is_pull_reference(revision)}
    values = vault.reveal(wanted - pulls, purpose=PURPOSE, workspace=workspace)
    return values | {reference: docker_config(reference=reference, workspace=workspace) for reference in pulls}


def digest_key() -> bytes:
    """The key of the digests by which pods notice that what they read has changed. It outlives a rotation of
    the installation's keys: that alone must not restart anything."""
    return bytes.fromhex(vault.digest(_DIGEST_PURPOSE, _DIGEST_PURPOSE))


def _values(graph: Graph) -> Iterable[tuple[Node, str, Any]]:
    for node in graph.nodes:
        values = node.data.get(VALUES) if node.type == SECRET_TYPE else None
        if isinstance(values, dict):
            for key, value in values.items():
                yield node, key, value


def _problem(node: Node, key: str, code: str, rest: str) -> Problem:
    field = f"{VALUES}.{key}"
    name = node.data.get("name") or node.id
    return Problem(message=f'Secret "{name}": {field} {rest}.', code=code, node_id=node.id, field=field, is_fatal=True)
