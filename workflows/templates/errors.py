"""What templates refuse."""

from core.errors import InvalidInput, NotFound, PermissionDenied


class TemplateNotFound(NotFound):
    code = "template_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such template.")


class TemplateNotYours(PermissionDenied):
    code = "template_not_yours"

    def __init__(self) -> None:
        super().__init__("Only whoever kept this template may change it; use it, and keep the workflow as your own.")


class BadTemplate(InvalidInput):
    """A parameter does not fit the graph."""

    code = "invalid_template"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"parameters": [message]})


class BadValue(InvalidInput):
    """An answer does not fit its parameter."""

    code = "invalid_value"

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message, fields={f"values.{name}": [message]})
