"""The logs of what a workflow runs."""

import queue
import threading
from typing import Any

import click

from cli.client import Client
from cli.commands.base import find_workflow, with_client
from cli.errors import CliError, Refused
from cli.events import Event
from cli.output import Output, clean

Json = dict[str, Any]
_KINDS = "Deployment,StatefulSet,DaemonSet,Job,CronJob,Pod"
_MOST = 20
_DONE = object()


@click.command()
@click.argument("workflow")
@click.option("--node", help="Only what this node (its id or name) became.")
@click.option("--container", "-c", help="Only this container.")
@click.option("--follow", "-f", is_flag=True, help="Go on until it ends, or you do.")
@click.option(
    "--tail", type=click.IntRange(min=0), default=100, show_default=True, help="So many lines of each container."
)
@click.option("--since", help="Seconds, a duration (10m) or a time (2026-03-24T10:00:00Z).")
@click.option("--previous", is_flag=True, help="Of containers before their last restart.")
@with_client
def logs(
    output: Output,
    client: Client,
    workflow: str,
    node: str | None,
    follow: bool,
    tail: int,
    **options: Any,
) -> None:
    """Print the logs of all pods of WORKFLOW (its name or id)."""
    row = find_workflow(client, workflow)
    subjects = _subjects(client, row, node)
    asked = {
        "all_pods": "true",
        "follow": str(follow).lower(),
        "tail": str(tail),
        "since": options["since"],
        "container": options["container"],
        "previous": "true" if options["previous"] else None,
    }
    failures = 0
    for subject, heard in _merged(client, subjects, asked):
        if isinstance(heard, CliError):
            if len(subjects) == 1:
                raise heard
            failures += 1
            output.note(f"{subject['kind']} {subject['name']}: {heard.message}")
        else:
            _say(output, subject, heard)
    if failures == len(subjects):
        raise Refused("None of the logs could be read.", code="no_logs")


def _subjects(client: Client, row: Json, node: str | None) -> list[Json]:
    """What has pods and is owned by nothing else that has."""
    found = list(client.pages("resources", "resources", workflow=row["id"], kind=_KINDS, sort="name", order="asc"))
    living = [each for each in found if not each.get("deleted_at")]
    tops = [each for each in living if not each.get("owner")]
    if node:
        names = _objects_of(client, row["id"], node)
        tops = [each for each in tops if (each["kind"], each["name"]) in names]
    if not tops:
        what = f"The node {node} of {row['name']}" if node else row["name"]
        raise Refused(f"{what} has no pods that are known; was it run?", code="nothing_runs")
    if len(tops) > _MOST:
        raise Refused(f"{row['name']} has {len(tops)} workloads; name one with --node.", code="too_many")
    return tops


def _objects_of(client: Client, workflow_id: str, node: str) -> set[tuple[str, str]]:
    """A node is named by its id, or by the name of what it became."""
    nodes = client.get(f"workflows/{workflow_id}/status")["nodes"]
    objects = [each for found in nodes if found["node_id"] == node for each in found["objects"]]
    objects = objects or [each for found in nodes for each in found["objects"] if each["name"] == node]
    return {(each["kind"], each["name"]) for each in objects}


def _merged(client: Client, subjects: list[Json], asked: Json) -> Any:
    """(subject, event or error) of all streams as they come."""
    heard: queue.Queue[tuple[Json, Any]] = queue.Queue(maxsize=1000)

    def read(subject: Json) -> None:
        try:
            for event in client.stream(f"resources/{subject['id']}/logs/stream", **asked):
                heard.put((subject, event))
        except CliError as error:
            heard.put((subject, error))
        finally:
            heard.put((subject, _DONE))

    # Daemons: whoever presses Ctrl-C does not wait for the next line of each.
    for subject in subjects:
        threading.Thread(target=read, args=(subject,), daemon=True).start()
    going = len(subjects)
    while going:
        subject, event = heard.get()
        if event is _DONE:
            going -= 1
        else:
            yield subject, event


def _say(output: Output, subject: Json, event: Event) -> None:
    data = event.data
    if event.name == "line":
        if output.is_json:
            output.result({**data, "kind": subject["kind"], "name": subject["name"]})
        else:
            output.write(f"{clean(str(data['pod']))} {clean(str(data['text']), colours=True)}")
    elif event.name in ("gap", "revoked"):
        output.note(f"{subject['kind']} {subject['name']}: {data.get('reason', event.name)}")
