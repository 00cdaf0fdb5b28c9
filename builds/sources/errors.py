"""Why a source could not be brought."""


class SourceError(Exception):
    """A stable code and one sentence for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
