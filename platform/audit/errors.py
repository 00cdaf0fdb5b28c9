"""What the audit record refuses, one class per reason."""

from core.errors import InvalidInput, NotFound


class EntryNotFound(NotFound):
    code = "audit_entry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such entry in the audit record.")


class ExportTooLarge(InvalidInput):
    code = "export_too_large"

    def __init__(self, found: int, most: int) -> None:
        message = f"These are {found:,} entries, and an export holds up to {most:,}: choose a shorter time."
        super().__init__(message, fields={"since": [message]})
