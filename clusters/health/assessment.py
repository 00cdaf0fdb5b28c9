"""Which rule judges which kind: ours, then that of a plugin, then the conventions that most controllers follow."""

from collections.abc import Callable, Sequence

from clusters.health import autoscaling, crds, declarative, generic, jobs, networking, pods, storage, workloads
from clusters.health.facts import Facts
from clusters.health.reading import Json, text
from plugins.loading.installed import installed
from plugins.sdk.health import Health, HealthStatus

Rule = Callable[[Facts], Health]

_RULES: dict[tuple[str, str], Rule] = {
    ("", "Pod"): pods.judge,
    ("apps", "Deployment"): workloads.judge_deployment,
    ("apps", "StatefulSet"): workloads.judge_statefulset,
    ("apps", "DaemonSet"): workloads.judge_daemonset,
    ("apps", "ReplicaSet"): workloads.judge_replicaset,
    ("", "ReplicationController"): workloads.judge_replicaset,
    ("batch", "Job"): jobs.judge_job,
    ("batch", "CronJob"): jobs.judge_cronjob,
    ("", "Service"): networking.judge_service,
    ("networking.k8s.io", "Ingress"): networking.judge_ingress,
    ("extensions", "Ingress"): networking.judge_ingress,
    ("gateway.networking.k8s.io", "HTTPRoute"): networking.judge_route,
    ("gateway.networking.k8s.io", "GRPCRoute"): networking.judge_route,
    ("gateway.networking.k8s.io", "Gateway"): networking.judge_gateway,
    ("", "PersistentVolumeClaim"): storage.judge_claim,
    ("", "PersistentVolume"): storage.judge_volume,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.judge_autoscaler,
    ("policy", "PodDisruptionBudget"): autoscaling.judge_budget,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): crds.judge_definition,
    ("apiregistration.k8s.io", "APIService"): crds.judge_api_service,
    ("", "Namespace"): generic.judge_namespace,
}


def assess(obj: Json, *, pods: Sequence[Json] = (), events: Sequence[Json] = ()) -> Health:
    """The health of `obj`. `pods` are those it made, `events` those about it and about its pods.

    Never raises, whatever a cluster holds: what cannot be read counts as absent.
    """
    if not isinstance(obj, dict) or not text(obj.get("kind")):
        return Health(HealthStatus.UNKNOWN, "NotAnObject", "This is not an object of a cluster.")
    facts = Facts.of(obj, pods, events)
    if facts.is_deleting:
        return _leaving(facts)
    key = (text(obj.get("apiVersion")).rpartition("/")[0], text(obj.get("kind")))
    rule = _RULES.get(key)
    if rule is not None:
        return rule(facts)
    declared = installed().health.get(key)
    return generic.judge(facts) if declared is None else declarative.judge(facts, declared)


def _leaving(facts: Facts) -> Health:
    held = facts.finalizers
    why = f" It is held by {', '.join(held)}." if held else ""
    return Health(HealthStatus.PROGRESSING, "Terminating", f"It is being deleted.{why}")
