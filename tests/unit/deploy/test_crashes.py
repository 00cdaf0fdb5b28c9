"""A worker may die between any two steps, and after any of them before it is written down: whoever goes on from
the journal ends where an undisturbed run would have ended.

Hypothesis chooses what is deployed, when workers die, when the cluster is away, what fails, and what is
cancelled.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plugins.sdk.objects import Wait
from tests.unit.deploy.harness import World, body, config, reloaded, workload
from workflows.deploy import applyset, managed
from workflows.deploy.content import Content
from workflows.deploy.inventory import key_of
from workflows.deploy.journal import Outcome, State
from workflows.deploy.record import cancel, record
from workflows.deploy.runner import BATCH
from workflows.deploy.steps import next_steps

NAMES = ("one", "two", "three")
FOREIGN = config("foreign", THEIRS="yes")


def job(version: int) -> dict[str, Any]:
    return body("Job", "job", api="batch/v1", spec={"template": {"v": version}})


class Crashes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.state: State | None = None
        self.content = Content()
        self.operation = "deploy"
        self.executor: Any = None

    @initialize(is_there=st.booleans())
    def namespace(self, is_there: bool) -> None:
        """The namespace is somebody else's, or will be ours."""
        if is_there:
            self.world = World("shop")
            self.world.cluster.put(FOREIGN)
        self.is_there = is_there

    # --- what is wanted

    @precondition(lambda self: self.state is None)
    @rule(
        configs=st.sets(st.sampled_from(NAMES)),
        value=st.sampled_from("abc"),
        has_workload=st.booleans(),
        job_version=st.integers(0, 2),
        ordered=st.booleans(),
    )
    def deploy(self, configs: set[str], value: str, has_workload: bool, job_version: int, ordered: bool) -> None:
        bodies = [config(name, V=value) for name in sorted(configs)]
        bodies += [workload("web"), body("PersistentVolumeClaim", "data", spec={})] if has_workload else []
        bodies += [job(job_version)] if job_version else []
        waits = [Wait("web", "job")] if ordered and has_workload and job_version else []
        self.begin(self.world.content(*bodies, waits=waits), "deploy")

    @precondition(lambda self: self.state is None)
    @rule()
    def undeploy(self) -> None:
        self.begin(Content(), "undeploy")

    def begin(self, content: Content, operation: str) -> None:
        self.content, self.operation = content, operation
        self.state = self.world.start(content, operation, timeout_seconds=30)
        self.new_worker()

    def new_worker(self) -> None:
        """It has nothing but the journal and the database's inventory."""
        assert self.state is not None
        self.state = reloaded(self.state)
        self.executor = self.world.executor(self.content, self.operation)

    # --- what happens

    @precondition(lambda self: self.state is not None)
    @rule(number=st.integers(1, 4))
    def go_on(self, number: int) -> None:
        for _ in range(number):
            if self.state is not None:
                self.batch(len(next_steps(self.state)))

    @precondition(lambda self: self.state is not None)
    @rule(done=st.integers(0, 3))
    def die(self, done: int) -> None:
        """Some steps of the batch reach the cluster, none reaches the journal."""
        assert self.state is not None
        for step in next_steps(self.state)[:done]:
            self.world.carry_out(self.executor, step, self.state)
        self.new_worker()

    def batch(self, number: int) -> None:
        assert self.state is not None
        for step in next_steps(self.state)[: min(number, BATCH)]:
            self.state = record(self.state, step, self.world.carry_out(self.executor, step, self.state))
        if self.state.trouble:
            self.world.clock.now += 20
        self.world.keep(self.state)
        if self.state.outcome is not None:
            self.end()

    @precondition(lambda self: self.state is not None)
    @rule()
    def cancel(self) -> None:
        assert self.state is not None
        self.state = cancel(self.state, self.world.clock())
        self.world.keep(self.state)
        self.end()

    @rule()
    def the_cluster_comes_and_goes(self) -> None:
        self.world.cluster.is_down = not self.world.cluster.is_down

    @rule(name=st.sampled_from(("web", "job")), mood=st.sampled_from(("well", "slow", "broken")))
    def a_mood(self, name: str, mood: str) -> None:
        self.world.cluster.moods[name] = mood

    @rule(name=st.sampled_from(NAMES))
    def somebody_deletes(self, name: str) -> None:
        self.world.cluster.objects.pop(("", "ConfigMap", "shop", name), None)

    def end(self) -> None:
        state, self.state = self.state, None
        assert state is not None
        if state.outcome is Outcome.SUCCEEDED and self.operation == "deploy":
            self.check_deployed()

    def check_deployed(self) -> None:
        """All that was wanted is there but what somebody took away meanwhile, and nothing else of ours."""
        wanted = {item.key for item in self.content.objects}
        extra = {key for key in self.ours() if key not in wanted and key.kind != "PersistentVolumeClaim"}
        assert not extra

    def ours(self) -> set[Any]:
        set_id = self.world.parent.id
        return {
            key_of(live)
            for live in self.world.cluster.objects.values()
            if applyset.part_of(live) == set_id and managed.is_applied_by_us(live)
        }

    # --- what must always hold

    @invariant()
    def what_is_not_ours_stays(self) -> None:
        if getattr(self, "is_there", False):
            assert self.world.cluster.find("Namespace", "shop") is not None
            found = self.world.cluster.find("ConfigMap", "foreign")
            assert found is not None
            assert found["data"] == {"THEIRS": "yes"}

    @invariant()
    def every_write_was_guarded(self) -> None:
        # A write that the cluster refused was guarded too.
        assert self.world.guarded >= len(self.world.cluster.writes)

    @invariant()
    def the_parent_covers_whatever_is_ours(self) -> None:
        """So that any tool, and any later run of ours, can find all members."""
        ours = self.ours()
        if not ours:
            return
        parent = self.world.cluster.find("Secret", self.world.parent.name)
        extent = applyset.extent_of_parent(parent)
        known = set(self.world.known)
        for key in ours:
            assert applyset.group_kind(key) in extent.kinds or key in known, key

    def teardown(self) -> None:
        """In the end, with the cluster up and everything well, one more run puts all right."""
        self.world.cluster.is_down = False
        self.world.cluster.moods.clear()
        if self.state is not None:
            self.new_worker()
            self.world.go_on(self.state, self.content, self.operation)
            self.state = None
        content = self.world.content(config("one", V="last"), workload("web"))
        self.content, self.operation = content, "deploy"
        state = self.world.run(content)
        assert state.outcome is Outcome.SUCCEEDED, state.message
        self.check_deployed()
        names = self.world.cluster.names() - {"PersistentVolumeClaim data", "ConfigMap foreign"}
        assert names == {"ConfigMap one", "Deployment web"}
        state = self.world.undeploy(delete_claims=("shop/data",))
        assert state.outcome is Outcome.SUCCEEDED, state.message
        assert not self.ours()
        assert (self.world.cluster.find("Namespace", "shop") is not None) == getattr(self, "is_there", False)


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
