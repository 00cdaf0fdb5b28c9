"""From what was sent to a conversion, with the errors a person reads."""

from collections.abc import Callable, Mapping

import msgspec

from builds.sources.addresses import host_of
from imports import manifests
from imports.compose import ComposeError, convert
from imports.conversion import Conversion
from imports.errors import NothingToImport, UnknownProject, UnreadableInput
from imports.intake import PROJECT, Kind, Project, Unclear, projects_in, question
from imports.origin import Repository
from imports.repository.converting import convert_parts
from imports.types import Sent
from workflows import services as workflows

_LEFT_OUT = {
    Kind.KUBERNETES: "Kubernetes manifests are in there too ({names}); they are left out.",
    Kind.DOCKERFILE: "Dockerfiles are in there too ({names}), and no service builds anything; they are left out.",
}
_BUILD = "build"
_MOST_TRIED = 5


def conversion_of(sent: Sent) -> tuple[Kind, Conversion]:
    """Raises nothing but `AppError`s for what a person sent."""
    within = sent.repository.path if sent.repository else ""
    try:
        found = projects_in(sent.files, within)
    except Unclear as error:
        raise NothingToImport(_nothing_in(sent.repository) if sent.repository else str(error)) from None
    project, conversion, passed = _first_that_converts(found, sent)
    report = msgspec.structs.replace(
        conversion.report,
        questions=(*question(found, project), *conversion.report.questions),
        warnings=(
            *sent.notes,
            *passed,
            *_left_out(found, project, conversion),
            *_not_read(sent, conversion),
            *conversion.report.warnings,
        ),
    )
    return project.kind, msgspec.structs.replace(conversion, report=report)


def _nothing_in(repository: Repository) -> str:
    where = f"nothing below {repository.path}" if repository.path else "nothing"
    return (
        f"The repository has {where} that becomes a workflow: a Compose file, Kubernetes manifests, "
        "a Dockerfile or a package manifest."
    )


def _first_that_converts(projects: list[Project], sent: Sent) -> tuple[Project, Conversion, list[str]]:
    """What was chosen, else the likeliest. In a repository there may be files that are not meant for us: where one
    cannot be read the next is taken, and that is said."""
    chosen = _chosen(projects, sent.choices.get(PROJECT))
    if sent.repository is None or sent.choices.get(PROJECT):
        return chosen, _convert(chosen, sent), []
    passed: list[str] = []
    for project in projects[:_MOST_TRIED]:
        try:
            return project, _convert(project, sent), passed
        except UnreadableInput as error:
            passed.append(f"{', '.join(project.names[:3])} cannot be read: {error}")
    raise NothingToImport(passed[0])


def _chosen(projects: list[Project], answer: str | None) -> Project:
    if answer is None:
        return projects[0]
    found = next((project for project in projects if project.value == answer), None)
    if found is None:
        raise UnknownProject(answer)
    return found


def _convert(project: Project, sent: Sent) -> Conversion:
    try:
        return _CONVERTERS[project.kind](project, sent, {k: v for k, v in sent.choices.items() if k != PROJECT})
    except (ComposeError, manifests.ManifestError) as error:
        raise UnreadableInput(error.violations) from None


def _compose(project: Project, sent: Sent, choices: Mapping[str, str]) -> Conversion:
    return convert(
        sent.files,
        # What Compose would take may be named by a variable of its own.
        names=() if project.is_usual else project.names,
        variables=sent.variables,
        profiles=sent.profiles,
        choices=choices,
        repository=sent.repository,
    )


def _parts(project: Project, sent: Sent, choices: Mapping[str, str]) -> Conversion:
    return convert_parts(sent.files, only=project.names, repository=sent.repository, choices=choices)


def _manifests(project: Project, sent: Sent, choices: Mapping[str, str]) -> Conversion:
    return manifests.convert(sent.files, names=project.names, choices=choices, digest_key=workflows.digest_key())


# Who converts which kind: each raises its own error for what it cannot read, and nothing else.
_CONVERTERS: dict[Kind, Callable[[Project, Sent, Mapping[str, str]], Conversion]] = {
    Kind.COMPOSE: _compose,
    Kind.DOCKERFILE: _parts,
    Kind.KUBERNETES: _manifests,
}


def _not_read(sent: Sent, conversion: Conversion) -> list[str]:
    repository = sent.repository
    if repository is None:
        return []
    found = []
    if repository.submodules and _has_builds(conversion):
        found.append("Submodules were fetched to look through them; its builds fetch them, too.")
    if repository.left_out:
        found.append(f"{repository.left_out:,} large or binary files of the repository were not looked at.")
    if repository.is_kept:
        found.append(
            f"The credentials stay sealed: once a workflow with builds is made of this, they are kept for "
            f"{host_of(repository.url)} under Builds, where they can be removed."
        )
    elif repository.is_private:
        found.append(
            f"Credentials were used to read the repository and not kept: keep some for {host_of(repository.url)} "
            "under Builds before you build it."
        )
    return found


def _left_out(found: list[Project], chosen: Project, conversion: Conversion) -> list[str]:
    """What was sent and is in no way part of it. A Dockerfile is, where a service is built."""
    has_builds = _has_builds(conversion)
    return [
        _LEFT_OUT[project.kind].format(names=", ".join(project.names[:3]) + ("…" if len(project.names) > 3 else ""))
        for project in found
        if project != chosen and project.kind in _LEFT_OUT and not (project.kind is Kind.DOCKERFILE and has_builds)
    ]


def _has_builds(conversion: Conversion) -> bool:
    return any(node.type == _BUILD for node in conversion.graph.nodes)
