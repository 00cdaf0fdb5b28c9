"""From what was sent to a conversion, with the errors a person reads."""

import msgspec

from imports.compose import ComposeError, Conversion, convert
from imports.errors import NothingToImport, UnknownProject, UnreadableInput
from imports.intake import PROJECT, Kind, Project, Unclear, projects_in, question
from imports.types import Sent

_NOT_YET = {
    Kind.KUBERNETES: "These are Kubernetes manifests; add them to a workflow as a manifest node.",
}
_LEFT_OUT = {
    Kind.KUBERNETES: "Kubernetes manifests are in there too ({names}); they are left out.",
    Kind.DOCKERFILE: "Dockerfiles are in there too ({names}), and no service builds anything; they are left out.",
}
_BUILD = "build"


def conversion_of(sent: Sent) -> tuple[Kind, Conversion]:
    """Raises nothing but `AppError`s for what a person sent."""
    try:
        found = projects_in(sent.files)
    except Unclear as error:
        raise NothingToImport(str(error)) from None
    readable = [project for project in found if project.kind not in _NOT_YET]
    if not readable:
        raise NothingToImport(_NOT_YET[found[0].kind])
    project = _chosen(readable, sent.choices.get(PROJECT))
    conversion = _convert(project, sent)
    report = msgspec.structs.replace(
        conversion.report,
        questions=(*question(readable, project), *conversion.report.questions),
        warnings=(*_left_out(found, conversion), *conversion.report.warnings),
    )
    return project.kind, msgspec.structs.replace(conversion, report=report)


def _chosen(projects: list[Project], answer: str | None) -> Project:
    if answer is None:
        return projects[0]
    found = next((project for project in projects if project.value == answer), None)
    if found is None:
        raise UnknownProject(answer)
    return found


def _convert(project: Project, sent: Sent) -> Conversion:
    choices = {name: value for name, value in sent.choices.items() if name != PROJECT}
    try:
        return convert(
            sent.files,
            # What Compose would take may be named by a variable of its own.
            names=() if project.is_usual else project.names,
            variables=sent.variables,
            profiles=sent.profiles,
            choices=choices,
        )
    except ComposeError as error:
        raise UnreadableInput(error.violations) from None


def _left_out(found: list[Project], conversion: Conversion) -> list[str]:
    """What was sent and is in no way part of it. A Dockerfile is, where a service is built."""
    has_builds = any(node.type == _BUILD for node in conversion.graph.nodes)
    return [
        _LEFT_OUT[project.kind].format(names=", ".join(project.names[:3]) + ("…" if len(project.names) > 3 else ""))
        for project in found
        if project.kind in _LEFT_OUT and not (project.kind is Kind.DOCKERFILE and has_builds)
    ]
