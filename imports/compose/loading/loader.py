"""The reference loader's order: read, fill variables in, long syntax, extends, include, merge.

Works on plain values; what they mean is the model's business.
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from imports.compose.errors import Faults, joined, refuse
from imports.compose.loading.canonical import Context, canonical
from imports.compose.loading.documents import Override, parse_documents
from imports.compose.loading.dotenv import parse_dotenv
from imports.compose.loading.extends import Extender
from imports.compose.loading.files import Files, normalised
from imports.compose.loading.interpolate import Interpolation
from imports.compose.loading.merge import merged
from imports.compose.loading.paths import env_files, rooted

Json = dict[str, Any]
MAX_INCLUDES = 100
MAX_CHAIN = 20
MAX_READ = 6 * 1024 * 1024
_SECTIONS = ("services", "networks", "volumes", "secrets", "configs", "models")


class Loader:
    """One reading of one upload."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.faults = Faults()
        self.unset: dict[str, str] = {}
        # Each file's own documents, for naming the file of a violation that shows only after merging.
        self.parts: list[tuple[str, Json]] = []
        self.env_scopes: dict[str, Mapping[str, str]] = {}
        self._includes = 0
        self._read = 0
        self._extender = Extender()
        self._extended: dict[tuple[str, int], Json] = {}

    def load(self, names: Sequence[str], folder: str, variables: Mapping[str, str]) -> Json:
        """All files merged in their order, in the long syntax."""
        document = self._merge(names, folder, variables, ())
        self.faults.raise_if_any()
        return document

    def environment(self, folder: str, variables: Mapping[str, str], names: Sequence[str] = ()) -> dict[str, str]:
        """`variables` before those of the env files, by default of `.env` in `folder`."""
        default = posixpath.join(folder, ".env")
        found: dict[str, str] = {}
        for name in names or ([default] if self.files.has(default) else ()):
            text = self.files.text(name, file=name, at="")
            values, _ = parse_dotenv(text, {**found, **variables}, file=name)
            found.update(values)
        return {**found, **variables}

    def _merge(self, names: Sequence[str], folder: str, variables: Mapping[str, str], chain: tuple[str, ...]) -> Json:
        document: Json = {}
        for name in names:
            for part in self._documents(name, folder, variables, asked_by="", at=""):
                part = self._with_extends(part, name, folder, variables, document)
                part = self._with_includes(part, name, folder, variables, (*chain, name))
                document = merged(document, part)
        return document

    def _documents(self, name: str, folder: str, variables: Mapping[str, str], *, asked_by: str, at: str) -> list[Json]:
        text = self.files.text(name, file=asked_by, at=at)
        self._read += len(text)
        if self._read > MAX_READ:
            message = f"the files together, as often as they are included, are larger than {MAX_READ // 2**20} MiB."
            raise refuse(name, "", message)
        return [self._prepared(part, name, folder, variables) for part in parse_documents(text, name)]

    def _prepared(self, part: Json, name: str, folder: str, variables: Mapping[str, str]) -> Json:
        context = Context(name, self.faults, variables)
        interpolation = Interpolation(variables)
        filled = _interpolated(part, interpolation, context)
        for variable in interpolation.unset:
            self.unset.setdefault(variable, name)
        document = rooted(canonical(filled, context), folder, self.files, context)
        for env_file in env_files(document):
            self.env_scopes.setdefault(env_file, variables)
        self.parts.append((name, document))
        return document

    def _with_extends(self, part: Json, name: str, folder: str, variables: Mapping[str, str], earlier: Json) -> Json:
        services = part.get("services")
        if not isinstance(services, dict):
            return part

        def open_file(written: str, file: str, at: str) -> tuple[str, Json]:
            other = self.files.locate(posixpath.dirname(file), written, file=file, at=at)
            return other, self._services_of(other, variables, file, at)

        known = earlier.get("services")
        known = known if isinstance(known, dict) else {}
        self._extender.open_file = open_file
        return {**part, "services": self._extender.extended(services, name, known)}

    def _services_of(self, name: str, variables: Mapping[str, str], file: str, at: str) -> Json:
        key = (name, id(variables))
        if key not in self._extended:
            document: Json = {}
            parts = self._documents(name, posixpath.dirname(name), variables, asked_by=file, at=at)
            for part in parts:
                document = merged(document, part) if document else part
            services = document.get("services")
            self._extended[key] = services if isinstance(services, dict) else {}
        return self._extended[key]

    def _with_includes(
        self, part: Json, name: str, folder: str, variables: Mapping[str, str], chain: tuple[str, ...]
    ) -> Json:
        entries = part.get("include")
        if entries is None:
            return part
        entries = entries.value if isinstance(entries, Override) else entries
        if not isinstance(entries, list):
            raise refuse(name, "include", "must be a list of files; write it as [- other.yml].")
        part = {key: value for key, value in part.items() if key != "include"}
        for index, entry in enumerate(entries):
            at = joined("include", index)
            included = self._included(entry, name, folder, variables, chain, at)
            part = _imported(part, included, name, at)
        return part

    def _included(
        self, entry: Any, name: str, folder: str, variables: Mapping[str, str], chain: tuple[str, ...], at: str
    ) -> Json:
        paths, env_names, directory = _include_entry(entry, name, at)
        located = [self.files.locate(folder, path, file=name, at=at) for path in paths]
        for other in located:
            if other in chain:
                ring = " → ".join([*chain[chain.index(other) :], other])
                raise refuse(name, at, f"the file includes itself ({ring}); break the ring.")
            if not self.files.has(other):
                raise refuse(name, at, f"the file '{other}' is not among the uploaded ones; add it.")
        self._includes += 1
        if len(chain) > MAX_CHAIN or self._includes > MAX_INCLUDES:
            raise refuse(
                name, at, f"more than {MAX_INCLUDES} files, or {MAX_CHAIN} levels, are included; put them together."
            )
        inner = posixpath.dirname(located[0])
        if directory is not None:
            inner = self.files.locate(folder, directory, file=name, at=at)
        envs = [self.files.locate(folder, path, file=name, at=at) for path in env_names]
        scope = self.environment(inner, variables, envs)
        return self._merge(located, inner, scope, chain)


def _interpolated(part: Json, interpolation: Interpolation, context: Context) -> Json:
    """Marks hold values of their own."""

    def walk(value: Any, path: str) -> Any:
        if isinstance(value, Override):
            return Override(walk(value.value, path))
        if isinstance(value, dict):
            return {key: walk(item, joined(path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, joined(path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and "\x00" in value:
            raise refuse(context.file, path, "holds a NUL character; remove it.")
        if isinstance(value, str) and "$" in value:
            return interpolation.tree(value, lambda at, message: context.faults.add(context.file, at, message), path)
        return value

    result: Json = walk(part, "")
    return result


def _include_entry(entry: Any, name: str, at: str) -> tuple[list[str], list[str], str | None]:
    """(paths, env files, project directory), each of the right type."""
    if not isinstance(entry, dict):
        raise refuse(name, at, "must be a path or an object with path; correct it.")
    unknown = sorted(set(entry) - {"path", "env_file", "project_directory"})
    if unknown:
        raise refuse(name, joined(at, unknown[0]), "is no key of include; use path, env_file and project_directory.")
    lists = []
    for key in ("path", "env_file"):
        value = entry.get(key) or []
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise refuse(name, joined(at, key), "must be a path or a list of paths.")
        lists.append([item for item in value if normalised(item) != "dev/null" and item != "/dev/null"])
    directory = entry.get("project_directory")
    if directory is not None and not isinstance(directory, str):
        raise refuse(name, joined(at, "project_directory"), "must be a path.")
    if not lists[0]:
        raise refuse(name, joined(at, "path"), "is missing; name the file to include.")
    return lists[0], lists[1], directory


def _imported(part: Json, included: Json, name: str, at: str) -> Json:
    """What the included project defines, beside what this file defines itself."""
    result = dict(part)
    for section in _SECTIONS:
        members = included.get(section)
        own = result.get(section)
        if not isinstance(members, dict) or isinstance(own, Override):
            continue
        own = own if isinstance(own, dict) else {}
        for member, value in members.items():
            if member in own and own[member] != value:
                message = f"the included file defines {section}.{member} differently; rename one of the two."
                raise refuse(name, at, message)
        result[section] = {**members, **own}
    return result
