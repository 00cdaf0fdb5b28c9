"""What every command begins with: `--json`, a client for the current server, and workflows by name or id."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cli.client import Client
from cli.errors import Refused
from cli.output import Output
from cli.places import current_place

Json = dict[str, Any]


def with_output(function: Callable[..., None]) -> Callable[..., None]:
    """A command that gets `output`."""

    @click.option("--json", "is_json", is_flag=True, help="Print JSON on stdout; errors are JSON on stderr.")
    @click.pass_obj
    @wraps(function)
    def called(output: Output, /, *args: Any, is_json: bool, **kwargs: Any) -> None:
        output.is_json = is_json
        function(output, *args, **kwargs)

    return called


def with_client(function: Callable[..., None]) -> Callable[..., None]:
    """A command that gets `output` and a `client` that is logged in."""

    @with_output
    @wraps(function)
    def called(output: Output, /, *args: Any, **kwargs: Any) -> None:
        place = current_place()
        if place.is_in_the_clear:
            output.note(f"Warning: {place.url} is not encrypted; whoever is on the way can read your token.")
        client = Client(place)
        try:
            function(output, client, *args, **kwargs)
        finally:
            client.close()

    return called


def find_workflow(client: Client, name_or_id: str) -> Json:
    """The short form of one workflow; of several with one name none is guessed."""
    found = [
        row
        for row in client.pages("workflows", "workflows", search=name_or_id, fields="summary")
        if row["name"] == name_or_id
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(row["id"] for row in found))
        raise Refused(
            f"There are {len(found)} workflows called {name_or_id}; name one by its id: {ids}.", code="ambiguous"
        )
    if not _may_be_id(name_or_id):
        raise Refused(
            f"There is no workflow called {name_or_id}; `sailcloth workflows list` shows them.", code="not_found"
        )
    return client.get(f"workflows/{name_or_id}")


def _may_be_id(text: str) -> bool:
    """Ids are opaque, but what cannot be part of a path is none."""
    return len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
