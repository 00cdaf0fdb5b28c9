"""What every import ends in: a graph, a report, and where each key of the report is written. Pure."""

from collections.abc import Mapping, Set

import msgspec

from imports.report import Report
from plugins.sdk.graph import Graph


class Spot(msgspec.Struct, frozen=True):
    """Where an object is written: its document (from 0) in a file, and the path inside, for the items of a list. In a
    file that is no YAML the line (from 1) of a row says it all."""

    file: str
    document: int = 0
    inner: str = ""
    line: int = 0


class Conversion(msgspec.Struct, frozen=True):
    """`profiles` are all that the files know, whether on or off. Secret nodes hold their values in clear:
    whoever stores the graph puts them into the vault first. `spots` says where the objects are that the paths of the
    report begin with; without it a path is looked for in every document. `own` are the nodes that say themselves where
    in a workflow they came from."""

    name: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    graph: Graph
    report: Report
    spots: Mapping[str, Spot] = {}
    own: Set[str] = frozenset()
