"""Kinds whose health a plugin describes, as their controllers write it."""

from typing import Any

import pytest

from clusters.health import assess
from plugins.sdk.health import HealthStatus

H, P, D = HealthStatus.HEALTHY, HealthStatus.PROGRESSING, HealthStatus.DEGRADED


def of(api_version: str, kind: str, status: dict[str, Any]) -> HealthStatus:
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "generation": 1}, "status": status}
    return assess(body).status


def conditions(**found: str) -> dict[str, Any]:
    return {"conditions": [{"type": name, "status": value} for name, value in found.items()]}


@pytest.mark.parametrize(
    ("api_version", "kind", "status", "expected"),
    [
        ("mysql.oracle.com/v2", "InnoDBCluster", {"cluster": {"status": "ONLINE"}}, H),
        ("mysql.oracle.com/v2", "InnoDBCluster", {"cluster": {"status": "NO_QUORUM"}}, D),
        ("mysql.oracle.com/v2", "InnoDBCluster", {}, P),
        ("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", {"phase": "Running"}, H),
        ("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", {"phase": "Failed"}, D),
        ("argoproj.io/v1alpha1", "Application", {"health": {"status": "Degraded"}}, D),
        ("argoproj.io/v1alpha1", "Application", {"health": {"status": "Missing"}}, P),
        ("velero.io/v1", "Backup", {"phase": "PartiallyFailed"}, D),
        ("velero.io/v1", "Backup", {"phase": "SomethingNew"}, P),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", conditions(AllReplicasReady="True", ClusterAvailable="True"), H),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", conditions(AllReplicasReady="False", ClusterAvailable="True"), P),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", conditions(AllReplicasReady="True"), P),
        ("kafka.strimzi.io/v1", "Kafka", conditions(Ready="True"), H),
        ("kafka.strimzi.io/v1", "Kafka", conditions(NotReady="True"), D),
        ("bitnami.com/v1alpha1", "SealedSecret", conditions(Synced="False"), D),
        ("cert-manager.io/v1", "Certificate", conditions(Ready="True"), H),
        ("cert-manager.io/v1", "Certificate", {}, P),
        ("postgresql.cnpg.io/v1", "Cluster", {"phase": "Cluster in healthy state"}, H),
        ("postgresql.cnpg.io/v1", "Cluster", {"phase": "Setting up primary"}, P),
    ],
    ids=[
        "mysql-online", "mysql-quorum", "mysql-silent", "mongo-running", "mongo-failed", "argo-degraded",
        "argo-missing", "velero-partly", "velero-unknown", "rabbit-ready", "rabbit-not-all", "rabbit-half",
        "kafka-ready", "kafka-not-ready", "sealed-refused", "certificate-ready", "certificate-silent", "pg-healthy",
        "pg-starting",
    ],
)  # fmt: skip
def test_as_their_controllers_say(api_version: str, kind: str, status: dict[str, Any], expected: HealthStatus) -> None:
    assert of(api_version, kind, status) is expected
