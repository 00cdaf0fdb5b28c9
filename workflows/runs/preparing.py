"""Before the first step of a run: its release, which needs to know what the cluster serves."""

import time
from collections.abc import Callable, Iterable

from clusters.kube.gateway import ClusterError, Gateway
from clusters.services import gateway_for
from core.work import services as work
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.objects import ObjectKey
from plugins.sdk.problems import Problem
from workflows.deploy.content import Content
from workflows.deploy.journal import Options, State, load, start
from workflows.deploy.probe import is_refusal
from workflows.deploy.record import abort, cancel, record
from workflows.deploy.runner import pause_after
from workflows.deploy.sight import NodeView
from workflows.deploy.steps import Result, Step, StepKind
from workflows.deploy.view import words
from workflows.errors import InvalidGraph
from workflows.models import Run, Target, Version
from workflows.runs.ledger import RunLedger, journal_json
from workflows.runs.nodes import write_nodes
from workflows.runs.places import ask_capabilities
from workflows.runs.releases import compile_or_refuse, content_of, content_of_bundle, make_release, parent_of


def options_of(run: Run) -> Options:
    return Options(
        on_failure=run.options.get("on_failure", "keep"),
        force_conflicts=bool(run.options.get("force_conflicts")),
        take_over=bool(run.options.get("take_over")),
        timeout_seconds=int(run.options.get("timeout_seconds") or Options().timeout_seconds),
        delete_claims=tuple(run.options.get("delete_claims") or ()),
        only=tuple(ObjectKey(*each) for each in run.options.get("objects") or ()),
    )


def saved_state(run: Run) -> State | None:
    raw = run.journal.get("state")
    return load(raw) if raw else None


def first_state(run: Run, content: Content) -> State:
    return start(content, operation=run.operation, options=options_of(run), now=time.time())


def ready(ledger: RunLedger, pause: Callable[[float], None]) -> tuple[State, Gateway] | None:
    """The journal to go on from, with a release, and the cluster; None when the run ended before that."""
    release = ledger.run.release
    content = content_of(release) if release is not None else Content()
    state = saved_state(ledger.run) or first_state(ledger.run, content)
    reached = _reach(state, ledger, pause)
    if reached is None:
        return None
    gateway, capabilities, state = reached
    if capabilities is None:
        return state, gateway
    with_release = _release(state, ledger, capabilities)
    return (with_release, gateway) if with_release is not None else None


def _reach(
    state: State, ledger: RunLedger, pause: Callable[[float], None]
) -> tuple[Gateway, Capabilities | None, State] | None:
    """Waits for a cluster that does not answer, as long as the steps of a run would. What it serves is asked
    only where there is no release yet."""
    failures = 0
    while True:
        if ledger.is_cancelled():
            state = cancel(state, time.time())
        else:
            try:
                gateway = gateway_for(str(ledger.run.target.cluster_id))
                return gateway, None if ledger.run.release else ask_capabilities(gateway), state
            except ClusterError as error:
                state = record(state, Step(StepKind.PLAN), _failure(error))
        ledger.save(state, upcoming=(), document=None)
        if state.outcome is not None:
            return None
        pause(pause_after(failures))
        failures += 1


def _failure(error: ClusterError) -> Result:
    told = words(error)
    return Result(time.time(), error=told) if is_refusal(error) else Result(time.time(), trouble=told)


def _release(waited: State, ledger: RunLedger, capabilities: Capabilities) -> State | None:
    run = ledger.run
    version = Version.objects.get(workflow_id=run.workflow_id, number=run.version_number or 0)
    try:
        bundle = compile_or_refuse(
            workflow=run.workflow,
            graph_text=version.graph,
            namespace=run.target.namespace,
            capabilities=capabilities,
            cluster_id=str(run.target.cluster_id),
        )
    except InvalidGraph as error:
        _refuse(waited, ledger, error)
        return None
    with work.fenced(ledger.lease):
        target = Target.objects.select_for_update().get(pk=run.target_id)
        content = content_of_bundle(bundle, parent_of(target, run.workflow))
        release = make_release(target=target, content=content, version=version, source=run.operation)
        state = first_state(run, content)
        state.log = list(waited.log)
        run.release, run.journal = release, journal_json(state)
        run.save(update_fields=["release", "journal"])
    return state


def _refuse(state: State, ledger: RunLedger, error: InvalidGraph) -> None:
    """The cluster does not serve what the graph needs: the run ends, and the nodes say why."""
    views = {node_id: NodeView("failed", "unknown", text) for node_id, text in _by_node(error.problems)}
    with work.fenced(ledger.lease):
        ledger.save(abort(state, time.time(), error.message), upcoming=(), document=None)
        write_nodes(target=ledger.run.target, views=views)


def _by_node(problems: Iterable[Problem]) -> Iterable[tuple[str, str]]:
    found: dict[str, str] = {}
    for problem in problems:
        if problem.node_id is not None:
            found.setdefault(problem.node_id, problem.message)
    return found.items()
