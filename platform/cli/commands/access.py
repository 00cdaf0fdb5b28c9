"""Logging in and out."""

import socket
import sys
from typing import Any

import click

from cli import places
from cli.client import Client
from cli.commands.base import with_output
from cli.errors import BadUsage, Refused
from cli.output import Output
from cli.places import Place

_SCOPES = ("read", "write", "deploy")


@click.command()
@click.option("--url", help="The server, such as https://sailcloth.example.com.")
@click.option("--email", help="Log in with e-mail and password; a token is made for this machine.")
@click.option("--token-stdin", is_flag=True, help="Read a personal access token from stdin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long the token holds.")
@with_output
def login(output: Output, url: str, email: str, token_stdin: bool, password_stdin: bool, days: int) -> None:
    """Log in, and keep a token in the configuration directory, readable by you only.

    Without options it asks for a personal access token, which you make in the settings.
    """
    address = places.clean_url(url or places.stored_url() or _ask("Server", "--url"))
    if token_stdin and (email or password_stdin):
        raise BadUsage("A token needs no e-mail and no password: give --token-stdin alone.")
    if password_stdin and not email:
        raise BadUsage("Whose password? Give --email as well.")
    if email:
        password = _from_stdin() if password_stdin else _ask("Password", "--password-stdin", is_hidden=True)
        token = _make_token(address, email, password, days)
    else:
        token = _from_stdin() if token_stdin else _ask("Token", "--token-stdin", is_hidden=True)
    place = Place(address, token)
    profile = _who(place)
    path = places.save(place)
    output.result(
        {"url": address, "email": profile["email"], "name": profile["name"], "config": str(path)},
        f"Logged in to {address} as {profile['email']}.",
    )


@click.command()
@with_output
def logout(output: Output) -> None:
    """Forget the token on this machine. It still holds: revoke it in the settings."""
    had_one = places.forget()
    text = (
        "The token is forgotten here. Revoke it in the settings of the server." if had_one else "Nobody is logged in."
    )
    output.result({"forgotten": had_one}, text)


def _ask(what: str, option: str, *, is_hidden: bool = False) -> str:
    """Only of a person: a pipeline that waits for a key never ends."""
    if not sys.stdin.isatty():
        raise BadUsage(f"{what} is missing: give {option}.")
    return str(click.prompt(what, hide_input=is_hidden, err=True)).strip()


def _from_stdin() -> str:
    text = sys.stdin.readline(10_000).rstrip("\r\n")
    if not text.strip() or not text.isprintable():
        raise BadUsage("There was nothing on stdin that could be used.")
    return text


def _who(place: Place) -> dict[str, Any]:
    client = Client(place)
    try:
        return client.get("profile")
    finally:
        client.close()


def _make_token(url: str, email: str, password: str, days: int) -> str:
    """The password is used once; the session that it opens ends at once, and a token stays."""
    anybody = Client(Place(url, ""))
    try:
        session = anybody.post("auth/login", {"email": email, "password": password}, is_safe=True)
    finally:
        anybody.close()
    client = Client(Place(url, str(session["token"])))
    name = f"sailcloth on {socket.gethostname()}"[:100]
    try:
        made = client.post("tokens", {"name": name, "scopes": list(_SCOPES), "expires_in_days": days}, is_safe=True)
        return str(made["token"])
    except KeyError:
        raise Refused("The server made no token.") from None
    finally:
        client.post("auth/logout", {}, is_safe=True)
        client.close()
