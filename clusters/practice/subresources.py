"""Subresources: status, scale, eviction, tokens, finalize, logs, exec; and the reviews that are created, not kept.

Must not know how the parents behave.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import errors, patches, podlog, stats, wire
from . import exec as exec_socket
from .decode import parse_yaml, to_plain
from .objects import Obj, clone, dig, is_deleting, meta, name_of, time_text, uid_of, utcnow
from .options import CONTROLLER, Deletion
from .resources import Resource, served_subresources
from .selectors import matches_selector, selector_text

if TYPE_CHECKING:
    from .api import Api, Target


async def handle(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    if target.sub == "proxy" and target.res.key == stats.NODES:
        _only(request, "GET")
        return wire.answer(stats.summary(api.rest.store, target.name, target.rest))
    if target.sub not in served_subresources(target.res):
        if target.sub in target.res.subresources:
            text = f"the practice cluster does not simulate {target.res.plural}/{target.sub}"
            raise errors.ApiError(501, "NotImplemented", text, {"name": target.name, "kind": target.res.plural})
        raise errors.no_such_path()
    if target.sub == "log":
        _only(request, "GET")
        return await podlog.handle(api, request, target)
    if target.sub == "exec":
        return await exec_socket.handle(api, request, target)
    if target.sub == "status":
        return await _status(api, request, target)
    if target.sub == "scale":
        return await _scale(api, request, target)
    if target.sub == "eviction":
        _only(request, "POST")
        return await _evict(api, request, target)
    if target.sub == "token":
        _only(request, "POST")
        return await _token(api, request, target)
    _only(request, "PUT")
    return await _finalize(api, request, target)


def _only(request: web.Request, *methods: str) -> None:
    if request.method not in methods:
        raise errors.method_not_allowed()


async def _status(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    _only(request, "GET", "PUT", "PATCH")
    if request.method == "GET":
        return await api._get(request, target)
    if request.method == "PUT":
        return await api._put(request, target)
    return await api._patch(request, target)


# --- scale ---------------------------------------------------------------------------------------------------


def scale_of(obj: Obj, crd_paths: Obj | None) -> Obj:
    data = meta(obj)
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    if crd_paths:
        spec_path, status_path = crd_paths["specReplicasPath"], crd_paths["statusReplicasPath"]
        wanted = dig(obj, *spec_path.strip(".").split("."), default=0)
        current = dig(obj, *status_path.strip(".").split("."), default=0)
        chosen = dig(obj, *(crd_paths.get("labelSelectorPath") or ".").strip(".").split("."), default="")
    else:
        wanted = dig(obj, "spec", "replicas", default=0)
        current = dig(obj, "status", "replicas", default=0)
        chosen = selector_text(dig(obj, "spec", "selector"))
    status: Obj = {"replicas": current}
    if chosen:
        status["selector"] = chosen
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: data[k] for k in kept if k in data},
        "spec": {"replicas": wanted} if wanted else {},
        "status": status,
    }


def _scale_paths(api: Api, res: Resource) -> Obj | None:
    crd = api.crd_of(res)
    for version in dig(crd or {}, "spec", "versions", default=[]):
        if version["name"] == res.version:
            return dig(version, "subresources", "scale")
    return None


async def _scale(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    _only(request, "GET", "PUT", "PATCH")
    paths = _scale_paths(api, target.res)
    obj = api.rest.get(target.res, target.namespace, target.name)
    if request.method == "GET":
        return wire.answer(scale_of(obj, paths), 200, wire.shape_of(request))
    options = api.options(request, "UpdateOptions" if request.method == "PUT" else "PatchOptions")
    raw = await wire.read_body(request)
    wanted = _wanted_scale(api, request, target.res, scale_of(obj, paths), raw)
    count = dig(wanted, "spec", "replicas", default=0)
    if isinstance(count, bool) or not isinstance(count, int):
        raise errors.bad_request('Scale in version "v1" cannot be handled as a Scale: spec.replicas must be an int32')
    if count < 0:
        cause = errors.invalid_value("spec.replicas", count, "must be greater than or equal to 0")
        raise errors.invalid("autoscaling", "Scale", target.name, [cause])
    version = meta(wanted).get("resourceVersion")
    steps = paths["specReplicasPath"].strip(".").split(".") if paths else ["spec", "replicas"]

    def change(old: Obj) -> Obj:
        if version and request.method == "PUT":
            old["metadata"]["resourceVersion"] = version
        place = old
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = count
        return old

    done = api.rest.update(target.res, target.namespace, target.name, change, options, "scale")
    return wire.answer(scale_of(done.obj, paths), 200, wire.shape_of(request))


def _wanted_scale(api: Api, request: web.Request, res: Resource, current: Obj, raw: bytes) -> Obj:
    if request.method == "PUT":
        found = to_plain(parse_yaml(raw))
    elif request.content_type == patches.APPLY:
        found = patches.merge_patch(current, to_plain(parse_yaml(raw)))
    else:
        media = patches.MERGE_PATCH if request.content_type == patches.STRATEGIC else request.content_type
        found = api.patch_change(res, media, raw)(clone(current))
    if not isinstance(found, dict):
        raise errors.bad_request("the object provided is unrecognized (must be of type Scale)")
    return found


# --- pods ----------------------------------------------------------------------------------------------------


async def _evict(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    pod = api.rest.get(target.res, target.namespace, target.name)
    raw = await wire.read_body(request)
    body = to_plain(parse_yaml(raw)) if raw.strip() else {}
    for budget in api.rest.store.select("policy/poddisruptionbudgets", target.namespace):
        if not matches_selector(dig(budget, "spec", "selector"), meta(pod).get("labels") or {}):
            continue
        if int(dig(budget, "status", "disruptionsAllowed", default=0)) < 1 and not is_deleting(pod):
            status = budget.get("status") or {}
            text = (
                f"The disruption budget {name_of(budget)} needs {status.get('desiredHealthy', 0)} healthy pods and has "
                f"{status.get('currentHealthy', 0)} currently"
            )
            causes = [{"reason": "DisruptionBudget", "message": text}]
            message = "Cannot evict pod as it would violate the pod's disruption budget."
            raise errors.ApiError(429, "TooManyRequests", message, {"causes": causes})
    how = body.get("deleteOptions") or {}
    if not is_deleting(pod):
        _mark_evicted(api, target)
    dry = "All" in (how.get("dryRun") or []) or request.query.get("dryRun") == "All"
    api.rest.delete(
        target.res,
        target.namespace,
        target.name,
        Deletion(how.get("propagationPolicy") or "", how.get("gracePeriodSeconds"), dry_run=dry),
    )
    return wire.answer({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201)


def _mark_evicted(api: Api, target: Target) -> None:
    """The condition that tells why the pod went."""

    def write(copy: Obj) -> Obj:
        conditions = [c for c in dig(copy, "status", "conditions", default=[]) if c["type"] != "DisruptionTarget"]
        conditions.append(
            {
                "type": "DisruptionTarget",
                "status": "True",
                "lastProbeTime": None,
                "lastTransitionTime": time_text(),
                "reason": "EvictionByEvictionAPI",
                "message": "Eviction API: evicting",
            }
        )
        copy["status"]["conditions"] = conditions
        return copy

    api.rest.update(target.res, target.namespace, target.name, write, CONTROLLER, "status")


async def _token(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    account = api.rest.get(target.res, target.namespace, target.name)
    raw = await wire.read_body(request)
    spec = dig(to_plain(parse_yaml(raw)) if raw.strip() else {}, "spec", default={})
    seconds = int(spec.get("expirationSeconds") or 3600)
    if seconds < 600:
        text = "may not specify a duration less than 10 minutes"
        cause = errors.invalid_value("spec.expirationSeconds", seconds, text)
        raise errors.invalid("authentication.k8s.io", "TokenRequest", "", [cause])
    end = utcnow().timestamp() + seconds
    claims = {
        "sub": f"system:serviceaccount:{target.namespace}:{target.name}",
        "exp": int(end),
        "simulated": True,
    }
    parts = [{"alg": "none", "kid": "simulated"}, claims]
    token = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
    import datetime as dt

    return wire.answer(
        {
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {
                "name": target.name,
                "namespace": target.namespace,
                "uid": uid_of(account),
                "creationTimestamp": time_text(),
            },
            "spec": {
                "audiences": spec.get("audiences") or ["https://kubernetes.default.svc"],
                "expirationSeconds": seconds,
                "boundObjectRef": spec.get("boundObjectRef"),
            },
            "status": {
                "token": f"{token}.simulated",
                "expirationTimestamp": time_text(dt.datetime.fromtimestamp(end, dt.UTC)),
            },
        },
        201,
    )


async def _finalize(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    """PUT …/namespaces/NAME/finalize: the finalizers of a namespace's spec."""
    body = to_plain(await api.body(request, target.res))
    space = api.rest.get(target.res, "", target.name)
    new: Obj = clone(space)
    new["spec"]["finalizers"] = dig(body, "spec", "finalizers", default=[])
    saved = api.rest.store.put("/namespaces", new)
    if is_deleting(saved) and not new["spec"]["finalizers"] and not meta(saved).get("finalizers"):
        saved = api.rest.store.remove("/namespaces", "", target.name) or saved
    return api.show(request, target.res, saved, wire.shape_of(request))


# --- reviews -------------------------------------------------------------------------------------------------


def review(res: Resource, body: Any, user: str) -> Obj:
    """Everything is allowed: a tenant is the administrator of their own practice cluster."""
    spec = to_plain(body.get("spec") or {}) if isinstance(body, dict) else {}
    out: Obj = {"kind": res.kind, "apiVersion": res.api_version, "metadata": {}}
    if res.kind == "SelfSubjectReview":
        groups = ["system:masters", "system:authenticated"]
        return {**out, "status": {"userInfo": {"username": f"practice:{user}", "groups": groups}}}
    if res.kind == "SelfSubjectRulesReview":
        every = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
        urls = [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
        status: Obj = {"resourceRules": every, "nonResourceRules": urls, "incomplete": False}
        return {**out, "spec": {}, "status": status}
    if not spec.get("resourceAttributes") and not spec.get("nonResourceAttributes"):
        text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        cause = errors.invalid_value("spec.resourceAttributes", None, text)
        raise errors.invalid(res.group, "", "", [cause])
    reason = "the practice cluster lets its tenant do everything"
    return {**out, "spec": spec, "status": {"allowed": True, "reason": reason}}
