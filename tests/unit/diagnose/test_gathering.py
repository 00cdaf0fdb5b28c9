"""What is asked of a cluster for a diagnosis, how much, for how long, and what is made of refusals."""

import asyncio
import base64
from collections.abc import Iterable
from typing import Any, cast

import pytest

from clusters.kube.gateway import Busy, Gateway, NotFound, Refused, Unreachable
from clusters.types import OWNER, Rights
from plugins.sdk.diagnosis import See
from plugins.sdk.objects import ObjectKey
from plugins.sdk.recent import recent_capabilities
from tests.unit.diagnose.scenes import NS, container, crashing, deployment, obj, pod, running
from workflows.deploy.applyset import PART_OF_LABEL
from workflows.runs.diagnosing.gathering import LINES, MOST_ITEMS, Gathered, Wish, gather
from workflows.runs.diagnosing.redacting import HIDDEN, Redactor

Json = dict[str, Any]
WEB = ObjectKey("apps", "Deployment", NS, "web")
ALL = frozenset({See.PODS, See.EVENTS, See.LOGS, See.SOURCES, See.CLASSES, See.SERVICES})


class Fake:
    """A cluster of a few objects. `errors` are raised for a path or a kind, `slow` seconds pass before each answer."""

    def __init__(self, objects: Iterable[Json], *, errors: dict[str, Exception] | None = None, slow: float = 0) -> None:
        self.objects = list(objects)
        self.errors = errors or {}
        self.slow = slow
        self.more: set[str] = set()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.read: list[tuple[str, bool]] = []

    async def capabilities(self, *, refresh: bool = False) -> Any:
        return recent_capabilities()

    async def get(self, kind: Any, name: str, namespace: str = "") -> Json:
        await asyncio.sleep(self.slow)
        self._raise(kind.kind)
        for item in self.objects:
            if (item["kind"], item["metadata"]["name"]) == (kind.kind, name):
                return item
        raise NotFound("not found", reason="NotFound", status=404)

    async def raw(self, method: str, path: str, *, query: Any = None, body: Any = None) -> Json:
        await asyncio.sleep(self.slow)
        plural = path.rpartition("/")[2]
        self.asked.append((path, query))
        self._raise(plural)
        items = [item for item in self.objects if f"{item['kind'].lower()}s" == plural]
        return {"items": items, "metadata": {"continue": "x"} if plural in self.more else {}}

    async def logs(
        self, pod: str, namespace: str, *, container: str, tail: int, previous: bool, limit_bytes: int
    ) -> str:
        self.read.append((pod, previous))
        self._raise("log")
        return "\n".join(f"line {number}\x00" for number in range(100))

    def _raise(self, name: str) -> None:
        if name in self.errors:
            raise self.errors[name]


def look(fake: Fake, *, rights: Rights = Rights(OWNER), seconds: float = 5, **more: Any) -> Gathered:  # noqa: B008
    wish = Wish(keys=[WEB], namespace=NS, sees=ALL, rights=rights, set_id="ours", **more)
    return asyncio.run(gather(cast(Gateway, fake), wish, seconds=seconds))


def owned(one: Json) -> Json:
    return {**one, "metadata": {**one["metadata"], "ownerReferences": [{"uid": "rs"}]}}


def test_everything_that_checks_want() -> None:
    reads = deployment("web", container(envFrom=[{"secretRef": {"name": "login"}}, {"configMapRef": {"name": "gone"}}]))
    secret = obj("v1", "Secret", "login", data={"PASSWORD": base64.b64encode(b"hunter22").decode()})
    fake = Fake([reads, secret, owned(pod(crashing())), pod(running(), name="stranger")])
    found = look(fake)
    assert [each.key for each in found.objects] == [WEB]
    assert [each["metadata"]["name"] for each in (found.pods or {}).values()] == ["web-7d4b9c-x1"]
    shown = found.named["Secret", "login"]
    assert shown is not None and shown["keys"] == ["PASSWORD"] and "data" not in shown
    assert found.hidden == {"hunter22"}
    assert found.named["ConfigMap", "gone"] is None
    assert set(found.listed) == {"StorageClass", "Service"}
    (lines,) = found.logs.values()
    assert (len(lines), lines[-1], fake.read) == (LINES, "line 99", [("web-7d4b9c-x1", True)])
    queries = dict(fake.asked)
    assert all(query["limit"] == str(MOST_ITEMS) for query in queries.values())
    assert queries[f"/api/v1/namespaces/{NS}/pods"]["labelSelector"].startswith("app.kubernetes.io/instance=shop")
    assert "/apis/storage.k8s.io/v1/storageclasses" in queries


def test_what_another_workflow_has_by_now_is_not_looked_into() -> None:
    theirs = deployment("web", container(envFrom=[{"secretRef": {"name": "login"}}]))
    theirs["metadata"]["labels"] = {**theirs["metadata"].get("labels", {}), PART_OF_LABEL: "theirs"}
    secret = obj("v1", "Secret", "login", data={"PASSWORD": base64.b64encode(b"hunter22").decode()})
    fake = Fake([theirs, secret, owned(pod(crashing()))])
    found = look(fake)
    assert (found.taken, found.objects, found.pods, found.named, found.logs) == ({WEB: "theirs"}, [], None, {}, {})
    assert fake.read == []


def test_what_may_not_be_listed_is_unknown_not_empty() -> None:
    no = Refused("forbidden", reason="Forbidden", status=403)
    late = Busy("slow down", reason="TooManyRequests", status=429)
    found = look(Fake([deployment()], errors={"pods": no, "storageclasses": no, "services": late, "events": no}))
    assert (found.trouble, found.pods, found.listed, found.events) == ("", None, {}, [])


def test_a_list_that_is_too_long_is_unknown_too() -> None:
    fake = Fake([deployment()])
    fake.more = {"services", "events"}
    found = look(fake)
    assert "Service" not in found.listed
    fields = [query.get("fieldSelector") for path, query in fake.asked if path.endswith("/events")]
    assert fields == [None, "involvedObject.name=web"]


def test_rights_end_where_they_end() -> None:
    fake = Fake([deployment(), obj("storage.k8s.io/v1", "StorageClass", "fast")])
    found = look(fake, rights=Rights("viewer", frozenset({NS})))
    assert "Service" in found.listed and "StorageClass" not in found.listed
    elsewhere = look(Fake([deployment()]), rights=Rights("viewer", frozenset({"other"})))
    assert (elsewhere.objects, elsewhere.pods) == ([], None)


def test_no_logs_where_they_are_not_to_be_read() -> None:
    fake = Fake([deployment(), owned(pod(crashing()))])
    assert look(fake, with_logs=False).logs == {}
    assert fake.read == []


@pytest.mark.parametrize("error", [NotFound("x", reason="NotFound"), Unreachable("x", reason="timeout")])
def test_logs_that_cannot_be_had(error: Exception) -> None:
    found = look(Fake([deployment(), owned(pod(crashing()))], errors={"log": error}))
    assert (found.trouble, found.logs) == ("", {})


def test_time_is_up() -> None:
    nothing = look(Fake([deployment()], slow=5), seconds=0.1)
    assert nothing.trouble == "The cluster does not answer in time."
    some = look(Fake([deployment()], slow=0.1), seconds=0.15)
    assert (some.trouble, len(some.objects)) == ("", 1)


def test_a_cluster_that_is_away() -> None:
    away = Unreachable("Connection refused.", reason="refused")
    assert look(Fake([], errors={"Deployment": away})).trouble == "The cluster cannot be reached: Connection refused."


class TestRedactor:
    def test_however_it_is_written(self) -> None:
        redactor = Redactor(['p"ss/w rd', "first\nsecond line"])
        for line in ('x p"ss/w rd y', 'x p\\"ss/w rd y', "x p%22ss%2Fw%20rd y", "x cCJzcy93IHJk y", "x second line y"):
            assert redactor.line(line) == f"x {HIDDEN} y"

    def test_short_values_go_from_logs_only_and_as_words(self) -> None:
        redactor = Redactor(["ab", ""])
        assert redactor.text("ab cab") == "ab cab"
        assert redactor.line("pin=ab cab") == f"pin={HIDDEN} cab"

    def test_nothing_to_hide(self) -> None:
        assert Redactor([]).line("as it is") == "as it is"
