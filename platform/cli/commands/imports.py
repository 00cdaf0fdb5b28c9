"""Making workflows of files, and bringing them up to date."""

from pathlib import Path
from typing import Any

import click

from cli.client import Client
from cli.commands.base import find_workflow, with_client
from cli.errors import BadUsage, CliError, Refused, Unreachable
from cli.output import Output
from cli.uploads import read_uploads

Json = dict[str, Any]
_DOUBTFUL = ("approximated", "refused")


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Make a new workflow of this name.")
@click.option("--into", help="Bring this workflow (name or id) up to date; what people changed there stays.")
@click.option("--cluster", help="Where the new workflow runs.")
@click.option("--namespace", "-n", help="Where the new workflow runs.")
@click.option("--choice", "choices", multiple=True, metavar="ID=VALUE", help="A decision; may be given several times.")
@click.option("--profile", "profiles", multiple=True, help="A profile of the Compose file that is on.")
@click.option("--env-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Variables.")
@click.option("--strict", is_flag=True, help="Make nothing when something was refused.")
@click.option("--dry-run", is_flag=True, help="Show the report only.")
@with_client
def import_(
    output: Output,
    client: Client,
    paths: tuple[Path, ...],
    name: str | None,
    into: str | None,
    cluster: str | None,
    namespace: str | None,
    choices: tuple[str, ...],
    profiles: tuple[str, ...],
    env_file: Path | None,
    strict: bool,
    dry_run: bool,
) -> None:
    """Import PATHS: a Compose file, a folder, or an archive.

    The report has a verdict for every key of the input; --choice takes the decisions that it offers.
    """
    if not dry_run and bool(name) == bool(into):
        raise BadUsage("Say where it goes: --name for a new workflow, or --into for one that is there.")
    if into and (cluster or namespace):
        raise BadUsage("Where a workflow runs is its own: --cluster and --namespace are for a new one.")
    decided = dict(map(_decision, choices))
    existing = find_workflow(client, into) if into else None
    found = _send(client, paths, profiles, env_file)
    if decided:
        found = client.put(f"import/{found['import_id']}/choices", {"choices": decided})
    analysis = _analysis(found)
    _report(output, analysis)
    refused = int(analysis["counts"].get("refused", 0))
    if refused and strict:
        raise Refused(
            f"{refused} keys were refused, so nothing was made.", code="import_refused", report=_doubtful(analysis)
        )
    if dry_run:
        output.result(
            {"import_id": found["import_id"], "kind": analysis["kind"], **_essence(analysis)},
            *map(_offer, _choices(analysis)),
            f"Nothing was made. {_in_words(analysis['counts'])}",
        )
        return
    made = _make(client, found["import_id"], existing, {"name": name, "cluster": cluster, "namespace": namespace})
    workflow = made["workflow"]
    output.result(
        {
            "workflow_id": workflow["id"],
            "name": workflow["name"],
            "nodes": len(workflow["nodes"]),
            "edges": len(workflow["edges"]),
            "notes": made.get("notes", []),
            **_essence(analysis),
        },
        *(f"{note['name']}: {note['what']}. {note['message']}" for note in made.get("notes", [])),
        f"{'Updated' if existing else 'Made'} {workflow['name']} ({workflow['id']}) "
        f"with {len(workflow['nodes'])} nodes. {_in_words(analysis['counts'])}",
    )


def _decision(text: str) -> tuple[str, str]:
    ident, separator, value = text.partition("=")
    if not separator or not ident.strip():
        raise BadUsage(f"--choice is written as ID=VALUE; {text!r} is not.")
    return ident.strip(), value


def _send(client: Client, paths: tuple[Path, ...], profiles: tuple[str, ...], env_file: Path | None) -> Json:
    uploads = read_uploads(paths)
    fields: Json = {"path": [path for path, _ in uploads]}
    if profiles:
        fields["profiles"] = ",".join(profiles)
    if env_file is not None:
        fields["env"] = _text_of(env_file)
    files = [("file", (Path(path).name, content)) for path, content in uploads]
    found = client.upload("import/upload", files, fields)
    if found["status"] == "analyzing":
        found = _finished(client, found["import_id"])
    return found


def _finished(client: Client, import_id: str) -> Json:
    """Once its stream says `done`."""
    for event in client.stream(f"import/{import_id}/stream"):
        if event.name == "done":
            return client.get(f"import/{import_id}")
    raise Unreachable("The server stopped looking through the files.")


def _analysis(found: Json) -> Json:
    if not found.get("analysis"):
        raise Refused(str(found.get("error") or "The files could not be understood."), code="import_failed")
    return dict(found["analysis"])


def _text_of(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError):
        raise BadUsage(f"{file} cannot be read as text.") from None


def _make(client: Client, import_id: str, existing: Json | None, fields: Json) -> Json:
    try:
        if existing:
            return client.post("import/apply", {"import_id": import_id, "workflow_id": existing["id"]})
        return client.post("import/create-workflow", {"import_id": import_id, **fields})
    except CliError as error:
        error.more.setdefault("import_id", import_id)
        raise


def _report(output: Output, analysis: Json) -> None:
    """What deserves a look; all of it is in the product, and in --json."""
    for warning in analysis["warnings"]:
        output.note(f"Warning: {warning}")
    if output.is_json:
        return
    for row in _doubtful(analysis):
        place = f"{row['file']}:{row['line']}: " if row.get("file") and row.get("line") else ""
        output.note(f"{place}{row['path']}: {row['verdict']}. {row['message']}")


def _doubtful(analysis: Json) -> list[Json]:
    keys = ("file", "line", "path", "key", "verdict", "target", "message")
    rows = [row for row in analysis["report"] if row["verdict"] in _DOUBTFUL]
    return [{key: row.get(key) for key in keys} for row in rows]


def _choices(analysis: Json) -> list[Json]:
    """Every decision that can be taken, each once."""
    rows = [*analysis["questions"], *(choice for row in analysis["report"] for choice in row["choices"])]
    return list({choice["id"]: choice for choice in rows}.values())


def _offer(choice: Json) -> str:
    others = [option["value"] for option in choice["options"] if option["value"] != choice["value"]]
    rest = f" (or {', '.join(others)})" if others else ""
    return f"{choice['text']} --choice {choice['id']}={choice['value']}{rest}"


def _essence(analysis: Json) -> Json:
    return {
        "counts": analysis["counts"],
        "warnings": analysis["warnings"],
        "choices": _choices(analysis),
        "report": _doubtful(analysis),
    }


def _in_words(counts: Json) -> str:
    return ", ".join(f"{number} {verdict}" for verdict, number in counts.items() if number) + "."
