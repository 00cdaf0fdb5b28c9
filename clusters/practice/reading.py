"""Lists: selectors, pages and the versions that a client may ask for.

Must not know HTTP beyond the query's parameters.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import errors, wire
from .catalog import CRDS
from .objects import Key, Obj, dig, key_of
from .resources import Resource
from .rest import Rest
from .selectors import Matcher, field_matcher, label_matcher


@dataclass(frozen=True)
class ListQuery:
    labels: Matcher | None
    fields: Matcher | None
    limit: int
    token: str
    version: str
    match: str
    timeout: int | None
    bookmarks: bool
    initial: bool | None

    def matches(self, obj: Obj) -> bool:
        return (self.labels is None or self.labels(obj)) and (self.fields is None or self.fields(obj))

    @classmethod
    def of(cls, request: web.Request, rest: Rest, res: Resource) -> ListQuery:
        get = request.query.get
        extra = _selectable(rest, res) if res.crd else None
        initial = None if "sendInitialEvents" not in request.query else wire.flag(request, "sendInitialEvents")
        out = cls(
            label_matcher(get("labelSelector", "")),
            field_matcher(get("fieldSelector", ""), res.storage_key, extra),
            wire.number(request, "limit") or 0,
            get("continue", ""),
            get("resourceVersion", ""),
            get("resourceVersionMatch", ""),
            wire.number(request, "timeoutSeconds"),
            wire.flag(request, "allowWatchBookmarks"),
            initial,
        )
        out._check(wire.flag(request, "watch"))
        return out

    def _check(self, is_watch: bool) -> None:
        causes = []
        if self.match and not is_watch:
            if not self.version:
                text = "resourceVersionMatch is forbidden unless resourceVersion is provided"
                causes.append(errors.forbidden_value("resourceVersionMatch", text))
            elif self.match not in ("Exact", "NotOlderThan"):
                allowed = ["Exact", "NotOlderThan", ""]
                causes.append(errors.unsupported("resourceVersionMatch", self.match, allowed))
        if is_watch and self.initial is not None and self.match != "NotOlderThan":
            text = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            causes.append(errors.forbidden_value("resourceVersionMatch", text))
        if causes:
            raise wire.option_error("ListOptions", causes)
        if self.token and self.version not in ("", "0"):
            raise errors.bad_request("specifying resource version is not allowed when using continue")
        if self.version and not self.version.isdigit():
            text = f'resourceVersion: Invalid value: "{self.version}": '
            text += f'strconv.ParseUint: parsing "{self.version}": invalid syntax'
            raise (errors.internal(text) if is_watch else errors.bad_request(f"invalid resource version: {text}"))


def _selectable(rest: Rest, res: Resource) -> dict[str, Callable[[Obj], Any]]:
    """The fields that a CRD declares as selectable."""
    crd = rest.store.get(CRDS, "", res.crd) or {}
    out: dict[str, Callable[[Obj], Any]] = {}
    for version in dig(crd, "spec", "versions", default=[]):
        if version["name"] != res.version:
            continue
        for item in version.get("selectableFields") or []:
            path = item["jsonPath"].strip(".")
            out[path] = _field(path)
    return out


def _field(path: str) -> Callable[[Obj], Any]:
    steps = path.split(".")
    return lambda obj: dig(obj, *steps, default="")


def page(rest: Rest, res: Resource, namespace: str, query: ListQuery) -> tuple[list[Obj], Obj]:
    """One page of a list and its metadata."""
    store = rest.store
    version, start = store.version, ("", "")
    if query.token:
        version, start = _read_token(query.token, namespace)
        if version == INCONSISTENT:
            version = store.version
        elif version < store.oldest:
            raise errors.expired(EXPIRED, _write_token(INCONSISTENT, start, namespace))
    _check_version(query, store.version, store.oldest)
    if query.match == "Exact" and query.version not in ("", "0"):
        version = int(query.version)
    found = [o for o in store.state_at(res.storage_key, namespace, version) if query.matches(o)]
    found.sort(key=key_of)
    found = [o for o in found if key_of(o) > start]
    list_meta: Obj = {"resourceVersion": str(version)}
    if query.limit and query.version != "0" and len(found) > query.limit:
        rest_count = len(found) - query.limit
        found = found[: query.limit]
        list_meta["continue"] = _write_token(version, key_of(found[-1]), namespace)
        if query.labels is None and query.fields is None:
            list_meta["remainingItemCount"] = rest_count
    return [rest.present(res, o) for o in found], list_meta


def _check_version(query: ListQuery, current: int, oldest: int) -> None:
    if query.version in ("", "0"):
        return
    asked = int(query.version)
    if asked > current:
        text = f"Timeout: Too large resource version: {asked}, current: {current}"
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        raise errors.ApiError(504, "Timeout", text, {"causes": [cause], "retryAfterSeconds": 1})
    if query.match == "Exact" and asked < oldest:
        raise errors.expired("The resourceVersion for the provided list is too old.")


INCONSISTENT = -1  # in a token: go on with what there is now
EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


def _write_token(version: int, last: Key, namespace: str) -> str:
    """The key of the last object, below the namespace that is listed."""
    start = last[1] if namespace or not last[0] else "/".join(last)
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": start + "\0"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str, namespace: str) -> tuple[int, Key]:
    try:
        found = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        space, _, name = str(found["start"]).rstrip("\0").rpartition("/")
        return int(found["rv"]), (namespace or space.strip("/"), name)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise errors.bad_request("invalid continue token: continue key is not valid") from None


def list_document(res: Resource, items: list[Obj], list_meta: Obj) -> Obj:
    """Items of built-in kinds carry no kind of their own, custom ones do."""
    if res.crd:
        list_meta = {"continue": "", **list_meta}
    else:
        items = [{k: v for k, v in o.items() if k not in ("kind", "apiVersion")} for o in items]
    return {"kind": f"{res.kind}List", "apiVersion": res.api_version, "metadata": list_meta, "items": items}
