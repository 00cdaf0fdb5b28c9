"""What fixing refuses, one class per reason."""

from core.errors import Conflict, InvalidInput, NotFound


class FixNotFound(NotFound):
    code = "fix_not_found"

    def __init__(self, fix_type: str, node: str) -> None:
        super().__init__(f'There is no fix "{fix_type[:100]}" for {node}.')


class FixRefused(Conflict):
    """The change cannot be made to this graph."""

    code = "fix_refused"


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody changed the workflow meanwhile; look at the node again.")


class BadFixValues(InvalidInput):
    code = "bad_fix_values"
