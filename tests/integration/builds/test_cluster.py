"""The engine on a real cluster: its objects are accepted and bounded, and what the cluster cannot do is told.

BuildKit's own image cannot be pulled where these tests run; a stand-in of the same shape takes its place, which shows
everything but BuildKit: the context arrives, arguments and secrets are where they belong, the result comes back.
"""

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F

from accounts.models import Role
from accounts.services import principal_of
from builds.engines.cluster import objects
from builds.engines.cluster.engine import JOB, NAMESPACE, POD, SECRET, ClusterEngine
from builds.engines.cluster.objects import Place
from builds.engines.packing import pack
from builds.engines.types import Bounds, EngineError, Made, Order, Registry
from builds.models import Build
from builds.services import cancel_build
from builds.services.queue import WORK_KIND
from clusters.kube import loop
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import NotFound
from clusters.kube.kubeconfig import read_kubeconfig
from clusters.services import create_cluster
from clusters.services.inputs import Given
from core.work import services as work
from core.work.models import Work
from tests.factories import make_user
from tests.integration.builds.support import (
    GONE_SECONDS,
    OPEN,
    Builder,
    Worker,
    docker,
    everything,
    in_thread,
    lines_of,
    wait_for,
)

pytestmark = [pytest.mark.kube, pytest.mark.docker]

KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"
STAND_IN = r"""#!/bin/sh
for word in "$@"; do echo "argument $word"; done
echo "#1 [1/2] FROM scratch"
echo "context $(cat /work/context/page.html)"
echo "secret $(cat /secrets/secret-0 | wc -c)"
echo "who $(id -u)"
grep -q wait /work/context/page.html && sleep 600
grep -q hold /work/context/page.html && until [ -e /work/go ]; do sleep 0.1; done
echo '{"containerimage.digest": "sha256:feed"}' > /work/metadata.json
grep -q fail /work/context/page.html && { echo "ERROR: denied: requested access to the resource is denied"; exit 1; }
exit 0
"""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Shaped as BuildKit's image: a shell, head, tar, and `buildctl-daemonless.sh`."""
    folder = tmp_path_factory.mktemp("stand-in")
    (folder / "buildctl-daemonless.sh").write_text(STAND_IN)
    text = "FROM busybox:1\nCOPY --chmod=755 buildctl-daemonless.sh /bin/\nRUN chmod 755 /bin/buildctl-daemonless.sh\n"
    (folder / "Dockerfile").write_text(text.replace("--chmod=755 ", ""))
    image = f"{OPEN}/stand-in:{uuid.uuid4().hex[:8]}"
    docker("build", "--quiet", "--tag", image, str(folder))
    docker("push", "--quiet", image)
    return image


@pytest.fixture
def gateway() -> Iterator[DirectGateway]:
    found = read_kubeconfig(Path(os.environ[KUBECONFIG]).read_text())
    made = DirectGateway(replace(found, allowed_networks=("127.0.0.0/8",)))
    yield made
    loop.run(made.close(), 20)


@pytest.fixture
def engine(gateway: DirectGateway, request: pytest.FixtureRequest) -> Iterator[Callable[[str], ClusterEngine]]:
    namespace = f"builds-{uuid.uuid4().hex[:8]}"
    yield lambda image: ClusterEngine(lambda: gateway, Place(namespace, image))
    try:
        loop.run(gateway.delete(NAMESPACE, namespace), 20)
    except NotFound:
        return


def order_of(tmp_path: Path, page: str = "hello") -> Order:
    root = tmp_path / "root"
    root.mkdir(exist_ok=True)
    (root / "Dockerfile").write_text("FROM scratch\n")
    (root / "page.html").write_text(page)
    (root / "large").write_bytes(os.urandom(3 * 1024 * 1024))
    return Order(
        build=str(uuid.uuid4()),
        name=f"{OPEN}/cluster/app:1",
        context=lambda: pack(root),
        dockerfile="Dockerfile",
        labels={"a": "b"},
        build_args={"WORD": "$(id); `id` --flag"},
        secrets={"npm": "canary"},
        target="",
        platforms=(),
        logins=(Registry(OPEN, "me", "s3cret", is_plain_http=True),),
        bounds=Bounds(60, 0.5, 128 * 1024**2, 100, 256 * 1024**2),
        folder=tmp_path,
    )


def test_objects_are_accepted(gateway: DirectGateway, tmp_path: Path) -> None:
    order, place = order_of(tmp_path), Place("default", "moby/buildkit:rootless")
    secret = loop.run(gateway.apply(SECRET, objects.secret_object(order, place), dry_run=True), 30)
    assert set(secret["data"]) == {"config.json", "secret-0"}
    job = loop.run(gateway.apply(JOB, objects.job_object(order, place, "word"), dry_run=True), 30)
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "134217728", "ephemeral-storage": "268435456"}
    assert "canary" not in json.dumps(job) and "s3cret" not in json.dumps(job)
    assert job["spec"]["backoffLimit"] == 0 and job["spec"]["template"]["spec"]["automountServiceAccountToken"] is False


def test_build_from_context_to_digest(engine: Any, stand_in: str, tmp_path: Path) -> None:
    said = bytearray()
    order = order_of(tmp_path)
    made = asyncio.run(engine(stand_in).build(order, said.extend))
    assert made == Made("sha256:feed", None, "sha256:feed", ("provenance",))
    lines = said.decode().splitlines()
    assert "context hello" in lines and "secret 6" in lines and "who 1000" in lines
    assert "argument --opt=build-arg:WORD=$(id); `id` --flag" in lines
    output = f"argument --output=type=image,name={order.name},push=true,registry.insecure=true"
    assert output in lines and "argument --secret=id=npm,src=/secrets/secret-0" in lines
    assert not any("result-" in line for line in lines)


def test_failure_is_told(engine: Any, stand_in: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        asyncio.run(engine(stand_in).build(order_of(tmp_path, "fail"), lambda _: None))
    assert raised.value.code == "registry_denied"


def test_image_that_cannot_be_pulled_is_told(engine: Any, tmp_path: Path, gateway: DirectGateway) -> None:
    made = engine(f"{OPEN}/no/such-buildkit:1")
    order = order_of(tmp_path)
    with pytest.raises(EngineError) as raised:
        asyncio.run(made.build(order, lambda _: None))
    assert raised.value.code == "engine_image_missing" and "SAILCLOTH_BUILD_IMAGE" in raised.value.message
    assert not loop.run(gateway.list(POD, made.place.namespace), 20).items


def test_cancel_leaves_nothing(engine: Any, stand_in: str, tmp_path: Path, gateway: DirectGateway) -> None:
    made, order = engine(stand_in), order_of(tmp_path, "wait")

    async def begin_and_cancel() -> float:
        said = asyncio.Event()
        here = asyncio.get_running_loop()
        task = asyncio.create_task(made.build(order, lambda _: here.call_soon_threadsafe(said.set)))
        await asyncio.wait_for(said.wait(), 60)
        asked = here.time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await made.clean_up(order.build)
        return here.time() - asked

    assert asyncio.run(begin_and_cancel()) < 5
    assert_nothing_of(gateway, made.place.namespace)


def assert_nothing_of(gateway: DirectGateway, namespace: str) -> None:
    """Neither pod nor Job nor Secret of a build."""
    assert not loop.run(gateway.list(POD, namespace), 20).items
    assert not loop.run(gateway.list(JOB, namespace), 20).items
    names = [item["metadata"]["name"] for item in loop.run(gateway.list(SECRET, namespace), 20).items]
    assert not [name for name in names if name.startswith("sailcloth-build")]


@pytest.mark.django_db(transaction=True)
class TestFromTheQueueToTheEnd:
    """As a person has it: a registered cluster, a queued build, its stream, its end."""

    @pytest.fixture
    def pages(self, builder: Builder, stand_in: str, settings: Any, gateway: DirectGateway) -> Iterator[str]:
        """The namespace in which builds run."""
        given = Given("kubeconfig", kubeconfig=Path(os.environ[KUBECONFIG]).read_text())
        settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
        root = principal_of(make_user(role=Role.ADMIN))
        cluster = create_cluster(name="builders", given=given, actor=root)
        namespace = f"builds-{uuid.uuid4().hex[:8]}"
        changes = {"build_engine": "cluster", "build_cluster": cluster.pk, "build_namespace": namespace}
        settings.BUILDS = settings.BUILDS.model_copy(update={**changes, "build_image": stand_in, "build_memory_mb": 64})
        yield namespace
        loop.run(gateway.delete(NAMESPACE, namespace), 20)

    def test_built(self, builder: Builder, pages: str) -> None:
        build = builder.build(
            "FROM scratch\nCOPY page.html /\n", files={"page.html": "hello"}, secrets={"npm": "canary"}
        )
        assert (build.status, build.error) == ("succeeded", ""), lines_of(build)
        assert (build.engine, build.digest, build.size) == ("cluster", "sha256:feed", None)
        assert build.attestations == ["provenance", "sbom"]
        assert "context hello" in lines_of(build) and "canary" not in str(everything(build))
        assert [step["status"] for step in build.steps[:2]] == ["done", "done"]
        numbers = [number for number, _ in everything(build)]
        assert numbers == list(range(1, len(numbers) + 1)) and everything(build)[-1][1][0] == "done"

    @pytest.fixture
    def killed(
        self, builder: Builder, pages: str, start_builder: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
    ) -> Build:
        """A build under way in the cluster, whose worker is dead."""
        for name in ("engine", "cluster", "namespace", "image", "memory_mb"):
            monkeypatch.setenv(f"SAILCLOTH_BUILD_{name.upper()}", str(getattr(settings.BUILDS, f"build_{name}")))
        build = builder.start("FROM scratch\n", files={"page.html": "hold"})
        worker = start_builder()
        worker.go()
        wait_for(lambda: "context hold" in lines_of(build))
        worker.kill()
        assert work.expire_dead(kinds=[WORK_KIND]) == 1
        return build

    def test_its_worker_is_killed(self, builder: Builder, pages: str, killed: Build, gateway: DirectGateway) -> None:
        """What it left in the cluster is taken away, and another worker builds it to its end."""
        (left,) = loop.run(gateway.list(POD, pages), 20).items
        thread = in_thread(lambda: builder.carry_out(Build.objects.get(pk=killed.pk)))
        wait_for(lambda: lines_of(killed).count("context hold") == 2)
        (pod,) = loop.run(gateway.list(POD, pages), 20).items
        assert pod["metadata"]["uid"] != left["metadata"]["uid"]
        loop.run(self._go(gateway, pod["metadata"]["name"], pages), 20)
        thread.join(60)
        killed.refresh_from_db()
        assert (killed.status, killed.digest, killed.journal["attempt"]) == ("succeeded", "sha256:feed", 2)
        assert "The worker that had this build stopped; another one goes on." in lines_of(killed)
        assert_nothing_of(gateway, pages)

    @staticmethod
    async def _go(gateway: DirectGateway, pod: str, namespace: str) -> None:
        running = await gateway.exec(pod, namespace, container=objects.CONTAINER, command=["touch", "/work/go"])
        try:
            while await running.read() is not None:
                continue
        finally:
            await running.aclose()

    def test_it_is_given_up(self, builder: Builder, pages: str, killed: Build, gateway: DirectGateway) -> None:
        """Where no attempt is left the build says so, and nothing of it goes on in the cluster."""
        assert loop.run(gateway.list(POD, pages), 20).items
        Work.objects.filter(key=killed.pk).update(attempt=F("max_attempts"))
        killed = builder.carry_out(killed)
        assert (killed.status, killed.error_code) == ("failed", "worker_lost")
        assert "given up" in killed.error
        assert_nothing_of(gateway, pages)

    def test_cancelled(self, builder: Builder, pages: str, gateway: DirectGateway) -> None:
        build = builder.start("FROM scratch\n", files={"page.html": "wait"})
        thread = in_thread(lambda: builder.carry_out(Build.objects.get(pk=build.pk)))
        wait_for(lambda: "context wait" in lines_of(build))
        assert loop.run(gateway.list(POD, pages), 20).items
        asked = time.monotonic()
        cancel_build(build_id=build.pk, actor=builder.actor)
        thread.join(GONE_SECONDS)
        assert not thread.is_alive() and time.monotonic() - asked < GONE_SECONDS
        build.refresh_from_db()
        assert (build.status, build.error) == ("cancelled", "It was cancelled.")
        assert_nothing_of(gateway, pages)
