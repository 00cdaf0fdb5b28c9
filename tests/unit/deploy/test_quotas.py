"""What fits into a quota one by one, and not together."""

from decimal import Decimal
from typing import Any

import pytest

from workflows.deploy.quotas import Creation, amount_of, exceeded

Json = dict[str, Any]


def quota(hard: Json, used: Json | None = None, **spec: Any) -> Json:
    status = {"hard": hard, "used": used or dict.fromkeys(hard, "0")}
    return {"metadata": {"name": "few"}, "spec": {"hard": hard, **spec}, "status": status}


def claim(position: int, size: str = "1Gi", **spec: Any) -> Creation:
    body = {"spec": {"resources": {"requests": {"storage": size}}, **spec}}
    return Creation(position, "", "persistentvolumeclaims", body)


def config(position: int) -> Creation:
    return Creation(position, "", "configmaps", {"data": {}})


def test_the_one_too_many_is_refused() -> None:
    limits = quota({"configmaps": "3"}, {"configmaps": "1"})
    refused = exceeded([config(0), config(4), config(9)], [limits])
    assert list(refused) == [9]
    assert refused[9].startswith("There is no room for it: the quota few allows configmaps=3, 1 is used")
    assert exceeded([config(0), config(4)], [limits]) == {}


def test_what_is_refused_takes_no_room() -> None:
    limits = quota({"requests.storage": "2Gi"})
    assert list(exceeded([claim(0, "1Gi"), claim(1, "3Gi"), claim(2, "1024Mi")], [limits])) == [1]


@pytest.mark.parametrize(
    ("hard", "creations"),
    [
        ({"count/deployments.apps": "1"}, [Creation(n, "apps", "deployments", {}) for n in range(2)]),
        ({"services.loadbalancers": "0"}, [Creation(1, "", "services", {"spec": {"type": "LoadBalancer"}})]),
        (
            {"services.nodeports": "1"},
            [Creation(1, "", "services", {"spec": {"type": "NodePort", "ports": [{"port": 1}, {"port": 2}]}})],
        ),
        (
            {"fast.storageclass.storage.k8s.io/requests.storage": "1Gi"},
            [claim(0, "3Gi"), claim(1, "2Gi", storageClassName="fast")],
        ),
    ],
)
def test_everything_that_is_counted(hard: Json, creations: list[Creation]) -> None:
    assert list(exceeded(creations, [quota(hard)])) == [1]


def test_what_is_not_counted_here() -> None:
    scoped = quota({"configmaps": "0"}, scopes=["BestEffort"])
    unknown = {"metadata": {"name": "new"}, "spec": {"hard": {"configmaps": "0"}}}
    odd = quota({"configmaps": "many"})
    assert exceeded([config(0)], [scoped, unknown, odd, quota({"pods": "0", "limits.cpu": "0"})]) == {}


@pytest.mark.parametrize(
    ("text", "amount"),
    [("10", "10"), ("1500m", "1.5"), ("2Gi", "2147483648"), ("1e3", "1000"), ("5k", "5000"), (3, "3"), ("0", "0")],
)
def test_quantities(text: Any, amount: str) -> None:
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", [None, "", "many", "Gi", "1Xi"])
def test_no_quantities(text: Any) -> None:
    assert amount_of(text) is None
