"""Reading what a person filled in for a fix: every value by the kind that the fix declared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plugins.sdk import formats
from plugins.sdk.diagnosis import Asked, ValueKind, Values

_LONGEST = 10_000
_MOST = 10**9
_FORMATS: dict[ValueKind, Callable[[Any], str | None]] = {
    ValueKind.QUANTITY: formats.quantity,
    ValueKind.IMAGE: formats.image,
    ValueKind.NAME: formats.dns_subdomain,
    ValueKind.PORT: formats.port_or_name,
}


class BadValues(Exception):
    """What of the values cannot be used, by name."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(next(iter(fields.values()))[0])
        self.fields = fields


def read_values(asked: Sequence[Asked], given: Mapping[str, Any]) -> Values:
    """What was given, else what is proposed. Everything that is wrong is told at once."""
    known = {each.name: each for each in asked}
    wrong = {name: [f"{name} is not a value of this fix; leave it out."] for name in given if name not in known}
    values: Values = {}
    for each in asked:
        value = given.get(each.name)
        value = each.default if value is None else value
        fault = _fault(each, value)
        if fault:
            wrong[each.name] = [f"{each.name} {fault}."]
        else:
            values[each.name] = _read(each, value)
    if wrong:
        raise BadValues(wrong)
    return values


def has_all(asked: Sequence[Asked]) -> bool:
    """Whether the proposals alone are enough for a preview, which shows no secret value anyway."""
    needed = [each for each in asked if each.is_required and each.kind is not ValueKind.SECRET]
    return not any(each.default in (None, "") for each in needed)


def secrets_of(asked: Sequence[Asked]) -> list[str]:
    """The names of the secret values among them."""
    return [each.name for each in asked if each.kind is ValueKind.SECRET]


def _read(each: Asked, value: Any) -> Any:
    if value is None or value == "":
        return ""
    if each.kind is ValueKind.NUMBER:
        return int(value)
    if each.kind is ValueKind.PORT:
        return int(value) if str(value).isdigit() else value
    return value if each.kind is ValueKind.QUANTITY else str(value)


def _fault(each: Asked, value: Any) -> str:
    if value is None or value == "":
        return "is missing; fill it in" if each.is_required else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "must be a text or a number"
    if isinstance(value, str) and (len(value) > _LONGEST or "\x00" in value):
        return f"must have at most {_LONGEST} characters, and no NUL"
    if each.kind is ValueKind.NUMBER:
        return "" if _is_count(value) else "must be a whole number of at least 0"
    if each.choices and str(value) not in each.choices:
        return f"must be one of {', '.join(each.choices[:20])}"
    if each.kind is ValueKind.PORT:
        value = int(value) if str(value).isdigit() and len(str(value)) < 6 else value
        if isinstance(value, float):
            return "must be a port"
    elif each.kind is not ValueKind.QUANTITY and not isinstance(value, str):
        return "must be a text"
    check = _FORMATS.get(each.kind)
    return (check(value) if check is not None else None) or ""


def _is_count(value: Any) -> bool:
    text = str(value)
    return not isinstance(value, float) and text.isascii() and text.isdigit() and int(text) <= _MOST
