"""kubectl against `python -m clusters.practice`: over TLS, with the kubeconfig that it writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
ROOT = Path(__file__).resolve().parents[3]

MANIFEST = textwrap.dedent("""
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {COLOR: blue}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: web
            image: nginx:1.29
            envFrom: [{configMapRef: {name: settings}}]
            ports: [{containerPort: 80}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
""")


class Kubectl:
    def __init__(self, config: Path) -> None:
        self.environment = {**os.environ, "KUBECONFIG": str(config), "HOME": str(config.parent)}

    def __call__(self, *words: str, stdin: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [str(KUBECTL), *words],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
            check=False,
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def json(self, *words: str) -> dict:
        return json.loads(self(*words, "-o", "json"))


def start(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    command = [sys.executable, "-m", "clusters.practice", "--data-dir", str(folder), "--speed", "0.1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("KUBECONFIG=")
    return process, Path(line.strip().removeprefix("KUBECONFIG="))


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    process, config = start(tmp_path_factory.mktemp("kubectl"))
    yield Kubectl(config)
    process.terminate()
    assert process.wait(10) == 0


@pytest.fixture
def space(kubectl: Kubectl) -> Iterator[str]:
    name = f"k-{time.time_ns()}"
    kubectl("apply", "-f", "-", stdin=f'{{"apiVersion": "v1", "kind": "Namespace", "metadata": {{"name": "{name}"}}}}')
    kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=10s")
    yield name
    kubectl("delete", "namespace", name)


def test_apply_get_describe_and_delete(kubectl: Kubectl, space: str) -> None:
    first = kubectl("apply", "-n", space, "-f", "-", stdin=MANIFEST)
    assert "deployment.apps/web created" in first
    assert "Successfully" not in first
    assert kubectl("rollout", "status", "deployment/web", "-n", space, "--timeout=20s").endswith(
        'deployment "web" successfully rolled out\n'
    )
    again = kubectl("apply", "-n", space, "-f", "-", stdin=MANIFEST)
    assert again.count("unchanged") == 3, again
    rows = kubectl("get", "pods", "-n", space, "--no-headers").splitlines()
    assert [r.split()[1:3] for r in rows] == [["1/1", "Running"]] * 2
    wide = kubectl("get", "deploy,svc,cm", "-n", space, "-o", "wide")
    assert "nginx:1.29" in wide
    described = kubectl("describe", "deployment", "web", "-n", space)
    assert "2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in described
    assert "ScalingReplicaSet" in described
    assert "Successfully assigned" in kubectl("describe", "pods", "-n", space)
    changed = MANIFEST.replace("nginx:1.29", "nginx:1.30")
    assert "deployment.apps/web configured" in kubectl("apply", "-n", space, "-f", "-", stdin=changed)
    kubectl("rollout", "status", "deployment/web", "-n", space, "--timeout=20s")
    assert "revision" in kubectl("rollout", "history", "deployment/web", "-n", space).lower()
    kubectl("rollout", "undo", "deployment/web", "-n", space)
    kubectl("rollout", "status", "deployment/web", "-n", space, "--timeout=20s")
    found = kubectl.json("get", "deployment", "web", "-n", space)
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.29"
    assert 'deployment.apps "web" deleted' in kubectl("delete", "deployment/web", "-n", space, "--timeout=20s")
    kubectl("wait", "--for=delete", "pods", "-l", "app=web", "-n", space, "--timeout=20s")


def test_server_side_apply_and_its_conflicts(kubectl: Kubectl, space: str) -> None:
    words = ("apply", "--server-side", "-n", space, "-f", "-")
    assert "serverside-applied" in kubectl(*words, "--field-manager=one", stdin=MANIFEST)
    other = MANIFEST.replace("COLOR: blue", "COLOR: red")
    refused = kubectl(*words, "--field-manager=two", stdin=other, fails=True)
    assert 'conflict with "one": .data.COLOR' in refused
    kubectl(*words, "--field-manager=two", "--force-conflicts", stdin=other)
    assert kubectl.json("get", "cm", "settings", "-n", space)["data"] == {"COLOR": "red"}
    assert "Warning" not in kubectl("diff", "-n", space, "--server-side", "-f", "-", stdin=other, fails=False)


def test_scale_wait_and_logs(kubectl: Kubectl, space: str) -> None:
    kubectl("apply", "-n", space, "-f", "-", stdin=MANIFEST)
    assert "scaled" in kubectl("scale", "deployment/web", "--replicas=3", "-n", space)
    kubectl("wait", "--for=jsonpath={.status.availableReplicas}=3", "deployment/web", "-n", space, "--timeout=20s")
    kubectl("wait", "--for=condition=Available", "deployment/web", "-n", space, "--timeout=20s")
    logs = kubectl("logs", "deployment/web", "-n", space)
    assert "[simulated] starting web from image nginx:1.29" in logs
    assert len(kubectl("logs", "-l", "app=web", "--tail=1", "-n", space).splitlines()) >= 3
    kubectl("rollout", "restart", "deployment/web", "-n", space)
    kubectl("rollout", "status", "deployment/web", "-n", space, "--timeout=20s")
    kubectl("label", "deployment/web", "tier=front", "-n", space)
    kubectl("annotate", "deployment/web", "note=x", "-n", space)
    kubectl("set", "image", "deployment/web", "web=nginx:1.31", "-n", space)
    assert "nginx:1.31" in kubectl("get", "deployment/web", "-n", space, "-o", "wide", "--show-labels")


def test_what_is_wrong_is_said(kubectl: Kubectl, space: str) -> None:
    broken = MANIFEST.replace("nginx:1.29", "does-not-exist:1")
    kubectl("apply", "-n", space, "-f", "-", stdin=broken)
    kubectl(
        "wait",
        "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff",
        "pod",
        "-l",
        "app=web",
        "-n",
        space,
        "--timeout=20s",
    )
    assert "not found (simulated" in kubectl("describe", "pods", "-n", space)
    refused = kubectl("logs", "deployment/web", "-n", space, fails=True)
    assert "is waiting to start" in refused
    invalid = kubectl(
        "apply", "-n", space, "-f", "-", stdin=MANIFEST.replace("replicas: 2", "replicas: -2"), fails=True
    )
    assert "must be greater than or equal to 0" in invalid
    unknown = kubectl("apply", "-n", space, "-f", "-", stdin=MANIFEST.replace("replicas:", "replicaz:"), fails=True)
    assert 'unknown field "spec.replicaz"' in unknown
    refused = kubectl("exec", "deployment/web", "-n", space, "--", "true", fails=True)
    # An old kubectl speaks SPDY only, which is refused; a newer one is told that nothing runs.
    assert "unable to upgrade" in refused or "WebSocket" in refused or "container not found" in refused, refused


def test_creating_without_a_manifest(kubectl: Kubectl, space: str) -> None:
    """Here kubectl sends protobuf."""
    there = ("-n", space)
    kubectl("create", "namespace", f"{space}-x")
    kubectl("create", "deployment", "web", "--image=nginx:1", "--replicas=2", "--port=80", *there)
    kubectl("expose", "deployment", "web", "--port=80", "--target-port=8080", *there)
    kubectl("create", "configmap", "c", "--from-literal=a=1", *there)
    kubectl("create", "secret", "generic", "s", "--from-literal=a=geheim", *there)
    kubectl("create", "serviceaccount", "robot", *there)
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods", *there)
    kubectl("create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={space}:robot", *there)
    kubectl("create", "job", "once", "--image=busybox:1", *there, "--", "echo", "hi")
    kubectl("create", "cronjob", "nightly", "--image=busybox:1", "--schedule=0 3 * * *", *there)
    kubectl("create", "ingress", "web", "--rule=a.example.com/*=web:80", *there)
    kubectl("create", "quota", "q", "--hard=pods=50", *there)
    kubectl("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=1", *there)
    kubectl("run", "shell", "--image=busybox:1", "--env=A=1", *there)
    kubectl("rollout", "status", "deployment/web", "--timeout=20s", *there)
    kubectl("wait", "--for=condition=complete", "job/once", "--timeout=20s", *there)
    assert kubectl("logs", "job/once", *there) == "hi\n"
    found = kubectl.json("get", "deployment,service,secret,role,ingress,cronjob,pdb", *there)["items"]
    by_kind = {o["kind"]: o for o in found}
    container = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert (container["image"], container["ports"][0]["containerPort"]) == ("nginx:1", 80)
    assert by_kind["Service"]["spec"]["ports"][0]["targetPort"] == 8080
    assert by_kind["Secret"]["data"] == {"a": "Z2VoZWlt"}
    assert by_kind["Role"]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
    assert by_kind["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["pathType"] == "Prefix"
    assert by_kind["CronJob"]["spec"]["schedule"] == "0 3 * * *"
    assert by_kind["PodDisruptionBudget"]["spec"]["minAvailable"] == 1
    assert kubectl("auth", "can-i", "create", "pods", *there) == "yes\n"
    assert "practice:demo" in kubectl("auth", "whoami")
    kubectl("cordon", "practice-node")
    kubectl("uncordon", "practice-node")


def test_discovery_and_explain(kubectl: Kubectl) -> None:
    resources = kubectl("api-resources", "--no-headers")
    for name in ("deployments", "cronjobs", "horizontalpodautoscalers", "networkpolicies", "customresourcedefinitions"):
        assert name in resources
    assert "apps/v1" in kubectl("api-versions")
    assert "practice" in kubectl("version")
    assert "replicas" in kubectl("explain", "deployment.spec")
    assert "Sailcloth practice cluster (simulated)" in kubectl("get", "nodes", "-o", "wide")


def test_a_custom_resource_from_its_definition_to_its_end(kubectl: Kubectl) -> None:
    definition = textwrap.dedent("""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: boats.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: boats, singular: boat, kind: Boat, shortNames: [bt]}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            additionalPrinterColumns: [{name: Sails, type: integer, jsonPath: .spec.sails}]
    """)
    kubectl("apply", "-f", "-", stdin=definition)
    kubectl("wait", "--for=condition=Established", "crd/boats.example.com", "--timeout=10s")
    boat = '{"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": {"sails": 3, "x": [1]}}'
    kubectl("apply", "-f", "-", stdin=boat)
    assert "unchanged" in kubectl("apply", "-f", "-", stdin=boat)
    assert kubectl("get", "bt", "--no-headers").split() == ["b", "3"]
    assert kubectl.json("get", "boat", "b")["spec"] == {"sails": 3, "x": [1]}
    kubectl("delete", "crd/boats.example.com", "--timeout=10s")
    assert "NotFound" in kubectl("get", "boats", fails=True)


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    process, config = start(tmp_path)
    kubectl = Kubectl(config)
    kubectl("apply", "-f", "-", stdin=MANIFEST)
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    before = kubectl.json("get", "deployment,service,configmap,pods")
    process.terminate()
    assert process.wait(10) == 0
    process, again = start(tmp_path)
    try:
        assert again == config
        after = kubectl.json("get", "deployment,service,configmap,pods")
        identity = [(o["kind"], o["metadata"]["name"], o["metadata"]["uid"]) for o in before["items"]]
        assert [(o["kind"], o["metadata"]["name"], o["metadata"]["uid"]) for o in after["items"]] == identity
        kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    finally:
        process.terminate()
        assert process.wait(10) == 0
