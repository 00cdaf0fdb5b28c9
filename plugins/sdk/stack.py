"""A stack: a ready graph with a few questions, from which a workflow is made.

A parameter writes its answer into fields of the graph by their place. There is no language of templates in it: the
texts of a graph are other people's (dashboards, shell, alert rules) and full of braces that mean something there.

Pure: knows neither Django nor a cluster client.
"""

import re
import secrets
from collections.abc import Mapping
from copy import deepcopy
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk.fields import Json
from plugins.sdk.formats import parse_quantity

MAX_PARAMETERS = 40
_VALUE = "{value}"
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z")
_MAX_TEXT = 4000
_GENERATED_BYTES = 18


class StackError(ValueError):
    """The stack itself cannot be used. One sentence."""


class BadAnswer(ValueError):
    """An answer does not fit its parameter. `name` is the parameter's; the message one sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class ParameterType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    QUANTITY = "quantity"
    HOST = "host"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer goes: `node/field/…`, where a part that follows a list is the `name` of an item or its position.
    With `text`, the answer stands for `{value}` in it."""

    at: str
    text: str = ""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. `generate` makes a random secret where no answer is given."""

    name: str
    title: str
    type: ParameterType = ParameterType.TEXT
    description: str = ""
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    generate: bool = False
    places: tuple[Place, ...] = ()

    def answer(self, values: Mapping[str, Any]) -> Any:
        """What to write: the answer that was given, else the default, else something made up."""
        given = values.get(self.name)
        if given is None or given == "":
            given = self.default
        if given is None and self.generate:
            return secrets.token_urlsafe(_GENERATED_BYTES)
        if given is None:
            raise BadAnswer(self.name, f"{self.title} is needed.")
        return self._checked(given)

    def _checked(self, value: Any) -> Any:
        match self.type:
            case ParameterType.INTEGER:
                return self._integer(value)
            case ParameterType.BOOLEAN if not isinstance(value, bool):
                raise BadAnswer(self.name, f"{self.title} is either true or false.")
            case ParameterType.BOOLEAN:
                return value
        if not isinstance(value, str):
            raise BadAnswer(self.name, f"{self.title} is a text.")
        if len(value) > _MAX_TEXT or "\x00" in value:
            raise BadAnswer(self.name, f"{self.title} is a text of at most {_MAX_TEXT} characters, without NUL.")
        match self.type:
            case ParameterType.QUANTITY if parse_quantity(value) is None:
                raise BadAnswer(self.name, f"{self.title} is an amount such as 500m or 2Gi.")
            case ParameterType.HOST if not _HOST.match(value):
                raise BadAnswer(self.name, f"{self.title} is a host name such as app.example.com.")
            case ParameterType.CHOICE if value not in self.choices:
                raise BadAnswer(self.name, f"{self.title} is one of {', '.join(self.choices)}.")
        return value

    def _integer(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadAnswer(self.name, f"{self.title} is a whole number.")
        if (self.minimum is not None and value < self.minimum) or (self.maximum is not None and value > self.maximum):
            least = "" if self.minimum is None else f" at least {self.minimum}"
            most = "" if self.maximum is None else f" at most {self.maximum}"
            raise BadAnswer(self.name, f"{self.title} is{least}{' and' if least and most else ''}{most}.")
        return value


class Stack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`source` names the page from which images, ports and paths were taken. Nodes and edges are as in a save."""

    id: str
    title: str
    description: str
    category: str
    icon: str = "package"
    source: str = ""
    parameters: tuple[Parameter, ...] = ()
    nodes: tuple[Json, ...] = ()
    edges: tuple[Json, ...] = ()


def read_stack(document: Any) -> Stack:
    """Checks the shape, and that every place is there."""
    try:
        stack = msgspec.convert(document, Stack)
    except msgspec.ValidationError as error:
        raise StackError(f"{error}.") from None
    check_parameters(stack.parameters, stack.nodes)
    return stack


def check_parameters(parameters: tuple[Parameter, ...], nodes: tuple[Json, ...]) -> None:
    """Names are unique, and every place is in the graph."""
    if len(parameters) > MAX_PARAMETERS:
        raise StackError(f"A template has at most {MAX_PARAMETERS} parameters.")
    names = [each.name for each in parameters]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StackError(f"Two parameters are called {twice}.")
    by_id = {str(node.get("id")): node for node in nodes}
    for parameter in parameters:
        if parameter.type is ParameterType.CHOICE and not parameter.choices:
            raise StackError(f"The parameter {parameter.name} has no choices.")
        for place in parameter.places:
            _write(by_id, place, None, is_trial=True)


def fill(stack: Stack, values: Mapping[str, Any]) -> tuple[list[Json], list[Json]]:
    """Nodes and edges with the answers in their places."""
    known = {parameter.name for parameter in stack.parameters}
    stray = next((name for name in values if name not in known), None)
    if stray is not None:
        raise BadAnswer(str(stray), f"This template has no parameter {stray}.")
    nodes = [deepcopy(node) for node in stack.nodes]
    by_id = {str(node.get("id")): node for node in nodes}
    for parameter in stack.parameters:
        answer = parameter.answer(values)
        for place in parameter.places:
            _write(by_id, place, place.text.replace(_VALUE, _shown(answer)) if place.text else answer)
    return nodes, [deepcopy(edge) for edge in stack.edges]


def _shown(answer: Any) -> str:
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def _write(nodes: Mapping[str, Json], place: Place, value: Any, *, is_trial: bool = False) -> None:
    # An id may hold a slash itself.
    name = max((each for each in nodes if place.at.startswith(f"{each}/")), key=len, default=None)
    if name is None:
        raise StackError(f'The place "{place.at}" names no field of a node in the graph.')
    path = place.at[len(name) + 1 :].split("/")
    inner: Any = nodes[name].setdefault("data", {})
    for part in path[:-1]:
        inner = _step(inner, part, place)
    last = path[-1]
    if isinstance(inner, list):
        position = _position(inner, last, place)
        if not is_trial:
            inner[position] = value
    elif isinstance(inner, dict):
        if not is_trial:
            inner[last] = value
    else:
        raise StackError(f'The place "{place.at}" leads into a value that has no fields.')


def _step(inner: Any, part: str, place: Place) -> Any:
    if isinstance(inner, list):
        return inner[_position(inner, part, place)]
    if isinstance(inner, dict) and part in inner:
        return inner[part]
    raise StackError(f'The place "{place.at}" is not in the graph: there is no "{part}".')


def _position(items: list[Any], part: str, place: Place) -> int:
    for position, item in enumerate(items):
        if isinstance(item, dict) and item.get("name") == part:
            return position
    if part.isdigit() and int(part) < len(items):
        return int(part)
    raise StackError(f'The place "{place.at}" is not in the graph: the list has no "{part}".')
