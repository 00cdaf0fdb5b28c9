"""Which of the uploaded files make the project, and what it is called and which profiles are on."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from imports.compose.errors import refuse
from imports.compose.loading.files import Files, normalised
from imports.compose.loading.loader import Loader

Json = dict[str, Any]
STEMS = ("compose", "docker-compose")
ENDINGS = ("yaml", "yml")
_NOT_NAME = re.compile(r"[^-a-z0-9_]+")


class Loaded(msgspec.Struct):
    """A project in the long syntax. `parts` are the documents of each file before merging."""

    name: str
    folder: str
    names: list[str]
    document: Json
    variables: Mapping[str, str]
    unset: dict[str, str]
    parts: list[tuple[str, Json]]
    env_scopes: Mapping[str, Mapping[str, str]]
    profiles: frozenset[str]

    def file_of(self, path: str) -> str:
        """The last file that says something at `path`, or as near to it as possible."""
        keys = path.split(".")
        best, depth = (self.names[0] if self.names else ""), -1
        for name, document in self.parts:
            reached = _reached(document, keys)
            if reached >= depth:
                best, depth = name, reached
        return best


def _reached(document: Any, keys: Sequence[str]) -> int:
    for index, key in enumerate(keys):
        if not isinstance(document, dict) or key not in document:
            return index
        document = document[key]
    return len(keys)


def compose_names(files: Files) -> list[str]:
    """The files that Compose itself would take: the nearest to the top, with its override."""
    candidates = [
        name
        for name in files.names()
        if posixpath.basename(name) in {f"{stem}.{ending}" for stem in STEMS for ending in ENDINGS}
    ]
    candidates.sort(key=lambda name: (name.count("/"), posixpath.dirname(name), _rank(name)))
    if not candidates:
        others = [name for name in files.names() if name.endswith((".yml", ".yaml"))]
        return others if len(others) == 1 else []
    first = candidates[0]
    stem = first.rpartition(".")[0]
    overrides = [f"{stem}.override.{ending}" for ending in ENDINGS]
    return [first, *[name for name in overrides if files.has(name)][:1]]


def _rank(name: str) -> int:
    base = posixpath.basename(name)
    return [f"{stem}.{ending}" for stem in STEMS for ending in ENDINGS].index(base)


def load_files(
    uploaded: Mapping[str, bytes],
    *,
    names: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    profiles: Sequence[str] = (),
) -> Loaded:
    """`names` are the compose files in their order; by default those that Compose itself would take.
    `variables` stand for the shell's and come before every .env file."""
    files = Files(uploaded)
    loader = Loader(files)
    chosen = [normalised(name) for name in names] or compose_names(files)
    folder = posixpath.dirname(chosen[0]) if chosen else ""
    environment = loader.environment(folder, dict(variables or {}))
    if not names and environment.get("COMPOSE_FILE"):
        chosen = _listed(environment, files, folder)
    if not chosen:
        raise refuse("", "", "no compose file was found; add a compose.yaml.")
    folder = posixpath.dirname(chosen[0])
    environment.setdefault("COMPOSE_PROJECT_NAME", project_name(posixpath.basename(folder) or "project"))
    document = loader.load(chosen, folder, environment)
    own_name = document.get("name")
    if own_name is not None and not isinstance(own_name, str):
        raise refuse(chosen[0], "name", "must be a text; quote it.")
    active = set(profiles) | {item.strip() for item in environment.get("COMPOSE_PROFILES", "").split(",")}
    return Loaded(
        name=project_name(own_name or environment["COMPOSE_PROJECT_NAME"]),
        folder=folder,
        names=chosen,
        document=document,
        variables=environment,
        unset=loader.unset,
        parts=loader.parts,
        env_scopes=loader.env_scopes,
        profiles=frozenset(active - {""}),
    )


def _listed(environment: Mapping[str, str], files: Files, folder: str) -> list[str]:
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or ":"
    paths = [path for path in environment["COMPOSE_FILE"].split(separator) if path]
    return [files.locate(folder, path, file=".env", at="COMPOSE_FILE") for path in paths]


def project_name(text: str) -> str:
    return _NOT_NAME.sub("-", text.lower()).strip("-_") or "project"
