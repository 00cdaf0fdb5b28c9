"""What people are told of: a closed list of kinds, and how an event of the outbox becomes one of them. Pure; knows
neither who is told nor by which way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote

_TITLE, _MESSAGE = 300, 500


class Kind(StrEnum):
    RUN_SUCCEEDED = "run.succeeded"
    RUN_FAILED = "run.failed"
    RUN_ROLLED_BACK = "run.rolled_back"
    BUILD_SUCCEEDED = "build.succeeded"
    BUILD_FAILED = "build.failed"
    CLUSTER_LOST = "cluster.lost"
    CLUSTER_RECOVERED = "cluster.recovered"


BAD = frozenset({Kind.RUN_FAILED, Kind.RUN_ROLLED_BACK, Kind.BUILD_FAILED, Kind.CLUSTER_LOST})


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news. `url` is a path of the front end; `starter` the name of whoever began it, or empty;
    `place` where it was, as the workspace calls that."""

    kind: Kind
    subject_type: str
    subject_id: str
    title: str
    message: str
    url: str
    starter: str = ""
    place: str = ""

    def for_member(self) -> "Notice":
        """With the name of the place, which whoever works in another workspace may know under another one, or not."""
        return replace(self, title=_cut(f"{self.title} on {self.place}", _TITLE)) if self.place else self


def notice_of(type: str, payload: Mapping[str, Any]) -> Notice | None:
    """The news in an event of a workspace's stream; None when it is none that people are told of."""
    read = _READERS.get(type)
    return read(payload) if read else None


_DONE = {
    "deploy": "{name} is deployed",
    "rollback": "{name} is back at an earlier version",
    "undeploy": "{name} is removed",
    "revert": "{name} is as it was deployed again",
}
_NOT_DONE = {
    "deploy": "{name} could not be deployed",
    "rollback": "{name} could not go back to an earlier version",
    "undeploy": "{name} could not be removed",
    "revert": "{name} could not be made as it was deployed",
}


def _run(payload: Mapping[str, Any]) -> Notice | None:
    status, operation = payload.get("status"), str(payload.get("operation"))
    kind = {
        "succeeded": Kind.RUN_SUCCEEDED,
        "failed": Kind.RUN_FAILED,
        "rolled_back": Kind.RUN_ROLLED_BACK,
    }.get(str(status))
    # What takes a failed run back is told of with that run.
    if kind is None or payload.get("is_taking_back"):
        return None
    words = _DONE if kind is Kind.RUN_SUCCEEDED else _NOT_DONE
    name, cluster = str(payload.get("name") or "A workflow"), str(payload.get("cluster") or "")
    title = words.get(operation, words["deploy"]).format(name=name)
    run_id, workflow_id = str(payload.get("run_id")), str(payload.get("workflow_id"))
    return Notice(
        kind=kind,
        subject_type="run",
        subject_id=run_id,
        title=_cut(title, _TITLE),
        message=_cut(str(payload.get("message") or ""), _MESSAGE),
        url=f"/workflows/{quote(workflow_id, safe='')}?run={quote(run_id, safe='')}",
        starter=str(payload.get("started_by") or ""),
        place=cluster,
    )


def _build(payload: Mapping[str, Any]) -> Notice | None:
    kind = {"succeeded": Kind.BUILD_SUCCEEDED, "failed": Kind.BUILD_FAILED}.get(str(payload.get("status")))
    if kind is None:
        return None
    image = f"{payload.get('image')}:{payload.get('tag')}"
    build_id = str(payload.get("id"))
    is_built = kind is Kind.BUILD_SUCCEEDED
    reason = str(payload.get("error_code") or "").replace("_", " ")
    return Notice(
        kind=kind,
        subject_type="build",
        subject_id=build_id,
        title=_cut(f"{image} is built" if is_built else f"{image} could not be built", _TITLE),
        message=_cut(str(payload.get("digest") or "") if is_built else reason and f"Reason: {reason}.", _MESSAGE),
        url=f"/builds/{quote(build_id, safe='')}",
        starter=str(payload.get("started_by") or ""),
    )


_GONE = ("disconnected", "unauthorized")
_GONE_TITLES = {
    "disconnected": "The cluster {name} cannot be reached",
    "unauthorized": "The cluster {name} refuses our credentials",
}


def _cluster(payload: Mapping[str, Any]) -> Notice | None:
    """Only what changes between there and not there: a cluster that was never there is no news each minute."""
    was, status, name = str(payload.get("was")), str(payload.get("status")), str(payload.get("name"))
    if was == "connected" and status in _GONE:
        kind, title = Kind.CLUSTER_LOST, _GONE_TITLES[status]
    elif was in _GONE and status == "connected":
        kind, title = Kind.CLUSTER_RECOVERED, "The cluster {name} is back"
    else:
        return None
    reason = str(payload.get("reason") or "").replace("_", " ")
    return Notice(
        kind=kind,
        subject_type="cluster",
        subject_id=str(payload.get("id")),
        title=_cut(title.format(name=name), _TITLE),
        message=f"Reason: {reason}." if reason and kind is Kind.CLUSTER_LOST else "",
        url=f"/clusters/{quote(name, safe='')}",
    )


_READERS = {"run.ended": _run, "build.finished": _build, "cluster.status_changed": _cluster}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
