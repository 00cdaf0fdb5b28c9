"""The order in which a project becomes a graph, and the table of which part maps which key of a service."""

from collections.abc import Callable

from imports.compose.errors import ComposeError, joined
from imports.compose.loading.entry import Loaded
from imports.compose.loading.files import Files
from imports.compose.mapping import (
    builds,
    claims,
    containers,
    dependencies,
    deploys,
    environment,
    grants,
    health,
    kinds,
    kompose,
    labels,
    layout,
    network,
    policies,
    refused,
    resources,
    sections,
    security,
    services,
    storage,
)
from imports.compose.mapping.coverage import finish_rows
from imports.compose.mapping.naming import Renames
from imports.compose.mapping.state import REFUSED, Answers, Draft, Plan
from imports.compose.model import Project, Service
from imports.ids import with_short_ids
from imports.origin import Repository
from imports.report import Report
from plugins.sdk.graph import Graph

Part = Callable[[Draft, Plan], None]

# Which part of the mapping gives which key its verdict: every key of the specification is here.
# `None` stands for what the project as a whole decides.
PARTS: tuple[tuple[Part | None, tuple[str, ...]], ...] = (
    (deploys.map_replicas, ("scale",)),
    (containers.map_image, ("image",)),
    (containers.map_command, ("command", "entrypoint")),
    (containers.map_pull_policy, ("pull_policy", "pull_refresh_after")),
    (containers.map_terminal, ("tty", "stdin_open", "working_dir")),
    (containers.map_platform, ("platform",)),
    (security.map_user, ("user",)),
    (security.map_groups, ("group_add",)),
    (security.map_capabilities, ("cap_add", "cap_drop")),
    (security.map_privileges, ("privileged", "read_only")),
    (security.map_security_options, ("security_opt",)),
    (security.map_sysctls, ("sysctls",)),
    (security.map_namespaces, ("pid", "ipc", "uts", "userns_mode", "init")),
    (network.map_ports, ("ports", "expose")),
    (network.map_network_mode, ("network_mode",)),
    (network.map_dns, ("dns", "dns_search", "dns_opt")),
    (network.map_hosts, ("extra_hosts", "hostname", "domainname")),
    (storage.map_volumes, ("volumes", "tmpfs", "shm_size", "volumes_from")),
    (grants.map_grants, ("configs", "secrets")),
    (health.map_healthcheck, ("healthcheck",)),
    (health.map_hooks, ("post_start", "pre_stop", "pre_start")),
    (health.map_stop, ("stop_grace_period", "stop_signal")),
    (
        resources.map_resources,
        ("cpus", "cpu_shares", "cpu_quota", "cpu_period", "cpu_count", "mem_limit", "mem_reservation", "gpus"),
    ),
    (deploys.map_deploy, ("deploy",)),
    (deploys.map_restart, ("restart",)),
    (builds.map_build, ("build",)),
    (refused.map_refused, (*refused.NO_EFFECT, *refused.NO_COUNTERPART)),
    (refused.map_ulimits, ("ulimits",)),
    (refused.map_devices, ("devices",)),
    (refused.map_runtime, ("runtime",)),
    (refused.map_models, ("models",)),
    (kompose.map_kompose, ()),
    (labels.map_labels, ("labels", "annotations", "label_file")),
    (dependencies.map_dependencies, ("depends_on",)),
    (None, ("environment", "env_file", "networks", "links", "container_name", "extends", "provider")),
)


def map_project(
    loaded: Loaded,
    project: Project,
    active: dict[str, Service],
    files: Files,
    choices: dict[str, str],
    repository: Repository | None = None,
) -> tuple[Graph, Report]:
    plan = Plan(loaded, project, active, files, Answers(choices), repository=repository)
    sections.map_sections(plan)
    grants.map_resources(plan)
    for name, service in active.items():
        _draft(plan, name, service)
    plan.awaited = kinds.awaited(active.values())
    for draft in plan.drafts.values():
        kinds.choose_kind(draft, plan)
    renames = Renames({draft.name: draft.kube for draft in plan.drafts.values() if draft.name != draft.kube})
    for draft in plan.drafts.values():
        _map_service(draft, plan, renames)
    services.add_services(plan)
    services.add_links(plan)
    claims.finish_claims(plan)
    policies.add_policies(plan)
    _add_workloads(plan)
    sections.map_networks(plan)
    sections.map_details(plan)
    environment.ask_unset(plan)
    finish_rows(plan)
    sections.map_resets(plan)
    _check_answers(plan)
    layout.place(plan)
    graph = with_short_ids(Graph(nodes=list(plan.nodes.values()), edges=list(plan.edges.values())))
    return graph, Report(plan.rows.list(), tuple(plan.answers.questions.values()), tuple(plan.warnings))


def _draft(plan: Plan, name: str, service: Service) -> None:
    path = joined("services", name)
    if service.provider is not None:
        message = "What a provider makes is outside of the project; make it in the cluster, and refer to it."
        plan.rows.add(path, REFUSED, message, key=name)
        plan.rows.add(joined(path, "provider"), REFUSED, message)
        return
    draft = Draft(name, service, path, plan.unique("workload", name, name), f"workload-{name}")
    draft.labels = labels.read_labels(service, plan, path)
    texts = [
        *(service.command or ()),
        *(service.entrypoint or ()),
        *(v for v in (service.environment or {}).values() if v),
    ]
    draft.mentioned = "\n".join([*texts, *(service.depends_on or {}), *(service.links or ())])
    draft.data = {"name": draft.kube, "enable_service_links": False}
    plan.drafts[name] = draft


def _map_service(draft: Draft, plan: Plan, renames: Renames) -> None:
    for part, _ in PARTS:
        if part is not None:
            part(draft, plan)
    environment.map_environment(draft, plan, renames)
    environment.add_secret_node(draft, plan)


def _add_workloads(plan: Plan) -> None:
    """Last, because many parts add to a draft; first in the graph, because they are what it is about."""
    others = dict(plan.nodes)
    plan.nodes.clear()
    for draft in plan.drafts.values():
        plan.node(draft.node_id, draft.kind, draft.data)
    plan.nodes.update(others)


def _check_answers(plan: Plan) -> None:
    if plan.answers.faults:
        raise ComposeError(*plan.answers.faults)
    for id in plan.answers.unknown():
        if not id.startswith("variable."):
            plan.warnings.append(f"The answer to '{id[:80]}' was not needed.")
