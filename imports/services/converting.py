"""From what was sent to a conversion, with the errors a person reads."""

from imports.compose import ComposeError, Conversion, convert
from imports.errors import NothingToImport, UnreadableInput
from imports.intake import Kind, Unclear, intake
from imports.types import Sent

_NOT_YET = {
    Kind.KUBERNETES: "These are Kubernetes manifests; add them to a workflow as a manifest node.",
    Kind.DOCKERFILE: "A Dockerfile alone says how to build, not what runs; send it with a Compose file.",
}


def conversion_of(sent: Sent) -> tuple[Kind, Conversion]:
    """Raises nothing but `AppError`s for what a person sent."""
    try:
        kind, names = intake(sent.files)
    except Unclear as error:
        raise NothingToImport(str(error)) from None
    if kind is not Kind.COMPOSE:
        raise NothingToImport(_NOT_YET[kind])
    try:
        found = convert(sent.files, names=names, variables=sent.variables, profiles=sent.profiles, choices=sent.choices)
    except ComposeError as error:
        raise UnreadableInput(error.violations) from None
    return kind, found
