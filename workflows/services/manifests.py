"""The Kubernetes objects of a workflow as a file. Secret values are placeholders, always."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence

from core.errors import InvalidInput
from core.principal import Principal
from plugins.sdk.objects import KubeObject
from plugins.sdk.problems import Problem
from workflows import stored
from workflows.compile import to_json, to_kustomize, to_yaml
from workflows.graph.parse import parse_graph
from workflows.models import Workflow
from workflows.selectors import get_workflow, version_of
from workflows.services.bundles import compile_preview
from workflows.services.secrets import hidden
from workflows.types import Download, GraphInput

Objects = Sequence[KubeObject]
# A zip knows no time zone and nothing before 1980; one fixed time makes equal content equal bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def manifests(
    *, workflow_id: str, format: str = "yaml", version: str = "", namespace: str = "", actor: Principal
) -> Download:
    """Of the draft, or of one version. An unfinished graph gives what can be made of it, and says what not."""
    render = _FORMATS.get(format)
    if render is None:
        raise _bad("format", f"There is no format {format!r}; use one of {', '.join(_FORMATS)}.")
    if namespace and _NAMESPACE.fullmatch(namespace) is None:
        raise _bad("namespace", "A namespace has up to 63 lower case letters, digits and dashes.")
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    text = version_of(workflow, version).graph if version else workflow.graph
    result = compile_preview(
        graph=stored.decode(text),
        instance=workflow.slug,
        namespace=namespace or workflow.namespace,
        with_digests=True,
    )
    return render(workflow, result.bundle.objects, result.problems)


def preview_objects(
    *, workflow_id: str, sent: GraphInput, node_id: str = "", actor: Principal
) -> tuple[str, Objects, Sequence[Problem]]:
    """What a graph, saved or not, becomes: as YAML, its objects (of one node, where one is named), and what is wrong.
    Nothing is kept, and no secret value is shown."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    lists = stored.masked_lists(workflow.graph)
    graph, problems = parse_graph(
        lists["nodes"] if sent.nodes is None else sent.nodes, lists["edges"] if sent.edges is None else sent.edges
    )
    if problems:
        return "", [], problems
    result = compile_preview(
        graph=hidden(graph), instance=workflow.slug, namespace=workflow.namespace, with_digests=True
    )
    objects = [item for item in result.bundle.objects if node_id in ("", item.node_id)]
    return to_yaml(objects) if objects else "", objects, result.problems


def _bad(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: [message]})


def _as_yaml(workflow: Workflow, objects: Objects, problems: Sequence[Problem]) -> Download:
    body = _comments(problems) + (to_yaml(objects) if objects else "")
    return Download(f"{workflow.slug}.yaml", "application/yaml", body.encode(), problems)


def _as_json(workflow: Workflow, objects: Objects, problems: Sequence[Problem]) -> Download:
    return Download(f"{workflow.slug}.json", "application/json", to_json(objects).encode(), problems)


def _as_kustomize(workflow: Workflow, objects: Objects, problems: Sequence[Problem]) -> Download:
    files = to_kustomize(objects)
    files["kustomization.yaml"] = _comments(problems) + files["kustomization.yaml"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(f"{workflow.slug}/{name}", _NO_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return Download(f"{workflow.slug}-kustomize.zip", "application/zip", buffer.getvalue(), problems)


def _comments(problems: Sequence[Problem]) -> str:
    return "".join(f"# {problem.severity}: {' '.join(problem.message.split())}\n" for problem in problems)


_FORMATS: dict[str, Callable[[Workflow, Objects, Sequence[Problem]], Download]] = {
    "yaml": _as_yaml,
    "json": _as_json,
    "kustomize": _as_kustomize,
}
FORMATS = tuple(_FORMATS)
