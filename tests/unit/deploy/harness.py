"""Driving the steps of a run over a cluster in memory, one at a time, so that a test can crash between any
two."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from plugins.sdk.objects import ObjectKey, Reference, Wait
from tests.unit.deploy.fake import FakeCluster
from workflows.deploy.applyset import parent_of_target, with_part_of
from workflows.deploy.content import Content, ReleaseObject
from workflows.deploy.executor import Executor, Planned, Setting
from workflows.deploy.inventory import Entry
from workflows.deploy.journal import Options, State, entries_after, load, start
from workflows.deploy.record import record
from workflows.deploy.steps import Result, Step, next_steps
from workflows.deploy.view import View

Json = dict[str, Any]

TARGET = "0000-target"


class Clock:
    """Time passes only by sleeping, so a test of minutes takes none."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def body(kind: str, name: str, *, api: str = "v1", namespace: str = "shop", **more: Any) -> Json:
    metadata: Json = {"name": name, "labels": {"app.kubernetes.io/managed-by": "sailcloth"}}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


def config(name: str, **data: str) -> Json:
    return body("ConfigMap", name, data=data)


def workload(name: str, image: str = "busybox:1", replicas: int | None = 1, **spec: Any) -> Json:
    template = {"spec": {"containers": [{"name": "main", "image": image}]}}
    counted = {} if replicas is None else {"replicas": replicas}
    return body("Deployment", name, api="apps/v1", spec={**counted, "template": template, **spec})


class World:
    """One target on one fake cluster: its inventory lives from run to run, as the database keeps it."""

    def __init__(self, *namespaces: str, target: str = TARGET, cluster: FakeCluster | None = None) -> None:
        self.cluster = cluster or FakeCluster("default", *namespaces)
        self.clock = Clock()
        self.parent = parent_of_target(target, "shop", "Shop")
        self.known: dict[ObjectKey, Entry] = {}
        self.guarded = 0

    def content(
        self,
        *bodies: Json,
        waits: Iterable[Wait] = (),
        references: Iterable[Reference] = (),
        policies: dict[str, dict[str, str]] | None = None,
    ) -> Content:
        """Each object belongs to a node of its own name."""
        objects = tuple(ReleaseObject(with_part_of(each, self.parent.id), each["metadata"]["name"]) for each in bodies)
        return Content(objects, tuple(waits), tuple(references), policies or {})

    def executor(self, content: Content, operation: str = "deploy", **options: Any) -> Executor:
        async def guard() -> None:
            self.guarded += 1

        setting = Setting(
            parent=self.parent,
            content=content,
            operation=operation,
            release="1",
            known=dict(self.known),
            force_conflicts=bool(options.get("force_conflicts")),
            takes_from=options.get("takes_from", frozenset()),
            delete_claims=tuple(options.get("delete_claims", ())),
            values=options.get("values", {}),
        )
        return Executor(View(self.cluster), setting, guard=guard, clock=self.clock, sleep=self.clock.sleep)  # type: ignore[arg-type]

    def start(self, content: Content, operation: str = "deploy", **options: Any) -> State:
        for own in ("values", "takes_from"):
            options.pop(own, None)
        return start(content, operation=operation, options=Options(**options), now=self.clock())

    def plan(self, *bodies: Json, **options: Any) -> Json:
        return self.planned(self.content(*bodies), **options).document

    def planned(self, content: Content, **options: Any) -> Planned:
        return asyncio.run(self.executor(content, **options).plan())

    def run(self, content: Content, operation: str = "deploy", **options: Any) -> State:
        """From begin to end, without any mishap."""
        state = self.start(content, operation, **options)
        return self.go_on(state, content, operation, **options)

    def go_on(self, state: State, content: Content, operation: str = "deploy", **options: Any) -> State:
        executor = self.executor(content, operation, **options)
        for _ in range(2000):
            steps = next_steps(state)
            if not steps:
                break
            for step in steps:
                state = record(state, step, self.carry_out(executor, step, state))
            if state.trouble:
                self.clock.now += 10
        assert state.outcome is not None, "the run does not end"
        self.keep(state)
        return state

    def carry_out(self, executor: Executor, step: Step, state: State) -> Result:
        return asyncio.run(executor.execute(step, state))

    def keep(self, state: State) -> None:
        """What the ledger does to the inventory."""
        self.known = {entry.key: entry for entry in entries_after(state, self.known.values())}

    def deploy(self, *bodies: Json, **options: Any) -> State:
        return self.run(self.content(*bodies), **options)

    def undeploy(self, **options: Any) -> State:
        return self.run(Content(), "undeploy", **options)


def reloaded(state: State) -> State:
    """As another worker finds it: written as JSON and read again."""
    return load(msgspec.json.decode(msgspec.json.encode(state.to_json())))
