"""Causes from the drawing to the pods: what a run was told, and why pods are not made."""

from plugins.sdk.objects import ObjectKey
from tests.unit.diagnose.scenes import LEAVING, NS, WEB, Case, Scene, deployment, node, obj, template
from workflows.deploy.applyset import applyset_id
from workflows.deploy.others import belongs_to


def refused_pods(message: str) -> Scene:
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    status = {"observedGeneration": 1, "conditions": [condition]}
    return Scene(WEB, live=[deployment(status=status)])


CASES: list[Case] = [
    # --- deploying
    ("drawing_problem", Scene(node("web", image=""), is_deployed=False), "image is missing", ""),
    ("not_deployed", Scene(WEB, is_deployed=False), "not deployed on the namespace shop", "run_again"),
    (
        "object_missing",
        Scene(WEB, gone=[ObjectKey("apps", "Deployment", NS, "web")]),
        "Deployment web was",
        "run_again",
    ),
    ("cluster_unreachable", Scene(WEB, trouble="The cluster cannot be reached: timeout."), "cannot be reached", ""),
    (
        "being_deleted",
        Scene(node("data", "persistentvolumeclaim", size="1Gi"), live=[LEAVING]),
        "held by kubernetes.io/pvc-protection",
        "",
    ),
    (
        "unhealthy",
        Scene(
            node("shop", "manifest", yaml="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
            live=[
                obj(
                    "cert-manager.io/v1",
                    "Certificate",
                    "site",
                    spec={},
                    status={
                        "conditions": [
                            {
                                "type": "Failed",
                                "status": "True",
                                "reason": "Denied",
                                "message": "The order was refused.",
                            }
                        ]
                    },
                )
            ],
        ),
        "The order was refused",
        "",
    ),
    (
        "admission_refused",
        Scene(WEB, refused='admission webhook "x" denied the request: no owner label'),
        "no owner label",
        "",
    ),
    (
        "not_permitted",
        Scene(WEB, refused='deployments.apps is forbidden: User "ci" cannot patch resource'),
        "forbidden",
        "",
    ),
    (
        "field_conflict",
        Scene(WEB, refused="kubectl set .spec.replicas. Run with force_conflicts to take these fields over."),
        "kubectl",
        "",
    ),
    (
        "field_immutable",
        Scene(WEB, refused="Deployment web is invalid: spec.selector: field is immutable"),
        "immutable",
        "",
    ),
    (
        "belongs_to_another",
        Scene(WEB, refused=belongs_to(applyset_id("a", "b"))),
        "is not this workflow's",
        "",
    ),
    # --- making pods
    (
        "quota_exceeded",
        refused_pods(
            'pods "web-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
        ),
        "quota small of the namespace is used up",
        "lower_replicas",
    ),
    (
        "quota_needs_requests",
        refused_pods('pods "web-1" is forbidden: failed quota: small: must specify limits.memory,requests.cpu'),
        "specify limits.memory,requests.cpu",
        "set_requests",
    ),
    (
        "limit_range",
        refused_pods('pods "web-1" is forbidden: maximum memory usage per Container is 64Mi, but limit is 1Gi'),
        "maximum memory usage",
        "",
    ),
    (
        "service_account_missing",
        refused_pods(
            'pods "web-1" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found'
        ),
        '"robot" does not exist',
        "add_service_account",
    ),
    (
        "pod_security",
        refused_pods('pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'),
        "PodSecurity restricted",
        "",
    ),
    ("pods_refused", refused_pods('pods "web-1" is forbidden: no such priority class'), "priority class", ""),
    (
        "rollout_stuck",
        Scene(
            WEB,
            live=[
                deployment(
                    status={
                        "observedGeneration": 1,
                        "updatedReplicas": 1,
                        "conditions": [
                            {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
                        ],
                    }
                )
            ],
        ),
        "no progress",
        "",
    ),
    ("rollout_paused", Scene(WEB, live=[deployment(paused=True)]), "paused", "resume"),
    (
        "no_node_matches",
        Scene(
            node("web", "daemonset"),
            live=[
                obj(
                    "apps/v1",
                    "DaemonSet",
                    "web",
                    spec={"selector": {}, "template": template()},
                    status={"observedGeneration": 1, "desiredNumberScheduled": 0},
                )
            ],
        ),
        "No node of the cluster matches",
        "clear_placement",
    ),
]
