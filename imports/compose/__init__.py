"""Compose files to a graph and a report. Pure: files come as a mapping, nothing is read or written.

conversion = convert({"compose.yaml": b"..."}, choices={"service.web.exposure": "ingress"})
"""

from collections.abc import Mapping, Sequence

import msgspec

from imports.compose.errors import ComposeError, Violation
from imports.compose.loading.entry import compose_names, load_files
from imports.compose.loading.files import Files
from imports.compose.mapping.convert import map_project
from imports.compose.model import read_project
from imports.report import Report
from plugins.sdk.graph import Graph

__all__ = ["ComposeError", "Conversion", "Violation", "compose_names", "convert"]
_VARIABLE = "variable."


class Conversion(msgspec.Struct, frozen=True):
    """`profiles` are all that the files know, whether on or off. Secret nodes hold their values in clear:
    whoever stores the graph puts them into the vault first."""

    name: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    graph: Graph
    report: Report


def convert(
    files: Mapping[str, bytes],
    *,
    names: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    profiles: Sequence[str] = (),
    choices: Mapping[str, str] | None = None,
) -> Conversion:
    """`names` are the compose files in their order (by default those that Compose would take), `variables`
    stand for the shell's. Raises `ComposeError`, and nothing else. The same input gives the same output."""
    choices = dict(choices or {})
    given = {id.removeprefix(_VARIABLE): value for id, value in choices.items() if id.startswith(_VARIABLE)}
    loaded = load_files(files, names=names, variables={**(variables or {}), **given}, profiles=profiles)
    project, active = read_project(loaded)
    graph, report = map_project(loaded, project, active, Files(files), choices)
    known = {name for service in project.services.values() for name in service.profiles or ()}
    return Conversion(loaded.name, tuple(loaded.names), tuple(sorted(known)), graph, report)
