"""What others wrote: nodes, edges and the verdicts on keys."""

from typing import Any

import pytest

from imports import manifests
from imports.analysis import analysis_json
from imports.conversion import Conversion
from imports.intake import Kind
from imports.masking import MASK, masked_texts
from imports.report import Verdict
from imports.types import Sent
from plugins.registry import core_types
from plugins.sdk.secrets import Placeholders
from plugins.sdk.yaml import load, load_all
from workflows.compile import CompileOptions, compile_graph
from workflows.graph.validate import validate_graph

CANARY = "canary-of-a-secret"
RELEASE = f"""
# Source: web/templates/all.yaml
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web, labels: {{app.kubernetes.io/managed-by: Helm, helm.sh/chart: web-1.0}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: web-config, labels: null}}
data: {{A: "1", app.ini: "x=1"}}
---
apiVersion: v1
kind: Secret
metadata: {{name: web-secret}}
stringData: {{TOKEN: {CANARY}}}
data: {{PIN: MTIzNA==}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: web-data}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{ports: [{{port: 80, targetPort: http, name: http}}], selector: {{app: web}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, labels: {{app: web}}}}
spec:
  replicas: 3
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{creationTimestamp: null, labels: {{app: web, tier: front}}, annotations: {{checksum/config: abc}}}}
    spec:
      restartPolicy: Always
      serviceAccountName: web
      containers:
        - name: app
          image: nginx:1.27
          ports: [{{containerPort: 80, name: http}}]
          env: [{{name: X, value: y}}, {{name: T, valueFrom: {{secretKeyRef: {{name: web-secret, key: TOKEN}}}}}}]
          envFrom: [{{configMapRef: {{name: web-config}}}}]
          resources: {{limits: {{cpu: 1, memory: 128Mi}}}}
          volumeMounts: [{{name: conf, mountPath: /etc/app, readOnly: true}}, {{name: data, mountPath: /data}}]
          livenessProbe: {{httpGet: {{path: /, port: http}}}}
        - name: side
          image: busybox:1
          fieldOfTheFuture: {{a: 1}}
      volumes:
        - {{name: conf, configMap: {{name: web-config}}}}
        - {{name: data, persistentVolumeClaim: {{claimName: web-data}}}}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  minReplicas: 1
  maxReplicas: 5
  targetCPUUtilizationPercentage: 70
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {{name: web}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: web}}}}}}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {{name: web}}
spec:
  tls: [{{hosts: [a.b], secretName: web-secret}}]
  rules: [{{host: a.b, http: {{paths: [{{path: /, backend: {{serviceName: web, servicePort: http}}}}]}}}}]
---
apiVersion: example.com/v1
kind: Widget
metadata: {{name: w}}
spec: {{a: {{b: [1]}}}}
"""


def imported(text: str, **choices: str) -> Conversion:
    return manifests.convert({"app.yaml": text.encode()}, names=["app.yaml"], choices=choices)


def objects_of(found: Conversion) -> dict[tuple[str, str], Any]:
    options = CompileOptions(namespace="demo", instance="mine", digest_key=b"key")
    result = compile_graph(found.graph, types=core_types(), options=options, secrets=Placeholders())
    return {(item.kind, item.name): item.body for item in result.bundle.objects}


def test_edges_follow_from_what_is_written() -> None:
    found = imported(RELEASE)
    assert {(edge.source, edge.target) for edge in found.graph.edges} == {
        ("configmap-web-config", "deployment-web"),
        ("hpa-web", "deployment-web"),
        ("ingress-web", "service-web"),
        ("persistentvolumeclaim-web-data", "deployment-web"),
        ("poddisruptionbudget-web", "deployment-web"),
        ("secret-web-secret", "deployment-web"),
        ("secret-web-secret", "ingress-web"),
        ("service-web", "deployment-web"),
        ("serviceaccount-web", "deployment-web"),
    }
    assert {node.type for node in found.graph.nodes if node.id == "widget-w"} == {"manifest"}
    assert [problem for problem in validate_graph(found.graph, core_types()) if problem.severity == "error"] == []


def test_nothing_is_lost() -> None:
    """Every value of the input is in what the nodes compile to, but for what is said not to be."""
    found = imported(RELEASE)
    made = objects_of(found)
    pods = made["Deployment", "web"]["spec"]["template"]["spec"]
    wanted = next(each for each in load_all(RELEASE) if each["kind"] == "Deployment")["spec"]["template"]["spec"]
    assert pods["containers"][1]["fieldOfTheFuture"] == {"a": 1}
    assert pods["volumes"] == wanted["volumes"]
    assert pods["containers"][0]["env"] == wanted["containers"][0]["env"]
    assert "replicas" not in made["Deployment", "web"]["spec"]
    assert "strategy" not in made["Deployment", "web"]["spec"] or made["Deployment", "web"]["spec"]["strategy"] == {
        "type": "RollingUpdate"
    }
    paths = made["Ingress", "web"]["spec"]["rules"][0]["http"]["paths"]
    assert paths[0]["backend"] == {"service": {"name": "web", "port": {"name": "http"}}}
    assert made["Secret", "web-secret"]["data"] == {"PIN": "MTIzNA==", "TOKEN": "Y2FuYXJ5LW9mLWEtc2VjcmV0"}
    assert made["Widget", "w"]["spec"] == {"a": {"b": [1]}}


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict) and value:
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, f"{path}.{index}")]
    return [path]


def test_every_key_has_a_verdict_and_a_line() -> None:
    found = imported(RELEASE)
    told = [row.path for row in found.report.rows]
    assert len(told) == len(set(told))
    for document in load_all(RELEASE):
        head = f"{document['kind'].lower()}/{document['metadata']['name']}"
        for leaf in leaves(document):
            path = f"{head}.{leaf}"
            assert any(path == row or path.startswith(f"{row}.") for row in told), path
    rows = analysis_json(Kind.KUBERNETES, found, Sent({"app.yaml": RELEASE.encode()}))["report"]
    assert all(row["line"] for row in rows)
    lines = RELEASE.splitlines()
    assert all(row["key"] in lines[row["line"] - 1] for row in rows if not row["path"][-1].isdigit())


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("deployment/web.spec.replicas", Verdict.KEPT),
        ("deployment/web.spec.template.spec.restartPolicy", Verdict.KEPT),
        ("deployment/web.spec.template.spec.containers.0.image", Verdict.MAPPED),
        ("deployment/web.spec.template.spec.containers.1.fieldOfTheFuture", Verdict.KEPT),
        ("ingress/web.apiVersion", Verdict.APPROXIMATED),
        ("serviceaccount/web.metadata.labels.app.kubernetes.io/managed-by", Verdict.APPROXIMATED),
        ("configmap/web-config.metadata.labels", Verdict.KEPT),
        ("widget/w.spec", Verdict.KEPT),
    ],
    ids=["scaled", "default", "field", "unknown", "old version", "manager", "null", "no type"],
)
def test_verdicts(path: str, verdict: Verdict) -> None:
    assert {row.path: row.verdict for row in imported(RELEASE).report.rows}[path] is verdict


def test_secret_values_are_seen_in_secret_nodes_alone() -> None:
    found = imported(RELEASE)
    secret = next(node for node in found.graph.nodes if node.type == "secret")
    assert secret.data == {"name": "web-secret", "type": "Opaque", "values": {"PIN": "1234", "TOKEN": CANARY}}
    shown = analysis_json(Kind.KUBERNETES, found, Sent({"app.yaml": RELEASE.encode()}))
    ((_, text),) = masked_texts({"app.yaml": RELEASE.encode()}, found)
    for place in (str(shown), text):
        assert CANARY not in place
        assert "MTIzNA" not in place
    assert text.count(MASK) == 2
    assert text.count("\n") == RELEASE.count("\n")


LIVE_SECRET = f"""
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata:
      name: s
      uid: 1-2
      annotations: {{kubectl.kubernetes.io/last-applied-configuration: '{{"stringData": {{"A": "{CANARY}"}}}}'}}
    data: {{A: Y2FuYXJ5LW9mLWEtc2VjcmV0}}
  - apiVersion: v1
    kind: Secret
    metadata: {{name: token, uid: 1-3}}
    type: kubernetes.io/service-account-token
    data: {{token: Y2FuYXJ5LW9mLWEtc2VjcmV0}}
"""


def test_what_kubectl_remembers_of_a_secret_is_hidden_too() -> None:
    found = imported(LIVE_SECRET)
    assert [node.id for node in found.graph.nodes] == ["secret-s"]
    shown = analysis_json(Kind.KUBERNETES, found, Sent({"app.yaml": LIVE_SECRET.encode()}))
    ((_, text),) = masked_texts({"app.yaml": LIVE_SECRET.encode()}, found)
    for place in (str(shown), text):
        assert CANARY not in place
        assert "Y2FuYXJ5" not in place


def test_one_namespace_is_left_to_the_run_and_may_be_kept() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
    assert "namespace" not in imported(text).graph.nodes[0].data
    assert imported(text, namespace="keep").graph.nodes[0].data["namespace"] == "shop"
    with_own = text + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    assert imported(with_own).graph.nodes[0].data["namespace"] == "shop"
    two = text + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n"
    assert [node.data["namespace"] for node in imported(two).graph.nodes] == ["shop", "other"]


def test_what_has_an_owner_is_left_out_and_said() -> None:
    text = (
        "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: web-1\n"
        "  ownerReferences: [{kind: Deployment, name: web, controller: true}]\nspec: {}\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    )
    found = imported(text)
    assert [node.id for node in found.graph.nodes] == ["configmap-a"]
    said = {row.path: row.message for row in found.report.rows}
    assert said["replicaset/web-1.spec"] == "Left out: Deployment web makes it."


def test_a_kustomization_says_what_it_cannot_do() -> None:
    files = {
        "base/kustomization.yaml": b"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        b"resources: [a.yaml, gone.yaml]\nnamePrefix: x-\n",
        "base/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    found = manifests.convert(files, names=sorted(files))
    said = {row.path: row.verdict for row in found.report.rows}
    assert said["base/kustomization.yaml.resources.0"] is Verdict.KEPT
    assert said["base/kustomization.yaml.resources.1"] is Verdict.REFUSED
    assert said["base/kustomization.yaml.namePrefix"] is Verdict.REFUSED


def test_a_role_for_one_account_goes_into_it() -> None:
    text = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: shop}]
"""
    (node,) = imported(text).graph.nodes
    assert node.data["rules"] == [{"verbs": ["get"], "api_groups": [""], "resources": ["pods"]}]
    other = text.replace("subjects: [{", "subjects: [{kind: User, name: eve}, {")
    assert sorted(node.type for node in imported(other).graph.nodes) == ["manifest", "manifest", "serviceaccount"]


def test_a_value_of_a_wrong_type_goes_on_as_it_is() -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: '3'\n"
        "  selector: {matchLabels: {a: b}}\n"
        "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: web, image: 'b:1'}]}}\n"
    )
    found = imported(text)
    assert load(text)["spec"]["replicas"] == objects_of(found)["Deployment", "web"]["spec"]["replicas"]
    assert found.graph.nodes[0].data["overrides"] == {"spec": {"replicas": "3"}}


def test_templates_of_a_chart_are_left_out_where_there_is_more() -> None:
    files = {
        "chart/templates/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
        "k8s/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {page: '{{ .Title }}'}\n",
    }
    found = manifests.convert(files, names=sorted(files))
    assert found.files == ("k8s/a.yaml",)
    assert "chart/templates/a.yaml" in found.report.warnings[0]


def test_what_another_owns_comes_after_it_and_rings_are_cut() -> None:
    def owned(name: str, kind: str, owner: str) -> str:
        reference = f"{{apiVersion: x.y/v1, kind: {kind}, name: {owner}, uid: '1'}}"
        return f"apiVersion: x.y/v1\nkind: Foo\nmetadata: {{name: {name}, ownerReferences: [{reference}]}}\n"

    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        "spec: {containers: [{name: a, image: 'a:1'}]}}}\n"
    )
    texts = [owned("a", "Deployment", "web"), owned("b", "Foo", "c"), owned("c", "Foo", "b"), owned("d", "Foo", "gone")]
    found = manifests.convert({"a.yaml": "---\n".join([deployment, *texts]).encode()}, names=["a.yaml"])
    drawn = {(edge.source, edge.target, edge.data["condition"]) for edge in found.graph.edges}
    assert drawn == {("foo-a", "deployment-web", "started"), ("foo-b", "foo-c", "started")}
    assert [problem for problem in validate_graph(found.graph, core_types()) if problem.is_fatal] == []
    said = next(row for row in found.report.rows if row.path == "foo/a.metadata.ownerReferences")
    assert (said.verdict, said.message) == (
        Verdict.APPROXIMATED,
        "The workflow owns it here, and it starts after Deployment web.",
    )
