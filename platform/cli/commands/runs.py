"""Planning and running workflows."""

import time
from typing import Any

import click

from cli.client import Client
from cli.commands.base import find_workflow, with_client
from cli.errors import CliError, Exit, Refused, RunFailed, Unreachable
from cli.output import Output
from cli.waiting import Follower, failure_of

Json = dict[str, Any]
_BUILDS_POLLED, _BUILDS_AT_MOST = 2.0, 7200.0
_SIGNS = {"create": "+", "update": "~", "replace": "!", "delete": "-", "keep": "=", "refused": "x"}


@click.command()
@click.argument("workflow")
@click.option("--cluster", help="Its name or id; else the workflow's own, else your default.")
@click.option("--namespace", "-n")
@click.option("--version", type=click.IntRange(min=1), help="Instead of the draft.")
@with_client
def plan(
    output: Output, client: Client, workflow: str, cluster: str | None, namespace: str | None, version: int | None
) -> None:
    """Show what a run of WORKFLOW (its name or id) would do. Nothing is changed."""
    row = find_workflow(client, workflow)
    body = {"cluster": cluster, "namespace": namespace, "version": version}
    found = _with_problems(lambda: client.post(f"workflows/{row['id']}/plan", body, is_safe=True))["plan"]
    refused = [each for each in found["objects"] if each["action"] == "refused"]
    changes = [each for each in found["objects"] if each["action"] != "unchanged"]
    output.result(
        {"workflow_id": row["id"], "plan": found},
        *(f"{_SIGNS.get(each['action'], ' ')} {_object(each)}" for each in changes),
        ", ".join(f"{number} {action}" for action, number in found["summary"].items() if number) or "Nothing to do.",
    )
    if refused:
        raise Refused(f"{len(refused)} objects are refused; a run would fail.", code="plan_refused")


@click.command()
@click.argument("workflow")
@click.option("--cluster", help="Its name or id; else the workflow's own, else your default.")
@click.option("--namespace", "-n")
@click.option("--version", type=click.IntRange(min=1), help="Instead of the draft.")
@click.option("--message", "-m", help="What it is for, such as the commit.")
@click.option("--on-failure", type=click.Choice(["keep", "rollback"]), help="What becomes of a run that fails.")
@click.option("--timeout", type=click.IntRange(1, 86400), metavar="SECONDS", help="How long it may take.")
@click.option("--force-conflicts", is_flag=True, help="Take over fields that others have set.")
@click.option("--build", is_flag=True, help="Build the images of its build nodes first.")
@click.option("--wait", is_flag=True, help="Wait for its end; the exit code says how it ended.")
@with_client
def run(output: Output, client: Client, workflow: str, timeout: int | None, wait: bool, **more: Any) -> None:
    """Deploy WORKFLOW (its name or id)."""
    row = find_workflow(client, workflow)
    body = {**more, "timeout_seconds": timeout}
    started = _with_problems(lambda: client.post(f"workflows/{row['id']}/run", body))
    if "run_id" not in started or started.get("builds") is not None:
        started = _after_builds(output, client, row["id"], started, wait=wait)
    link = f"{client.url}/workflows/{row['id']}"
    if not wait:
        text = f"{started.get('run_id') or started['id']} of {row['name']} has begun: {link}"
        output.result({"workflow_id": row["id"], "url": link, **started}, text)
        return
    run_id = str(started["run_id"])
    output.note(f"{run_id} of {row['name']}: {link}")
    try:
        ended = Follower(client, output, run_id).follow()
    except KeyboardInterrupt:
        output.error(f"Not waiting any longer; {run_id} goes on.", "interrupted", run_id=run_id)
        raise
    failure = failure_of(ended)
    if failure is not None:
        _say_trouble(output, client, ended)
    if output.is_json or failure is None:
        output.result({**ended, "url": link, "exit_code": int(failure.exit if failure else Exit.OK)}, _in_words(ended))
    if failure is not None:
        raise failure


def _with_problems(send: Any) -> Json:
    """A refusal that names problems is said with all of them."""
    try:
        return dict(send())
    except CliError as error:
        problems = (error.more.get("details") or {}).get("problems") or []
        lines = [f"{each.get('node_id') or each.get('edge_id') or 'graph'}: {each['message']}" for each in problems]
        error.message = " ".join([error.message, *lines[:20]])
        raise


def _after_builds(output: Output, client: Client, workflow_id: str, awaited: Json, *, wait: bool) -> Json:
    """The run that begins when its images are there."""
    if not wait:
        return awaited
    output.note(f"Waiting for {len(awaited['builds'])} builds: {', '.join(awaited['builds'])}")
    until = time.monotonic() + _BUILDS_AT_MOST
    while awaited["status"] == "building":
        if time.monotonic() > until:
            raise Unreachable("The builds take longer than two hours; they go on.", awaited_id=awaited["id"])
        time.sleep(_BUILDS_POLLED)
        awaited = client.get(f"workflows/{workflow_id}/awaited-runs/{awaited['id']}")
    if not awaited.get("run_id"):
        raise RunFailed(str(awaited.get("error") or "A build failed."), code="build_failed", builds=awaited["builds"])
    return awaited


def _say_trouble(output: Output, client: Client, ended: Json) -> None:
    """The nodes that are not well, in their own words."""
    status = client.get(f"workflows/{ended['workflow_id']}/status", target=ended["target"]["id"])
    for node in status["nodes"]:
        if node["state"] in ("failed", "degraded") and node.get("message"):
            output.note(f"  {node['node_id']}: {node['message']}")


def _in_words(ended: Json) -> str:
    seconds = ended.get("duration_seconds")
    took = f" in {seconds:.0f} s" if seconds is not None else ""
    version = f"version {ended['version']} " if ended.get("version") else ""
    return f"{ended['id']}: {version}{ended['status']}{took} on {ended['cluster']}/{ended['namespace']}."


def _object(each: Json) -> str:
    place = f"{each['namespace']}/" if each["namespace"] else ""
    reason = f": {each['reason']}" if each.get("reason") else ""
    return f"{each['action']} {each['kind']} {place}{each['name']}{reason}"
