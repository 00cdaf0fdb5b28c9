"""One target on a cluster, driven as a worker drives runs, with its inventory in memory instead of a database.

A graph is compiled for the cluster as for any run; a test may look on at every save of the journal, or cancel.
"""

import asyncio
import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import msgspec

from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Gateway, NotFound
from plugins.registry import core_types
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey
from plugins.sdk.problems import Severity
from tests.cluster.definitions import definition
from workflows.compile import CompileOptions, compile_graph
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.content import Content, Markers, to_content
from workflows.deploy.executor import Executor, Setting
from workflows.deploy.inventory import Entry
from workflows.deploy.journal import Options, Outcome, State, entries_after, load, start
from workflows.deploy.runner import drive
from workflows.deploy.steps import Result, Step
from workflows.deploy.view import View
from workflows.graph.parse import parse_graph

Json = dict[str, Any]

TIMEOUT = 60
IMAGE = "busybox:1"
SLEEP = ["sh", "-c", "sleep 86400"]


class OwnLoop:
    """A loop in a thread of its own: what runs beside other tests must not end when they stop the cluster loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="trust", daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(120)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class Ended(msgspec.Struct, frozen=True):
    """A run that is over: its last journal, and the plan it was shown with."""

    state: State
    plan: Json | None

    @property
    def outcome(self) -> Outcome | None:
        return self.state.outcome

    @property
    def message(self) -> str:
        return self.state.message

    @property
    def actions(self) -> dict[str, str]:
        return actions(self.plan or {"objects": []})

    @property
    def log(self) -> list[str]:
        return [line.message for line in self.state.log]


class World:
    """`name` makes the namespace and the target; `other` worlds share a cluster, and namespaces if they are told."""

    def __init__(self, gateway: Gateway, loop: OwnLoop, name: str, *, namespace: str = "") -> None:
        self.gateway = gateway
        self.loop = loop
        self.namespace = namespace or f"trust-{name[:30]}-{uuid.uuid4().hex[:6]}"
        self.parent = parent_of_target(uuid.uuid4().hex[:12], self.namespace, name)
        self.known: dict[ObjectKey, Entry] = {}
        self.made_namespace = False
        self._namespaces = {self.namespace}
        self._others: list[World] = []

    def other(self, name: str, *, namespace: str = "") -> "World":
        """Another target on the same cluster; in the same namespace unless told otherwise."""
        made = World(self.gateway, self.loop, name, namespace=namespace or self.namespace)
        self._others.append(made)
        return made

    def reached_by(self, connection: Connection) -> "World":
        """The same target with another identity."""
        made = World(DirectGateway(connection), self.loop, self.parent.title, namespace=self.namespace)
        made.parent, made.known = self.parent, self.known
        return made

    # --- runs

    def content(self, nodes: Sequence[Json], edges: Sequence[Json] = (), *, strict: bool = True) -> Content:
        graph, problems = parse_graph(list(nodes), list(edges))
        assert not problems, problems
        result = compile_graph(
            graph,
            types=core_types(),
            capabilities=self.call(self.gateway.capabilities()),
            options=CompileOptions(self.namespace, "trust", b"key"),
            secrets=Markers(),
        )
        errors = [problem.message for problem in result.problems if problem.severity is Severity.ERROR]
        assert not errors or not strict, errors
        return to_content(result.bundle, self.parent.id)

    def plan(self, nodes: Sequence[Json], edges: Sequence[Json] = (), **options: Any) -> Json:
        return dict(self.call(self._executor(self.content(nodes, edges), "deploy", Options(**options)).plan()).document)

    def deploy(self, nodes: Sequence[Json], edges: Sequence[Json] = (), **options: Any) -> Ended:
        return self.run(self.content(nodes, edges), **options)

    def must_deploy(self, nodes: Sequence[Json], edges: Sequence[Json] = (), **options: Any) -> Ended:
        ended = self.deploy(nodes, edges, **options)
        assert ended.outcome is Outcome.SUCCEEDED, ended.message
        return ended

    def undeploy(self, **options: Any) -> Ended:
        return self.run(Content(), "undeploy", **options)

    def run(
        self,
        content: Content,
        operation: str = "deploy",
        *,
        look: Callable[[State, Sequence[Step]], object] = lambda state, upcoming: None,
        cancel_at: Callable[[State], bool] = lambda state: False,
        **options: Any,
    ) -> Ended:
        """From begin to end. `look` is called at each save, with the steps that come next; a run for which `cancel_at`
        is true when a step begins is cancelled while that step is under way."""
        chosen = Options(**{"timeout_seconds": TIMEOUT, **options})
        ledger = _Ledger(self, look)
        executor = self._executor(content, operation, chosen)
        executor.told = lambda state: ledger.cancel_if(cancel_at(state))
        first = start(content, operation=operation, options=chosen, now=time.time())
        state = drive(first, executor, ledger, call=self.call)
        return Ended(state, executor.document)

    def _executor(self, content: Content, operation: str, options: Options) -> "_Executor":
        async def guard() -> None:
            return None

        setting = Setting(
            parent=self.parent,
            content=content,
            operation=operation,
            release="1",
            known=dict(self.known),
            force_conflicts=options.force_conflicts,
            delete_claims=options.delete_claims,
            made_namespace=self.made_namespace,
        )
        return _Executor(View(self.gateway), setting, guard=guard)

    # --- the cluster itself

    def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.call(coroutine)

    def kind(self, kind: str, group: str = "") -> ServedKind:
        found = self.call(self.gateway.capabilities()).find(group, kind)
        found = found or self.call(self.gateway.capabilities(refresh=True)).find(group, kind)
        assert found is not None, kind
        return found

    def live(self, kind: str, name: str, group: str = "", namespace: str = "") -> Json | None:
        """The object as it is; None when it is not there."""
        served = self.kind(kind, group)
        try:
            return dict(self.call(self.gateway.get(served, name, self._place(served, namespace))))
        except NotFound:
            return None

    def there(self, kind: str, name: str, group: str = "", namespace: str = "") -> Json:
        found = self.live(kind, name, group, namespace)
        assert found is not None, f"{kind} {name} is not there"
        return found

    def is_there(self, kind: str, name: str, group: str = "", namespace: str = "") -> bool:
        """What is on its way out does not count."""
        found = self.live(kind, name, group, namespace)
        return found is not None and not found["metadata"].get("deletionTimestamp")

    def _place(self, served: ServedKind, namespace: str) -> str:
        return (namespace or self.namespace) if served.namespaced else ""

    def make(self, kind: str, name: str, group: str = "", *, namespace: str = "", **body: Any) -> Json:
        """Somebody else makes an object, with no thought of us."""
        served = self.kind(kind, group)
        metadata: Json = {"name": name, **body.pop("metadata", {})}
        if served.namespaced:
            metadata["namespace"] = namespace or self.namespace
        sent = {"apiVersion": served.api_version, "kind": kind, "metadata": metadata, **body}
        path = _path(served, metadata.get("namespace", ""))
        query = {"fieldManager": "somebody"}
        return dict(self.call(self.gateway.raw("POST", path, query=query, body=sent)))

    def change(
        self, kind: str, name: str, group: str = "", *, manager: str = "kubectl-edit", change: Callable[[Json], object]
    ) -> Json:
        """Somebody else changes an object: `change` works on a copy of what is there."""
        served, live = self.kind(kind, group), self.there(kind, name, group)
        change(live)
        del live["metadata"]["resourceVersion"]
        path = f"{_path(served, live['metadata'].get('namespace', ''))}/{name}"
        return dict(self.call(self.gateway.raw("PUT", path, query={"fieldManager": manager}, body=live)))

    def delete(self, kind: str, name: str, group: str = "", namespace: str = "") -> None:
        served = self.kind(kind, group)
        with contextlib.suppress(NotFound):
            self.call(self.gateway.delete(served, name, self._place(served, namespace)))

    def make_namespace(self, name: str = "") -> None:
        """It is there before the target comes."""
        self._namespaces.add(name or self.namespace)
        self.make("Namespace", name or self.namespace)
        # A real cluster lets nobody make pods before it has made the account that they run as, and its token.
        self.eventually(lambda: self._has_account(name or self.namespace))

    def _has_account(self, namespace: str) -> bool:
        account = self.live("ServiceAccount", "default", namespace=namespace)
        return account is not None and (self.is_since(24) or bool(account.get("secrets")))

    def is_since(self, minor: int) -> bool:
        """Whether it is a Kubernetes of that minor version or later."""
        return int(self.call(self.gateway.version()).split(".")[1]) >= minor

    def version(self, kind: str, name: str, group: str = "") -> str:
        return str(self.there(kind, name, group)["metadata"]["resourceVersion"])

    @staticmethod
    def eventually(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        until = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < until, "it did not come true"
            time.sleep(0.1)
        return value

    def close(self) -> None:
        """Without waiting: namespaces go by themselves."""
        for other in self._others:
            other.close()
        for name in self._namespaces | {key.namespace for key in self.known if key.namespace}:
            self.delete("Namespace", name)
        for key in self.known:
            if not key.namespace:
                with contextlib.suppress(AssertionError):
                    self.delete(key.kind, key.name, key.group)


class _Executor(Executor):
    """Tells of each step before it carries it out."""

    told: Callable[[State], object] = staticmethod(lambda state: None)

    async def execute(self, step: Step, state: State) -> Result:
        self.told(state)
        return await super().execute(step, state)


class _Ledger:
    """Keeps what the database would. Every journal must survive being written and read again."""

    def __init__(self, world: World, look: Callable[[State, Sequence[Step]], object]) -> None:
        self.world = world
        self.look = look
        self.before = list(world.known.values())
        self._is_cancelled = False

    def cancel_if(self, is_wanted: bool) -> None:
        self._is_cancelled = self._is_cancelled or is_wanted

    def save(self, state: State, *, upcoming: Sequence[Step], document: Json | None) -> None:
        assert load(msgspec.json.decode(msgspec.json.encode(state.to_json()))) == state
        world = self.world
        world.known = {entry.key: entry for entry in entries_after(state, self.before)}
        world.made_namespace = world.made_namespace or state.made_namespace
        self.look(state, upcoming)

    def is_cancelled(self) -> bool:
        return self._is_cancelled


def actions(plan: Json) -> dict[str, str]:
    """{"Deployment web": "create"}"""
    return {f"{item['kind']} {item['name']}": item["action"] for item in plan["objects"]}


def reason_of(plan: Json, name: str) -> str:
    """Why what is called `name` is refused, kept or replaced."""
    return str(next(item.get("reason", "") for item in plan["objects"] if item["name"] == name))


def _path(served: ServedKind, namespace: str) -> str:
    head = f"/apis/{served.group}" if served.group else "/api"
    place = f"/namespaces/{namespace}" if namespace else ""
    return f"{head}/{served.version}{place}/{served.resource}"


# --- graphs ---------------------------------------------------------------------------------------


def node(node_id: str, type_: str, **data: Any) -> Json:
    return {"id": node_id, "type": type_, "data": {"name": node_id} | data}


def config(node_id: str, **data: Any) -> Json:
    more = {key: data.pop(key) for key in ("namespace", "name", "labels", "overrides") if key in data}
    return node(node_id, "configmap", data=data or {"A": "b"}, **more)


def deployment(node_id: str = "web", **data: Any) -> Json:
    return node(node_id, "deployment", **{"image": IMAGE, "command": SLEEP, "termination_grace_seconds": 0} | data)


def job(node_id: str, script: str = "exit 0", **data: Any) -> Json:
    return node(node_id, "job", **{"image": IMAGE, "command": ["sh", "-c", script]} | data)


def manifest(node_id: str, *objects: Json) -> Json:
    return node(node_id, "manifest", objects=list(objects))


def edge(source: str, target: str, **data: Any) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target, "data": data}


def after(source: str, target: str, condition: str = "") -> Json:
    return edge(source, target, **({"condition": condition} if condition else {}))


def group_of(world: World) -> str:
    """An API group that only this world uses."""
    return f"t{world.namespace.rpartition('-')[2]}.example.com"


def crd(world: World, plural: str) -> Json:
    """A kind of that group, for objects of any shape: `things` are of the kind Thing."""
    return definition(group_of(world), plural)
