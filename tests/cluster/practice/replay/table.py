"""Which recorded exchanges the practice cluster does not answer alike, and why."""

from __future__ import annotations

from typing import Any

Json = Any

RBAC = "a tenant may do everything in their own practice cluster: rules are stored, not enforced"
EXEC = "exec, attach and port forwarding are a later part; they are refused"
UNSERVED = "not simulated: refused with a Status that says so, or not advertised at all"
MOMENT = "shows what a controller had written at one moment; the order of events is tested in test_sequences"
RUNTIME = "a failure of a real runtime or kubelet; the practice cluster fails by its own published conventions"
SIMULATED = "says, on purpose, that it is a simulation"
GO = "quotes structures, differences or parser messages of Go"
CEL = "rules in CEL are not evaluated"
MERGED = "several watches merged by the recorder; the order of events is tested in test_sequences"
TOY = "needs a real shell or file system; logs are simulated"
PARTIAL = "the recording keeps a part that depends on what else the recorded cluster serves"

GROUPS = {"auth": RBAC, "execs": EXEC}

NOT_APPLICABLE: dict[str, str] = {
    # The words of Go.
    "fieldvalidation-strict-duplicate-400": GO,
    "fieldvalidation-strict-merge-patch-422": GO,
    "secret-dockerconfigjson-bad-422": GO,
    "immutable-job-template-422": GO,
    "immutable-pod-command-422": GO,
    "immutable-pvc-spec-422": GO,
    "apply-bad-yaml-400": GO,
    "list-continue-bad-400": GO,
    "status-patch-200": "times that the client left out are null in the encoding of Go",
    "status-get": "a scale that changed nothing left an entry in managedFields",
    # Moments between two steps of a controller.
    "default-deployment-get": MOMENT,
    "delete-deployment-orphan-get-right-after": MOMENT,
    "delete-pod-graceful-watch": MOMENT,
    "namespace-terminating-held-by-finalizer": MOMENT,
    "namespace-delete-watch": MOMENT,
    "rollout-scaled-to-0": MOMENT,
    "rollout-pause": MOMENT,
    "service-endpointslice": MOMENT,
    "pdb-status-after": MOMENT,
    "job-ttl-end": MOMENT,
    "table-pods": MOMENT,
    "table-jobs": MOMENT,
    "table-events": MOMENT,
    "table-single-pod": MOMENT,
    "pod-crash-loop-terminated-first": MOMENT,
    "pod-crash-loop-crashloopbackoff": MOMENT,
    "pod-crash-loop-restarted-twice": MOMENT,
    "pod-oomkilled": MOMENT,
    "pod-oomkilled-restart-crashloopbackoff": MOMENT,
    "event-in-full": MOMENT,
    "log-waiting-image-400": MOMENT,
    "cronjob-active": "waits for the next full minute; tested in test_workloads with a clock of its own",
    "cronjob-job": "waits for the next full minute; tested in test_workloads with a clock of its own",
    "cronjob-done": "waits for the next full minute; tested in test_workloads with a clock of its own",
    # Failures of a real node.
    "pod-runasnonroot": RUNTIME,
    "pod-runasnonroot-events": RUNTIME,
    "pod-image-never": RUNTIME,
    "pod-image-never-events": RUNTIME,
    "pod-image-invalid": RUNTIME,
    "pod-image-invalid-events": RUNTIME,
    "pod-image-pull-errimagepull": RUNTIME,
    "pod-image-pull-imagepullbackoff": RUNTIME,
    "pod-image-pull-events": RUNTIME,
    "pod-readiness-http-failing": RUNTIME,
    "pod-readiness-http-events": RUNTIME,
    "pod-readiness-events": RUNTIME,
    "pod-command-missing": RUNTIME,
    "pod-command-missing-events": RUNTIME,
    "pod-liveness-restarted": RUNTIME,
    "pod-liveness-events": RUNTIME,
    "pod-completed-succeeded": RUNTIME,
    "delete-pod-not-stopping-watch": "pods of the practice cluster stop within a second",
    # What a simulation says of itself, or does better than a bare cluster.
    "table-nodes": SIMULATED,
    "node-get": SIMULATED,
    "node-lease": SIMULATED,
    "table-ingresses": "an ingress gets a simulated address",
    "default-deployment-v1-status-service": "a load balancer gets a simulated address",
    # Not served.
    "default-hpa-v1-read-of-v2": UNSERVED,
    "watch-deprecated-path": UNSERVED,
    "service-proxy": UNSERVED,
    "pod-proxy": UNSERVED,
    "service-proxy-no-endpoints-404": UNSERVED,
    "service-proxy-no-endpoints-503": UNSERVED,
    "pod-resize-subresource": UNSERVED,
    "pod-resized": UNSERVED,
    "pod-ephemeralcontainers": UNSERVED,
    "pod-with-ephemeral-container": UNSERVED,
    "pod-binding-taken-409": UNSERVED,
    "pod-binding-201": UNSERVED,
    "admission-policy-deny-422": UNSERVED,
    "admission-webhook-unreachable-500": UNSERVED,
    "accept-protobuf-first": "answers JSON where the client accepts it too",
    "method-trace-unknown": "the HTTP library refuses a method that does not exist",
    "watch-resourceversion-too-old-events": "has the words of the watch cache for every resource",
    # CRDs.
    "cr-create-cel-422": CEL,
    "cr-cel-transition-422": CEL,
    "cr-table": CEL,
    "crd-delete-watch-of-cr": CEL,
    "cr-create-invalid-422": "the causes come in the random order of a map",
    "cr-create-type-422": GO,
    "cr-create-wrong-version-400": "warns of fields under the wrong version",
    "crd-invalid-schema-422": "the request was not recorded",
    # Logs.
    "log-sinceseconds": "depends on how fast simulated time passes; tested in test_logs",
    "log-sincetime": "asks for the moment of the recording",
    "log-follow-3s": TOY,
    "log-previous": TOY,
    "log-current-after-restart": TOY,
    "log-ended-without-newline": TOY,
    "pod-restarted-once-running": TOY,
    # Depends on the rest of the recorded cluster.
    "table-namespaces": PARTIAL,
    "table-endpointslices": "shows a generated name alone",
    "apis-index": PARTIAL,
    "paths-index": PARTIAL,
    "job-complete-pod-log": "the recorder shows labels only",
}


def reason_for(entry: Json) -> str:
    if "stream" in entry["response"] and (" + " in entry["request"]["path"] or entry["name"].endswith("-sequence")):
        return MERGED
    known = GROUPS.get(entry["group"]) or NOT_APPLICABLE.get(entry["name"], "")
    if not known and "stream" in entry["response"] and "/" not in entry["request"]["path"]:
        return MERGED
    return known
