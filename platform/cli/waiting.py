"""Following a run to its end by the status stream of its workflow."""

from typing import Any

from cli.client import Client
from cli.errors import CliError, Refused, RunCancelled, RunFailed, Unreachable
from cli.output import Output

Json = dict[str, Any]
_ENDED = frozenset({"succeeded", "failed", "cancelled", "rolled_back"})
_TROUBLED = frozenset({"failed", "degraded"})


class Follower:
    """Says each change once; `follow` gives the run's document when it has ended."""

    def __init__(self, client: Client, output: Output, run_id: str) -> None:
        self._client, self._output, self._run_id = client, output, run_id
        self._said = ""
        self._states: dict[str, str] = {}

    def follow(self) -> Json:
        run = self._client.get(f"runs/{self._run_id}")
        if run["status"] in _ENDED:
            return run
        events = self._client.stream(f"workflows/{run['workflow_id']}/status/stream", target=run["target"]["id"])
        for event in events:
            if event.name == "revoked":
                raise Refused("You may not see this run any more; it goes on.", code="revoked", run_id=self._run_id)
            if self._is_over(event.name, event.data):
                run = self._client.get(f"runs/{self._run_id}")
                if run["status"] in _ENDED:
                    return run
        raise Unreachable("The server ended the stream before the run had ended; it goes on.", run_id=self._run_id)

    def _is_over(self, name: str, data: Json) -> bool:
        """Whether it is worth asking; also when the news are of another run, which begins after ours has ended."""
        if name == "snapshot":
            for node in data.get("nodes") or []:
                self._states[node["node_id"]] = node["state"]
            return self._hear(data.get("run") or {})
        if name == "run":
            return self._hear(data)
        if name == "node":
            self._see(data)
        elif name == "log" and data.get("run_id") == self._run_id and data.get("level") in ("warning", "error"):
            self._output.note(str(data.get("message", "")))
        return False

    def _hear(self, run: Json) -> bool:
        if run.get("run_id") != self._run_id:
            return bool(run)
        words = str(run["status"] if run["status"] in _ENDED else run.get("phase") or run["status"])
        if words != self._said:
            self._said = words
            self._output.note(f"{self._run_id}: {words}")
        return run["status"] in _ENDED

    def _see(self, node: Json) -> None:
        before, now = self._states.get(node["node_id"]), str(node["state"])
        if before == now:
            return
        self._states[node["node_id"]] = now
        why = f" ({node['message']})" if now in _TROUBLED and node.get("message") else ""
        self._output.note(f"  {node['node_id']}: {now}{why}")


def failure_of(run: Json) -> CliError | None:
    """How a run that has ended ends the command; None after a success."""
    more = {"run_id": run["id"], "status": run["status"]}
    if run["status"] == "succeeded":
        return None
    if run["status"] == "cancelled":
        return RunCancelled(f"The run {run['id']} was cancelled.", **more)
    outcome = "failed and was rolled back" if run["status"] == "rolled_back" else "failed"
    why = str(run.get("error") or "").strip()
    return RunFailed(f"The run {run['id']} {outcome}{': ' + why if why else '.'}", **more)
