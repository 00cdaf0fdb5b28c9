"""Bodies in protobuf: what a real server encodes is read as what it says in JSON."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.practice import protobuf
from clusters.practice.errors import ApiError
from tests.cluster.practice.kube import Kube, from_kubeconfig
from tests.cluster.practice.parity.scenarios import container, deployment, pod_spec

Json = Any
MEDIA = "application/vnd.kubernetes.protobuf"
PROBE = {"httpGet": {"path": "/", "port": "web", "scheme": "HTTP"}, "initialDelaySeconds": 3, "periodSeconds": 5}
RICH = {
    **pod_spec(),
    "containers": [
        container(
            env=[
                {"name": "A", "value": "1"},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            envFrom=[{"configMapRef": {"name": "c", "optional": True}}, {"prefix": "X_", "secretRef": {"name": "s"}}],
            ports=[{"name": "web", "containerPort": 80}],
            resources={"limits": {"cpu": "1"}, "requests": {"cpu": "100m"}},
            readinessProbe=PROBE,
            livenessProbe={"exec": {"command": ["true"]}},
            volumeMounts=[{"name": "v", "mountPath": "/v", "readOnly": True}, {"name": "e", "mountPath": "/e"}],
        )
    ],
    "volumes": [
        {"name": "v", "configMap": {"name": "c", "items": [{"key": "a", "path": "b"}]}},
        {"name": "e", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "s", "secret": {"secretName": "s"}},
    ],
    "nodeSelector": {"a": "b"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "imagePullSecrets": [{"name": "p"}],
    "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["h"]}],
}
OBJECTS: dict[str, Json] = {
    "/api/v1/namespaces/default/configmaps": {
        "metadata": {"name": "c", "labels": {"a": "b"}, "finalizers": ["x.y/z"]},
        "data": {"a": "1"},
        "binaryData": {"b": "AAE="},
    },
    "/api/v1/namespaces/default/secrets": {"metadata": {"name": "s"}, "data": {"k": "dg=="}, "type": "Opaque"},
    "/api/v1/namespaces/default/services": {
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"a": "b"},
            "type": "NodePort",
            "ports": [{"name": "x", "port": 80, "targetPort": "web", "protocol": "TCP"}, {"name": "y", "port": 81}],
        },
    },
    "/api/v1/namespaces/default/serviceaccounts": {"metadata": {"name": "r"}, "automountServiceAccountToken": False},
    "/api/v1/namespaces/default/resourcequotas": {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "5"}}},
    "/api/v1/namespaces/default/persistentvolumeclaims": {
        "metadata": {"name": "c"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    },
    "/apis/apps/v1/namespaces/default/deployments": {
        **deployment("d", 0),
        "spec": {**deployment("d", 0)["spec"], "template": {"metadata": {"labels": {"app": "d"}}, "spec": RICH}},
    },
    "/apis/apps/v1/namespaces/default/statefulsets": {
        "metadata": {"name": "s"},
        "spec": {
            **deployment("d", 2)["spec"],
            "serviceName": "s",
            "volumeClaimTemplates": [
                {
                    "metadata": {"name": "v"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            ],
        },
    },
    "/apis/apps/v1/namespaces/default/daemonsets": {
        "metadata": {"name": "s"},
        "spec": {k: v for k, v in deployment("d")["spec"].items() if k != "replicas"},
    },
    "/apis/batch/v1/namespaces/default/jobs": {
        "metadata": {"name": "j"},
        "spec": {"backoffLimit": 0, "template": {"spec": {**pod_spec(), "restartPolicy": "Never"}}},
    },
    "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles": {
        "metadata": {"name": "r"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["a"]}],
    },
    "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings": {
        "metadata": {"name": "r"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "default"}],
    },
    "/apis/networking.k8s.io/v1/namespaces/default/ingresses": {
        "metadata": {"name": "i"},
        "spec": {
            "tls": [{"hosts": ["a.b"], "secretName": "t"}],
            "rules": [
                {
                    "host": "a.b",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ],
        },
    },
    "/apis/scheduling.k8s.io/v1/priorityclasses": {"metadata": {"name": "p"}, "value": 5, "description": "x"},
}


def bare(value: Json) -> Json:
    """Without what the server leaves out of one of the two forms, or what differs between two dry runs."""
    dropped = (
        "managedFields",
        "status",
        "uid",
        "creationTimestamp",
        "selfLink",
        "nodePort",
        "clusterIP",
        "clusterIPs",
        "generation",
        "apiVersion",
        "controller-uid",
        "kind",
    )
    if isinstance(value, dict):
        found = {k: bare(v) for k, v in value.items() if k not in dropped and v not in (None, "")}
        return {k: v for k, v in found.items() if v not in ({}, [])}
    return [bare(v) for v in value] if isinstance(value, list) else value


@pytest.mark.kube
@pytest.mark.parametrize("path", OBJECTS)
async def test_what_a_real_server_encodes_is_read(path: str) -> None:
    async with from_kubeconfig(Path(os.environ["SAILCLOTH_TEST_KUBECONFIG"])) as kube:
        shown = await kube.post(path, OBJECTS[path], dryRun="All")
        assert shown.status == 201, shown.body
        async with kube.session.post(
            kube.root + path, json=OBJECTS[path], params={"dryRun": "All"}, ssl=kube.context, headers={"Accept": MEDIA}
        ) as response:
            assert response.content_type == MEDIA
            found = protobuf.load(await response.read())
    assert found["kind"] == shown["kind"]
    assert bare(found) == bare(shown.body)


def encode(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2, len(value)]) + value


def envelope(version: str, kind: str, raw: bytes) -> bytes:
    kinds = encode(1, version.encode()) + encode(2, kind.encode())
    return protobuf.MAGIC + encode(1, kinds) + encode(2, raw)


async def test_an_object_in_protobuf_is_created(practice: Kube) -> None:
    raw = encode(1, encode(1, b"c")) + encode(2, encode(1, b"a") + encode(2, b"1"))
    async with practice.session.post(
        practice.root + "/api/v1/namespaces/default/configmaps",
        data=envelope("v1", "ConfigMap", raw),
        headers={"Content-Type": MEDIA, "Accept": f"{MEDIA},application/json"},
        ssl=practice.context,
    ) as response:
        assert response.status == 201
        assert (await response.json())["data"] == {"a": "1"}


async def test_what_is_not_known_in_protobuf_is_refused_by_name(practice: Kube) -> None:
    for raw, word in (
        (envelope("v1", "ConfigMap", encode(9, b"x")), "field 9 of ConfigMap"),
        (envelope("v1", "Binding", b""), "Binding is not known"),
        (protobuf.MAGIC + b"\xff", "the middle of a number"),
    ):
        async with practice.session.post(
            practice.root + "/api/v1/namespaces/default/configmaps",
            data=raw,
            headers={"Content-Type": MEDIA},
            ssl=practice.context,
        ) as response:
            assert response.status == 415
            assert word in (await response.json())["message"]


@given(st.binary(max_size=60))
def test_no_body_does_more_than_be_refused(raw: bytes) -> None:
    for body in (raw, protobuf.MAGIC + raw, envelope("v1", "Deployment", raw[:50])):
        try:
            protobuf.load(body)
        except ApiError as error:
            assert error.code == 415


def test_bytes_come_out_as_base64() -> None:
    raw = encode(2, encode(1, b"k") + encode(2, b"\x00\x01"))
    assert base64.b64decode(protobuf.load(envelope("v1", "Secret", raw))["data"]["k"]) == b"\x00\x01"
