"""What the server says it serves: versions, groups, resources, in the old and the aggregated form.

Must not know objects.
"""

from __future__ import annotations

import base64
import hashlib

from .objects import Obj
from .resources import SUB_VERBS, SUBRESOURCE_KINDS, Resource, served_subresources

GIT_VERSION = "v1.36.0-practice.sailcloth"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
VERSION: Obj = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": GIT_VERSION,
    "gitCommit": "a simulation: the practice cluster of Sailcloth, not a real Kubernetes",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "none (python)",
    "compiler": "none",
    "platform": "simulated/practice",
}


def api_versions(address: str) -> Obj:
    cidrs = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": cidrs}


def _group_versions(resources: list[Resource]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for res in resources:
        versions = out.setdefault(res.group, [])
        if res.version not in versions:
            versions.append(res.version)
    return out


def _group(name: str, versions: list[str]) -> Obj:
    found = [{"groupVersion": f"{name}/{v}", "version": v} for v in versions]
    return {"name": name, "versions": found, "preferredVersion": found[0]}


def group_list(resources: list[Resource]) -> Obj:
    groups = [_group(n, v) for n, v in _group_versions(resources).items() if n]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(resources: list[Resource], name: str) -> Obj | None:
    versions = _group_versions(resources).get(name)
    if not versions or not name:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)}


def _sub_kind(res: Resource, sub: str) -> tuple[str, str, str, tuple[str, ...]]:
    return SUBRESOURCE_KINDS.get(sub) or ("", "", res.kind, SUB_VERBS)


# What a real server keeps under another version than it is asked by.
_STORED_AS = {
    "events.k8s.io/events": "/v1/Event",
    "apiextensions.k8s.io/customresourcedefinitions": "apiextensions.k8s.io/v1beta1/CustomResourceDefinition",
}


def _storage_hash(res: Resource) -> str:
    text = _STORED_AS.get(res.key) or f"{res.group}/{res.version}/{res.kind}"
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:8]).decode()


def resource_list(resources: list[Resource], group_name: str, version: str) -> Obj | None:
    found = [r for r in resources if (r.group, r.version) == (group_name, version)]
    if not found:
        return None
    items: list[Obj] = []
    for res in sorted(found, key=lambda r: r.plural):
        entry: Obj = {
            "name": res.plural,
            "singularName": res.singular,
            "namespaced": res.namespaced,
            "kind": res.kind,
            "verbs": list(res.verbs),
        }
        if res.short:
            entry["shortNames"] = list(res.short)
        if res.categories:
            entry["categories"] = list(res.categories)
        if res.is_stored:
            entry["storageVersionHash"] = _storage_hash(res)
        items.append(entry)
        for sub in served_subresources(res):
            sub_group, sub_version, kind, verbs = _sub_kind(res, sub)
            item: Obj = {"name": f"{res.plural}/{sub}", "singularName": "", "namespaced": res.namespaced}
            if sub_group and kind != res.kind:
                item |= {"group": sub_group, "version": sub_version}
            items.append(item | {"kind": kind, "verbs": list(verbs)})
    name = f"{group_name}/{version}" if group_name else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": items}


def aggregated(resources: list[Resource], *, core: bool) -> Obj:
    """The whole discovery in one document."""
    items = []
    for name, versions in _group_versions(resources).items():
        if bool(name) == core:
            continue
        found = [
            {"version": v, "resources": _aggregated_resources(resources, name, v), "freshness": "Current"}
            for v in versions
        ]
        items.append({"metadata": {"name": name} if name else {}, "versions": found})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _aggregated_resources(resources: list[Resource], group_name: str, version: str) -> list[Obj]:
    out = []
    for res in sorted(resources, key=lambda r: r.plural):
        if (res.group, res.version) != (group_name, version):
            continue
        own = ("", "") if not res.crd else (res.group, res.version)
        entry: Obj = {
            "resource": res.plural,
            "responseKind": {"group": own[0], "version": own[1], "kind": res.kind},
            "scope": "Namespaced" if res.namespaced else "Cluster",
            "singularResource": res.singular,
            "verbs": list(res.verbs),
        }
        if res.short:
            entry["shortNames"] = list(res.short)
        if res.categories:
            entry["categories"] = list(res.categories)
        subs = []
        for sub in served_subresources(res):
            sub_group, sub_version, kind, verbs = _sub_kind(res, sub)
            shown = {"group": sub_group, "version": sub_version if sub_group else "", "kind": kind}
            subs.append({"subresource": sub, "responseKind": shown, "verbs": list(verbs)})
        if subs:
            entry["subresources"] = subs
        out.append(entry)
    return out


def paths(resources: list[Resource]) -> Obj:
    found = ["/api", "/api/v1", "/apis"]
    for name, versions in _group_versions(resources).items():
        if name:
            found += [f"/apis/{name}", *(f"/apis/{name}/{v}" for v in versions)]
    return {"paths": [*found, "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]}
