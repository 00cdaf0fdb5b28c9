"""The compiler: asks every node's type for bodies, and gives each body what all objects must have.

Namespace, labels, overrides, order, references, duplicates and what the cluster does not serve are
decided here and nowhere else, so that no node type can get them wrong. Bodies may share values with the
graph: whoever changes one copies it first.
"""

from collections.abc import Iterable, Mapping

import msgspec

from plugins.registry import NodeTypes
from plugins.sdk import names
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.graph import Graph
from plugins.sdk.merge import strategic_merge
from plugins.sdk.nodetype import CLUSTER_KINDS, AnyNode, Wiring
from plugins.sdk.normalise import with_protocols
from plugins.sdk.objects import Bundle, KubeObject, ObjectKey, Reference, Wait, WaitCondition
from plugins.sdk.problems import Problem, Severity
from plugins.sdk.recent import recent_capabilities
from plugins.sdk.secrets import SecretValues
from workflows.compile.order import apply_order
from workflows.graph.relations import behind_service, namespace_problems, wait_condition
from workflows.graph.resolve import resolve_graph


class _CrdNames(msgspec.Struct):
    kind: str


class _CrdVersion(msgspec.Struct):
    name: str
    served: bool = True


class _CrdSpec(msgspec.Struct):
    """What matters here of a CRD's spec."""

    group: str
    scope: str
    names: _CrdNames
    versions: list[_CrdVersion] = []


class CompileOptions(msgspec.Struct, frozen=True):
    """Where and as whom. `built_images` maps a build node's id to the image it built, by digest."""

    namespace: str
    instance: str
    digest_key: bytes = b""
    built_images: Mapping[str, str] = {}


class CompileResult(msgspec.Struct, frozen=True):
    """The bundle is complete as far as it could be made; with an error among the problems it must not run."""

    bundle: Bundle
    problems: list[Problem]


def compile_graph(
    graph: Graph,
    *,
    types: NodeTypes,
    capabilities: Capabilities | None = None,
    options: CompileOptions,
    secrets: SecretValues,
) -> CompileResult:
    """Without `capabilities` a recent Kubernetes is assumed, and an unknown kind is only a warning.

    Reports what arises in compiling; `workflows.graph.validate` says what is wrong with the graph itself.
    """
    resolved = resolve_graph(graph, types, namespace=options.namespace)
    context = CompileContext(
        namespace=options.namespace,
        instance=options.instance,
        capabilities=capabilities or recent_capabilities(),
        wiring=resolved.wiring,
        secrets=secrets,
        built_images=options.built_images,
        digest_key=options.digest_key,
    )
    context.report_all(resolved.problems)
    context.report_all(namespace_problems(resolved.wiring))
    return _Compilation(context, resolved.faulty, is_assumed=capabilities is None).run()


class _Compilation:
    """One run over all nodes."""

    def __init__(self, context: CompileContext, faulty: set[str], *, is_assumed: bool) -> None:
        self.context = context
        self.faulty = faulty
        self.is_assumed = is_assumed
        self.references: list[Reference] = []
        self.defined: dict[tuple[str, str], tuple[bool, set[str]]] = {}

    def run(self) -> CompileResult:
        made = [(node, body) for node in self.context.wiring.nodes.values() for body in self._bodies(node)]
        for _, body in made:
            if body["kind"] == "CustomResourceDefinition":
                self._define(body)
        objects = [self._finish(node, body) for node, body in made]
        objects.sort(key=apply_order)
        self._report_duplicates(objects)
        context = self.context
        bundle = Bundle(
            objects=tuple(objects),
            waits=_waits(context.wiring),
            references=tuple(sorted(self.references, key=lambda item: (item.key, item.node_id))),
            policies=context.policies,
            secret_revisions=tuple(sorted(context.secret_revisions)),
        )
        return CompileResult(bundle, context.problems)

    def _bodies(self, node: AnyNode) -> Iterable[Json]:
        node_type = node.type
        if node.id in self.faulty:
            return ()
        if node_type.kind and not node.name:
            self.context.report(node.problem("missing_field", "name is missing; fill it in.", field="name"))
            return ()
        if node.is_existing:
            namespace = node.namespace if node_type.is_namespaced else ""
            key = ObjectKey(node_type.group, node_type.kind, namespace, node.name)
            self.references.append(Reference(key, node.id))
            return ()
        return node_type.compile(node, self.context)

    def _define(self, body: Json) -> None:
        """What a CRD of this bundle adds to what the cluster serves."""
        try:
            crd = msgspec.convert(body.get("spec"), _CrdSpec)
        except msgspec.ValidationError:
            return  # the cluster will say what is wrong with it
        versions = {version.name for version in crd.versions if version.served}
        self.defined[(crd.group, crd.names.kind)] = (crd.scope == "Namespaced", versions)

    def _finish(self, node: AnyNode, body: Json) -> KubeObject:
        metadata: Json = {"name": body["metadata"]["name"]}
        if self._is_namespaced(node, body):
            metadata["namespace"] = body["metadata"].get("namespace") or node.namespace
        metadata["labels"] = self._labels(node, body["metadata"])
        annotations = body["metadata"].get("annotations")
        own = getattr(node.data, "annotations", None)
        if annotations is not None or own is not None:
            metadata["annotations"] = {**(annotations or {}), **(own or {})}
        metadata.update((key, value) for key, value in body["metadata"].items() if key not in metadata)
        if "namespace" in metadata and not self._is_namespaced(node, body):
            del metadata["namespace"]
        finished = {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": metadata}
        finished.update((key, value) for key, value in body.items() if key not in finished)
        overrides = getattr(node.data, "overrides", None)
        if overrides and body["kind"] == node.type.kind:
            finished = self._overridden(node, finished, overrides)
        return KubeObject(finished, node.id)

    def _labels(self, node: AnyNode, metadata: Json) -> dict[str, str]:
        """Ours, then the body's and the node's own; who manages the object is not the user's to say.
        Where a node stands for any objects at all, each goes by its own name."""
        ours = self.context.labels(node)
        if not node.type.kind:
            ours[names.NAME] = names.label_value(metadata["name"])
        labels = {**ours, **(metadata.get("labels") or {}), **(getattr(node.data, "labels", None) or {})}
        labels[names.MANAGED_BY] = ours[names.MANAGED_BY]
        labels[names.NODE] = ours[names.NODE]
        return labels

    def _overridden(self, node: AnyNode, body: Json, overrides: Json) -> Json:
        """An override may change anything but which object it is."""
        patched = with_protocols(strategic_merge(body, overrides))
        identity = {key: body["metadata"][key] for key in ("name", "namespace") if key in body["metadata"]}
        metadata = patched.get("metadata") or {}
        changed = any(metadata.get(key) != value for key, value in identity.items())
        if changed or patched.get("kind") != body["kind"] or patched.get("apiVersion") != body["apiVersion"]:
            message = "overrides may not change apiVersion, kind, name or namespace; remove these from it."
            self.context.report(node.problem("bad_override", message, field="overrides"))
        labels = {**(metadata.get("labels") or {}), names.MANAGED_BY: names.MANAGER}
        labels[names.NODE] = body["metadata"]["labels"][names.NODE]
        return {
            **patched,
            "apiVersion": body["apiVersion"],
            "kind": body["kind"],
            "metadata": {**metadata, **identity, "labels": labels},
        }

    def _is_namespaced(self, node: AnyNode, body: Json) -> bool:
        """Also reports what is not served: this is the one place where every body's kind is looked up."""
        api_version, kind = body["apiVersion"], body["kind"]
        served = self.context.served(api_version, kind)
        if served is not None:
            return served.namespaced
        group, _, version = api_version.rpartition("/")
        defined = self.defined.get((group, kind))
        if defined is not None and version in defined[1]:
            return defined[0]
        return node.type.is_namespaced if kind == node.type.kind else kind not in CLUSTER_KINDS

    def _report_duplicates(self, objects: list[KubeObject]) -> None:
        owners: dict[ObjectKey, KubeObject] = {}
        for item in objects:
            self._report_unserved(item)
            first = owners.setdefault(item.key, item)
            if first is not item:
                self._report_duplicate(first, item)

    def _report_duplicate(self, first: KubeObject, second: KubeObject) -> None:
        nodes = self.context.wiring.nodes
        one, other = nodes[first.node_id or ""], nodes[second.node_id or ""]
        if one is other:
            message = f"it makes {second.key} twice; remove one."
        else:
            message = f"it makes {second.key}, which {one.label} makes too; rename one of them."
        self.context.report(other.problem("duplicate_object", message, field="name"))
        if one is not other:
            message = f"it makes {second.key}, which {other.label} makes too; rename one of them."
            self.context.report(one.problem("duplicate_object", message, field="name"))

    def _report_unserved(self, item: KubeObject) -> None:
        if self.context.served(item.api_version, item.kind) is not None:
            return
        group, _, version = item.api_version.rpartition("/")
        defined = self.defined.get((group, item.kind))
        if defined is not None and version in defined[1]:
            return
        node = self.context.wiring.nodes[item.node_id or ""]
        others = [kind.api_version for kind in self.context.capabilities.kinds if kind.kind == item.kind]
        hint = f"it serves {', '.join(others)}" if others else "install what defines it, or remove the node"
        message = f"the cluster does not serve {item.kind} in {item.api_version}; {hint}."
        requirement = node.type.requirement
        if requirement is not None and not requirement.is_met(self.context.capabilities):
            message = f"it needs {requirement.name}, which is not installed there; {requirement.how()}."
            if self.is_assumed:
                message = f"it needs {requirement.name} on the cluster; {requirement.how()} where it is missing."
        severity = Severity.WARNING if self.is_assumed else Severity.ERROR
        self.context.report(node.problem("not_served", message, severity=severity))


def _waits(wiring: Wiring) -> tuple[Wait, ...]:
    """One wait per edge that orders, each pair once per condition. A service answers once what is behind it does, so
    whoever waits for it waits for that too."""
    waits = set()
    for link in wiring.links:
        condition = wait_condition(link)
        if condition is not None:
            for node_id in (link.target.id, *behind_service(link.target, wiring)):
                waits.add(Wait(link.source.id, node_id, WaitCondition(condition)))
    return tuple(sorted(waits, key=lambda wait: (wait.node_id, wait.for_node_id, wait.condition)))
