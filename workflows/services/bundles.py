"""From a stored graph to a bundle: for a run with markers where secret values go, for eyes with placeholders."""

from collections.abc import Iterable, Mapping

import msgspec

from clusters.services.custom_kinds import custom_types_in
from plugins.loading.installed import all_types
from plugins.registry import NodeTypes
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.graph import Graph
from plugins.sdk.problems import NOT_BUILT, Problem, Severity
from plugins.sdk.secrets import Placeholders, SecretValues
from workflows import stored
from workflows.compile import CompileOptions, CompileResult, compile_graph
from workflows.deploy.content import Markers
from workflows.errors import InvalidGraph
from workflows.graph.validate import is_runnable, validate_graph
from workflows.models import Workflow
from workflows.services.secrets import digest_key

DEFAULT_NAMESPACE = "default"


def node_types(cluster_id: str = "", graph: Graph | None = None) -> NodeTypes:
    """What a graph may hold, whoever uses which plugin. With a cluster, the custom kinds of the graph are known as
    that cluster describes them; without, anything goes in them."""
    types = all_types()
    if not cluster_id or graph is None:
        return types
    return types.extended(custom_types_in(cluster_id, {node.type for node in graph.nodes}).values())


def compile_for_run(
    *,
    workflow: Workflow,
    graph_text: str,
    namespace: str,
    capabilities: Capabilities | None,
    built_images: Mapping[str, str] | None = None,
    cluster_id: str = "",
) -> CompileResult:
    """With `Markers` for secret values; without capabilities a recent Kubernetes is assumed. The problems are
    all there are, also those of the graph itself: with an error among them the bundle must not run."""
    return _compile(
        graph=stored.decode(graph_text),
        instance=workflow.slug,
        namespace=namespace,
        capabilities=capabilities,
        secrets=Markers(),
        built_images=built_images or {},
        key=digest_key(),
        cluster_id=cluster_id,
    )


def compile_preview(
    *,
    graph: Graph,
    instance: str,
    namespace: str = "",
    capabilities: Capabilities | None = None,
    with_digests: bool = False,
    cluster_id: str = "",
) -> CompileResult:
    """With a placeholder for each secret value. Whoever only wants the problems needs no true digests. That an image
    is not built yet is a warning here: a run can build it first."""
    result = _compile(
        graph=graph,
        instance=instance,
        namespace=namespace or DEFAULT_NAMESPACE,
        capabilities=capabilities,
        secrets=Placeholders(),
        built_images={},
        key=digest_key() if with_digests else b"",
        cluster_id=cluster_id,
    )
    return CompileResult(result.bundle, [_calm(problem) for problem in result.problems])


def _calm(problem: Problem) -> Problem:
    if problem.code != NOT_BUILT:
        return problem
    return msgspec.structs.replace(problem, severity=Severity.WARNING)


def refuse_errors(problems: Iterable[Problem]) -> None:
    """The 400 with everything that stands in the way of running; warnings do not."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise InvalidGraph(errors)


def _compile(
    *,
    graph: Graph,
    instance: str,
    namespace: str,
    capabilities: Capabilities | None,
    secrets: SecretValues,
    built_images: Mapping[str, str],
    key: bytes,
    cluster_id: str,
) -> CompileResult:
    types = node_types(cluster_id, graph)
    problems = validate_graph(graph, types)
    options = CompileOptions(namespace, instance, key, built_images)
    result = compile_graph(graph, types=types, capabilities=capabilities, options=options, secrets=secrets)
    known = set(problems)
    # What is wrong with the graph itself often shows in compiling too; once is enough.
    if is_runnable(problems):
        problems += [problem for problem in result.problems if problem not in known]
    else:
        places = {(problem.code, problem.node_id, problem.edge_id) for problem in problems}
        problems += [item for item in result.problems if (item.code, item.node_id, item.edge_id) not in places]
    return CompileResult(result.bundle, problems)
