"""Compose files to a graph and a report. Pure: files come as a mapping, nothing is read or written.

conversion = convert({"compose.yaml": b"..."}, choices={"service.web.exposure": "ingress"})
"""

from collections.abc import Mapping, Sequence

from imports.compose.errors import ComposeError, Violation, refuse
from imports.compose.loading.entry import compose_names, load_files
from imports.compose.loading.files import Files
from imports.compose.mapping.convert import map_project
from imports.compose.model import read_project
from imports.conversion import Conversion
from imports.origin import Repository

__all__ = ["ComposeError", "Conversion", "Violation", "compose_names", "convert"]
_VARIABLE = "variable."


def _is_text(value: str) -> bool:
    """Whether it can be written anywhere: no NUL, no half of a character."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def convert(
    files: Mapping[str, bytes],
    *,
    names: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    profiles: Sequence[str] = (),
    choices: Mapping[str, str] | None = None,
    repository: Repository | None = None,
) -> Conversion:
    """`names` are the compose files in their order (by default those that Compose would take), `variables` stand for
    the shell's, `repository` is where all files are from. Raises `ComposeError`, and nothing else. The same input gives
    the same output."""
    choices = dict(choices or {})
    for name, value in (*choices.items(), *(variables or {}).items()):
        if not _is_text(value):
            raise refuse("", name[:80] if _is_text(name) else "", "holds a character that no file may hold; remove it.")
    given = {id.removeprefix(_VARIABLE): value for id, value in choices.items() if id.startswith(_VARIABLE)}
    loaded = load_files(files, names=names, variables={**(variables or {}), **given}, profiles=profiles)
    project, active = read_project(loaded)
    graph, report = map_project(loaded, project, active, Files(files), choices, repository)
    known = {name for service in project.services.values() for name in service.profiles or ()}
    return Conversion(loaded.name, tuple(loaded.names), tuple(sorted(known)), graph, report)
