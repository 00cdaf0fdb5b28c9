"""What a release needs for its private images: a secret in each namespace where some are used, and workloads that
name it.

The secret is a member like any other. In the release it holds a reference to registries, which becomes their
passwords when it is applied (`workflows.services.secrets`).
"""

import base64
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from clusters.registries.pulling import SECRET_KEY, SECRET_TYPE, pull_secret_for
from clusters.registries.types import PullSecret
from plugins.sdk import names
from plugins.sdk.objects import Bundle, KubeObject
from workflows.compile.order import apply_order
from workflows.deploy.content import Markers
from workflows.models import Workflow

Json = dict[str, Any]

# Where pods are described: in the object itself, in a template, in the template of a template.
_PLACES = (("spec",), ("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"))
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_FIELD = "imagePullSecrets"


def with_pull_secrets(bundle: Bundle, workflow: Workflow) -> Bundle:
    """`bundle` as it is when none of its images needs one. Whose registries are used is the workflow's owner's affair,
    whoever runs it."""
    by_namespace: defaultdict[str, set[str]] = defaultdict(set)
    for item in bundle.objects:
        by_namespace[item.namespace].update(_images(item.body))
    secrets: dict[str, PullSecret] = {}
    for namespace, images in sorted(by_namespace.items()):
        secret = pull_secret_for(images=images, workspace=workflow.workspace_id) if namespace and images else None
        if secret is not None:
            secrets[namespace] = secret
    if not secrets:
        return bundle
    name = secret_name(workflow)
    accounts = _secrets_of_accounts(bundle.objects)
    objects = [_naming(item, secrets.get(item.namespace), name, accounts) for item in bundle.objects]
    objects += [_secret(namespace, name, secret) for namespace, secret in secrets.items()]
    return msgspec.structs.replace(bundle, objects=tuple(sorted(objects, key=apply_order)))


def secret_name(workflow: Workflow) -> str:
    """One for each namespace in which the workflow has something."""
    return f"sailcloth-{workflow.pk}-pull"


def _secret(namespace: str, name: str, secret: PullSecret) -> KubeObject:
    marker = Markers().value(secret.reference) or ""
    labels = {names.MANAGED_BY: names.MANAGER}
    return KubeObject(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace, "labels": labels},
            "type": SECRET_TYPE,
            "data": {SECRET_KEY: base64.b64encode(marker.encode()).decode()},
        }
    )


def _naming(
    item: KubeObject, secret: PullSecret | None, name: str, accounts: dict[tuple[str, str], list[Json]]
) -> KubeObject:
    """A workload whose images need the secret names it, after those that it names already."""
    if secret is None or secret.images.isdisjoint(_images(item.body)):
        return item
    body = item.body
    for path, spec in _pods(body):
        account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
        # A pod that names any gets none of its service account's.
        known = spec.get(_FIELD) or accounts.get((item.namespace, account)) or []
        if isinstance(known, list) and {"name": name} not in known:
            body = _replaced(body, path, {**spec, _FIELD: [*known, {"name": name}]})
    return KubeObject(body, item.node_id)


def _secrets_of_accounts(objects: Iterable[KubeObject]) -> dict[tuple[str, str], list[Json]]:
    """What the service accounts of the same bundle would have given their pods."""
    return {
        (item.namespace, item.name): list(item.body[_FIELD])
        for item in objects
        if item.kind == "ServiceAccount" and item.body.get(_FIELD)
    }


def _images(body: Json) -> set[str]:
    found = set()
    for _, spec in _pods(body):
        for field in _CONTAINERS:
            containers = spec.get(field)
            for container in containers if isinstance(containers, list) else ():
                image = container.get("image") if isinstance(container, dict) else None
                if isinstance(image, str) and image:
                    found.add(image)
    return found


def _pods(body: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every description of pods in an object, and where it is."""
    for path in _PLACES:
        spec: Any = body
        for part in path:
            spec = spec.get(part) if isinstance(spec, dict) else None
        if isinstance(spec, dict) and isinstance(spec.get("containers"), list):
            yield path, spec


def _replaced(body: Json, path: tuple[str, ...], value: Json) -> Json:
    head, *rest = path
    return {**body, head: _replaced(body[head], tuple(rest), value) if rest else value}
