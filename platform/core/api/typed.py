"""The JSON types of a body, held to: REST framework would take 5 for a text, "3" for a number and "yes" for true.

Knows declared serializers and decoded JSON; what a field's own rules are stays with the field.
"""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

_TEXT = (serializers.CharField, serializers.DateTimeField)
_NOT_A_TEXT = "This must be a text."
_NOT_A_NUMBER = "This must be a number."
_NOT_A_WHOLE_NUMBER = "This must be a whole number."
_NOT_A_BOOLEAN = "This must be true or false."


def wrong_types(field: Any, value: Any) -> Any:
    """What is wrong below `field`, shaped as a validation error's detail; empty where every type is right.

    A null, and a list or object in the wrong place, are the field's own to refuse, by its own sentence.
    """
    if value is None:
        return None
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return _of_items(field.child, enumerate(value)) if isinstance(value, list) else None
    if isinstance(field, serializers.DictField):
        return _of_items(field.child, value.items()) if isinstance(value, dict) else None
    if isinstance(field, serializers.Serializer):
        return _of_fields(field, value) if isinstance(value, dict) else None
    sentence = _of_one(field, value)
    return [sentence] if sentence else None


def _of_fields(serializer: Any, value: dict[str, Any]) -> dict[str, Any]:
    writable = ((name, field) for name, field in serializer.fields.items() if not field.read_only and name in value)
    found = ((name, wrong_types(field, value[name])) for name, field in writable)
    return {name: wrong for name, wrong in found if wrong}


def _of_items(child: Any, items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    found = ((str(key), wrong_types(child, item)) for key, item in items)
    return {key: wrong for key, wrong in found if wrong}


def _of_one(field: Any, value: Any) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(field, _TEXT):
        return _NOT_A_TEXT if not isinstance(value, str) else None
    if isinstance(field, serializers.IntegerField):
        is_broken = isinstance(value, float) and not value.is_integer()
        return _NOT_A_WHOLE_NUMBER if not number or is_broken else None
    if isinstance(field, serializers.FloatField):
        return _NOT_A_NUMBER if not number else None
    if isinstance(field, serializers.BooleanField):
        return _NOT_A_BOOLEAN if not isinstance(value, bool) else None
    return None
