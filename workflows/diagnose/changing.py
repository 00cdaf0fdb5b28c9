"""Carrying out a fix on a copy of the graph, and saying what that changes."""

import copy
from collections.abc import Mapping
from typing import Any

import jsonpatch

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, Json, Values
from plugins.sdk.fields import Json as Object
from workflows.diagnose.values import read_values
from workflows.diagnose.verdict import Verdict


def asked_by(fix: Fix, evidence: Evidence, verdict: Verdict) -> list[Asked]:
    """What the fix wants to know, with proposals from the finding that it repairs."""
    finding = verdict.proposing(fix.fix_type)
    return list(fix.asks(evidence, finding.values if finding is not None else {}))


def changed(
    fix: Fix, graph: GraphLists, evidence: Evidence, verdict: Verdict, given: Mapping[str, Any]
) -> tuple[GraphLists, Values]:
    """The graph after the fix. Raises `BadValues` and `CannotFix`; `graph` itself stays as it is."""
    values = read_values(asked_by(fix, evidence, verdict), given)
    after = copy.deepcopy(graph)
    fix.change(after, evidence.node.id, values, evidence)
    return after, values


def patch_of(before: GraphLists, after: GraphLists) -> list[Json]:
    """As RFC 6902 writes it, against `{"nodes": […], "edges": […]}`."""
    patch: list[Object] = jsonpatch.make_patch(before, after).patch
    return patch
