"""What every import ends in: a graph, a report, and where each key of the report is written. Pure."""

from collections.abc import Mapping, Set

import msgspec

from imports.report import Report
from plugins.sdk.graph import Graph


class Spot(msgspec.Struct, frozen=True):
    """Where an object is written: its document (from 0) in a file, and the path inside, for the items of a list."""

    file: str
    document: int = 0
    inner: str = ""


class Conversion(msgspec.Struct, frozen=True):
    """`profiles` are all that the files know, whether on or off. Secret nodes hold their values in clear:
    whoever stores the graph puts them into the vault first. `spots` says where the objects are that the paths of the
    report begin with; without it a path is looked for in every document. `places` are file and line of the rows whose
    path does not say it. `own` are the nodes that say themselves where in a workflow they came from."""

    name: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    graph: Graph
    report: Report
    spots: Mapping[str, Spot] = {}
    places: Mapping[str, tuple[str, int]] = {}
    own: Set[str] = frozenset()
