"""Listing workflows, and writing them out as manifests."""

import os
import sys
from pathlib import Path

import click

from cli.client import Client
from cli.commands.base import find_workflow, with_client
from cli.errors import BadUsage, Refused
from cli.output import Output

_PROBLEMS = "Sailcloth-Problems"


@click.group()
def workflows() -> None:
    """Look at workflows."""


@workflows.command(name="list")
@click.option("--search", default="", help="Only those with these words.")
@click.option("--status", type=click.Choice(["draft", "published", "archived"]))
@with_client
def list_(output: Output, client: Client, search: str, status: str | None) -> None:
    """List your workflows, the last changed first."""
    rows = list(
        client.pages(
            "workflows", "workflows", search=search, status=status, fields="summary", sort="updated_at", order="desc"
        )
    )
    output.table(
        {"workflows": rows, "total": len(rows)},
        ("NAME", "STATUS", "NODES", "UPDATED", "ID"),
        [(row["name"], row["status"], str(row["node_count"]), row["updated_at"], row["id"]) for row in rows],
    )


@click.command()
@click.argument("workflow")
@click.option("--format", "kind", type=click.Choice(["yaml", "json", "kustomize"]), default="yaml", show_default=True)
@click.option("--output", "-o", "target", type=click.Path(dir_okay=False, path_type=Path), help="A file; else stdout.")
@click.option("--namespace", "-n", help="Of objects that name none.")
@click.option("--version", type=click.IntRange(min=1), help="Instead of the draft.")
@click.option("--strict", is_flag=True, help="Refuse what has problems.")
@with_client
def export(
    output: Output,
    client: Client,
    workflow: str,
    kind: str,
    target: Path | None,
    namespace: str | None,
    version: int | None,
    strict: bool,
) -> None:
    """Write the Kubernetes objects of WORKFLOW (its name or id) as a file.

    Values of secrets are placeholders. `kustomize` is a zip.
    """
    if target is None and output.is_json:
        raise BadUsage("With --json the file needs a place of its own: give --output.")
    if target is None and kind == "kustomize" and sys.stdout.isatty():
        raise BadUsage("A zip does not belong on a terminal: give --output.")
    row = find_workflow(client, workflow)
    answer = client.download(f"workflows/{row['id']}/manifests", format=kind, namespace=namespace, version=version)
    problems = int(answer.headers.get(_PROBLEMS) or 0)
    if problems and strict:
        raise Refused(f"{row['name']} has {problems} problems; `sailcloth plan` names them.", code="has_problems")
    if problems:
        output.note(f"Warning: {row['name']} has {problems} problems; the file may not be what you want.")
    if target is None:
        sys.stdout.buffer.write(answer.content)
        sys.stdout.flush()
        return
    try:
        target.write_bytes(answer.content)
    except OSError as error:
        raise BadUsage(f"{target} cannot be written: {os.strerror(error.errno or 0)}.") from None
    document = {"workflow_id": row["id"], "file": str(target), "bytes": len(answer.content), "problems": problems}
    output.result(document, f"{row['name']} is in {target}.")
