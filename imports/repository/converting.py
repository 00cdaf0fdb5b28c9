"""Source code as a graph: for each part a build and the workload that runs its image.

Written as a Compose project first, so that what a person decides, and what comes of it, is the same as there; the
report is about the instructions of the Dockerfiles.
"""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from imports.compose import ComposeError, Conversion, convert
from imports.compose.errors import refuse
from imports.conversion import Spot
from imports.origin import Repository
from imports.report import Choice, Option, Report, Row, Verdict
from imports.repository.dockerfile import Dockerfile, Instruction, read_dockerfile
from imports.repository.parts import Part, detection_of, parts_in
from plugins.sdk import names
from plugins.sdk.yaml import dump

Json = dict[str, Any]
_FILE = "compose.yaml"
_USE, _LEAVE = "deployment", "none"
_POD, _CLAIM = "pod", "claim"
_FOLDER, _TOP = "folder", "top"
_TIMES = ("interval", "timeout", "start_period", "start_interval")
_DURATION = re.compile(r"(?:\d{1,6}(?:\.\d{1,3})?(?:h|m|s|ms|us|ns))+")
_MOST_RETRIES = 100
_KEPT_BY_IMAGE = {
    "CMD": "The image's own command runs.",
    "ENTRYPOINT": "The image's own command runs.",
    "USER": "The image's own user.",
    "WORKDIR": "The image's own folder.",
    "STOPSIGNAL": "The image's own signal.",
    "ENV": "Set in the image; a variable of the workload replaces one of the same name.",
    "LABEL": "In the image; nothing in the cluster reads it.",
    "ARG": "A build argument; give other values in the build node.",
}
_MAPPED = {"EXPOSE": "A port that others reach it at.", "HEALTHCHECK": "Becomes a probe."}
_PART_OF_BUILD = "A step of the build."
_LEFT = "Left aside; choose that it becomes a workload to have it built and run."
_USES = ((_USE, "A workload that runs it"), (_LEAVE, "Nothing"))
_VOLUMES = ((_POD, "Last as long as the pod"), (_CLAIM, "Are kept in a claim"))
_OF_VOLUME = {
    _POD: (Verdict.APPROXIMATED, "Files there last as long as the pod, as an anonymous volume and its container do."),
    _CLAIM: (Verdict.MAPPED, "Kept in a claim that outlives the pod."),
}
_DETECTED = "There is no Dockerfile here; the build writes one: "


class Written(msgspec.Struct):
    """One part that is run: its service, and what the report says of its file."""

    part: Part
    name: str
    service: Json
    rows: list[Row] = []


def convert_parts(
    files: Mapping[str, bytes],
    *,
    repository: Repository | None,
    only: Sequence[str] | None = None,
    choices: Mapping[str, str] | None = None,
) -> Conversion:
    """`only` are the files that say what is built, where not all of them are meant. Raises `ComposeError` for answers
    that are none."""
    parts = [part for part in parts_in(files) if only is None or part.file in only]
    return _Conversion(files, repository, dict(choices or {})).made(parts)


class _Conversion:
    def __init__(self, files: Mapping[str, bytes], repository: Repository | None, choices: dict[str, str]) -> None:
        self._files, self._repository = files, repository
        self._sorted = sorted(files)
        self._own = {key: value for key, value in choices.items() if key.startswith("part.")}
        self._choices = {key: value for key, value in choices.items() if key not in self._own}
        self._spots: dict[str, Spot] = {}
        self._volumes: dict[str, None] = {}
        self._taken: set[str] = set()

    def made(self, parts: list[Part]) -> Conversion:
        # Where all are for tests and the like, that is what was meant.
        are_all_aside = not any(part.is_usual for part in parts)
        rows: list[Row] = []
        written: list[Written] = []
        for part in parts:
            use = self._option(f"part.{part.file}.use", "What becomes of it", _default(part, are_all_aside), _USES)
            if use.value == _LEAVE:
                rows.append(self._row(part.file, 1, "file", Verdict.REFUSED, _LEFT, (use,)))
            else:
                written.append(self._written(part, use))
        name = self._repository.name if self._repository else "app"
        document: Json = {"name": names.dns_label(name, 50), "services": {each.name: each.service for each in written}}
        if self._volumes:
            document["volumes"] = dict.fromkeys(self._volumes)
        defaults = {f"service.{each.name}.exposure": "cluster" for each in written if each.service.get("ports")}
        found = convert(
            {_FILE: dump(_literal(document)).encode()},
            names=[_FILE],
            choices={**defaults, **self._choices},
            repository=self._repository,
        )
        by_path = {row.path: row for row in found.report.rows}
        for each in written:
            rows += [self._joined(row, each, by_path) for row in each.rows]
        return msgspec.structs.replace(
            found,
            files=tuple(part.file for part in parts),
            report=Report(tuple(rows), found.report.questions, found.report.warnings),
            spots=self._spots,
        )

    def _written(self, part: Part, use: Choice) -> Written:
        name = self._name(part)
        each = Written(part, name, {"build": {"context": f"./{part.folder}"}})
        if part.is_dockerfile:
            self._add_dockerfile(each, use)
        else:
            self._add_detected(each, use)
        return each

    def _add_detected(self, each: Written, use: Choice) -> None:
        found = detection_of(each.part, self._files)
        assert found is not None, "parts_in names only what is detected"
        if found.port is not None:
            each.service["ports"] = [str(found.port)]
        message = f"{_DETECTED}{found.language}, because {found.reason}"
        if found.port is not None:
            message += f" It listens on {found.port}."
        each.rows.append(self._row(each.part.file, 1, "file", Verdict.APPROXIMATED, message, (use,)))

    def _add_dockerfile(self, each: Written, use: Choice) -> None:
        part, service = each.part, each.service
        found = read_dockerfile(self._files[part.file].decode(errors="replace"))
        context = self._context(part, found)
        if context.value == _TOP:
            service["build"] = {"context": ".", "dockerfile": part.file}
        elif posixpath.basename(part.file) != "Dockerfile":
            service["build"]["dockerfile"] = posixpath.basename(part.file)
        if found.ports:
            service["ports"] = [f"{port}/{protocol}" for port, protocol in found.ports]
        volumes = self._option(f"part.{part.file}.volumes", f"Files of {each.name}", _POD, _VOLUMES)
        if found.volumes and volumes.value == _CLAIM:
            service["volumes"] = [self._volume(each.name, path) for path in found.volumes]
        if found.check is not None:
            service["healthcheck"] = {"test": list(found.check.test), **_times(found.check.options)}
        message = "Built into an image of its own, which a workload runs."
        each.rows.append(
            self._row(part.file, 1, "file", Verdict.MAPPED, message, (use, *((context,) if part.folder else ())))
        )
        for instruction in found.instructions:
            each.rows.append(self._instruction(part.file, instruction, volumes))

    def _instruction(self, file: str, instruction: Instruction, volumes: Choice) -> Row:
        key = instruction.name if instruction.name.isalpha() else "instruction"
        verdict, message = Verdict.KEPT, _PART_OF_BUILD
        choices: tuple[Choice, ...] = ()
        if instruction.is_final:
            message = _KEPT_BY_IMAGE.get(key, _PART_OF_BUILD)
            if key == "VOLUME":
                (verdict, message), choices = _OF_VOLUME[volumes.value], (volumes,)
            elif key in _MAPPED:
                verdict, message = Verdict.MAPPED, _MAPPED[key]
        return self._row(file, instruction.line, key, verdict, message, choices, f"{file}:{instruction.line}")

    def _context(self, part: Part, found: Dockerfile) -> Choice:
        """The folder from which more of what it copies is there."""
        here = sum(self._has(posixpath.normpath(posixpath.join(part.folder, each))) for each in found.sources)
        top = sum(self._has(posixpath.normpath(each)) for each in found.sources)
        options = ((_FOLDER, part.folder or "The repository"), (_TOP, "The whole repository"))
        default = _TOP if part.folder and top > here else _FOLDER
        return self._option(f"part.{part.file}.context", "The folder that it copies from", default, options)

    def _has(self, name: str) -> bool:
        plain = name.rstrip("*").rstrip("/").lstrip("/")
        if plain in ("", "."):
            return False
        at = bisect_left(self._sorted, plain)
        return at < len(self._sorted) and self._sorted[at].startswith(plain)

    def _name(self, part: Part) -> str:
        """After its folder, or the repository; with what sets it apart from others there."""
        repository = self._repository.name if self._repository else "app"
        base = posixpath.basename(part.folder) or repository
        wanted = names.dns_label(part.variant if part.variant else base, 40)
        if wanted in self._taken:
            wanted = names.dns_label(f"{base}-{part.variant}" if part.variant else part.folder.replace("/", "-"), 40)
        if wanted in self._taken:
            wanted = f"{wanted[:33].rstrip('-')}-{names.short_hash(part.file, 6)}"
        self._taken.add(wanted)
        return wanted

    def _volume(self, name: str, path: str) -> str:
        volume = names.dns_label(f"{name}-{path}", 50)
        self._volumes[volume] = None
        return f"{volume}:{path}"

    def _option(self, id: str, text: str, default: str, options: tuple[tuple[str, str], ...]) -> Choice:
        value = self._own.get(id) or default
        known = tuple(Option(*each) for each in options)
        if value not in {option.value for option in known}:
            raise _none_of(id, value, known)
        return Choice(id, text, value, options=known)

    def _row(
        self,
        file: str,
        line: int,
        key: str,
        verdict: Verdict,
        message: str,
        choices: tuple[Choice, ...] = (),
        path: str = "",
    ) -> Row:
        path = path or file
        self._spots[path] = Spot(file, line=line)
        return Row(path, key, verdict, "", message, choices)

    def _joined(self, row: Row, each: Written, by_path: Mapping[str, Row]) -> Row:
        """With what became of it, and what a person may decide about it."""
        top = f"services.{each.name}"
        keys = {"file": top, "EXPOSE": f"{top}.ports.0", "HEALTHCHECK": f"{top}.healthcheck"}
        same = by_path.get(keys.get(row.key, ""))
        if row.verdict is Verdict.KEPT or same is None:
            return row
        return msgspec.structs.replace(row, target=same.target, choices=(*row.choices, *same.choices))


def _default(part: Part, are_all_aside: bool) -> str:
    return _USE if part.is_usual or are_all_aside else _LEAVE


def _times(options: Mapping[str, str]) -> Json:
    """Those that Compose knows too, in its words."""
    times: Json = {key: options[key] for key in _TIMES if _DURATION.fullmatch(options.get(key, ""))}
    if options.get("retries", "").isdecimal():
        times["retries"] = min(int(options["retries"][:4]), _MOST_RETRIES)
    return times


def _literal(value: Any) -> Any:
    """A dollar sign of a Dockerfile is none of Compose's variables."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value.replace("$", "$$") if isinstance(value, str) else value


def _none_of(id: str, value: str, known: tuple[Option, ...]) -> ComposeError:
    listed = ", ".join(option.value for option in known)
    return refuse("", id[:200], f"the answer '{value[:60]}' is none of {listed}; choose one.")
