"""Making releases: from a stored graph to the exact content that a run sets out to apply."""

from plugins.sdk.capabilities import Capabilities
from plugins.sdk.objects import Bundle
from workflows.deploy.applyset import Parent, parent_of_target
from workflows.deploy.content import Content, from_json, revisions, to_content
from workflows.models import Placement, Release, Target, Version, Workflow
from workflows.runs.pull_secrets import with_pull_secrets
from workflows.services.bundles import compile_for_run, refuse_errors


def compile_or_refuse(
    *, workflow: Workflow, graph_text: str, namespace: str, capabilities: Capabilities | None, cluster_id: str = ""
) -> Bundle:
    """The bundle of a graph, with what its private images need; InvalidGraph when something is wrong with it."""
    result = compile_for_run(
        workflow=workflow,
        graph_text=graph_text,
        namespace=namespace,
        capabilities=capabilities,
        cluster_id=cluster_id,
    )
    refuse_errors(result.problems)
    return with_pull_secrets(result.bundle, workflow)


def parent_of(target: Target, workflow: Workflow) -> Parent:
    """The parent of the target's set. `workflow` is that of the target."""
    return parent_of_target(target.pk, target.namespace, workflow.name)


def make_release(
    *, target: Target, content: Content, version: Version | None, source: str, is_tombstone: bool = False
) -> Release:
    """The next release of `target`, whose row the caller has locked, and its placement."""
    target.last_sequence += 1
    target.save(update_fields=["last_sequence", "updated_at"])
    release = Release.objects.create(
        target=target,
        sequence=target.last_sequence,
        version=version,
        content=content.to_json(),
        sha256=content.sha256,
        secret_revisions=revisions(content.objects),
        source=source,
        is_tombstone=is_tombstone,
    )
    Placement.objects.create(release=release, cluster_id=target.cluster_id)
    return release


def content_of(release: Release) -> Content:
    return from_json(release.content)


def content_of_bundle(bundle: Bundle, parent: Parent) -> Content:
    return to_content(bundle, parent.id)


def sets_on(cluster_id: str, workspace: str) -> frozenset[str]:
    """The sets of this workspace on a cluster: whose objects one of its workflows may take over."""
    rows = Target.objects.filter(cluster_id=cluster_id, workspace_id=workspace)
    return frozenset(parent_of_target(pk, namespace).id for pk, namespace in rows.values_list("pk", "namespace"))
