"""The objects of a build on a cluster: a Secret with what only the build may see, and a Job of rootless BuildKit. Pure.

(https://github.com/moby/buildkit/blob/master/docs/rootless.md) The pod waits until it has got its context, builds,
pushes and says what came of it in its last line, which begins with a word that nobody else knows.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from builds.engines.docker.configuration import auths_of
from builds.engines.types import Attestations, Order

Json = dict[str, Any]
CONTAINER = "build"
BUILD_LABEL = "sailcloth.io/build"
CONTEXT, READY = "/work/context", "/work/ready"
# How long a pod waits for its context, and how long what is over stays should nobody come for it.
_WAIT_SECONDS, _KEPT_SECONDS = 300, 600
_USER = 1000
_HOME = "/home/user/.local/share/buildkit"
# Everything that a person chose reaches it as "$@", after the word and the name of the result's file.
_SCRIPT = f"""\
word=$1; shift
i=0
while [ ! -f {READY} ]; do
  i=$((i+1)); [ "$i" -gt {_WAIT_SECONDS * 5} ] && exit 97
  sleep 0.2
done
buildctl-daemonless.sh "$@" 2>&1
code=$?
[ "$code" = 0 ] && printf '%s %s\\n' "$word" "$(tr -d '\\n' < /work/metadata.json)"
exit "$code"
"""
# Its arguments are the number of bytes that follow on standard input: not every cluster can end an input.
RECEIVE = f'mkdir -p {CONTEXT} && head -c "$1" | tar -x -f - -C {CONTEXT} && touch {READY}'


@dataclass(frozen=True, slots=True)
class Place:
    """Where builds run: a namespace, and the image of BuildKit."""

    namespace: str
    image: str
    attests: Attestations = field(default_factory=Attestations)


def name_of(build: str) -> str:
    """Of both objects."""
    return f"sailcloth-build-{build}"


def namespace_object(place: Place) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place.namespace}}


def secret_object(order: Order, place: Place) -> Json:
    """Logins and secrets; the latter under numbers, for their names are somebody's choice."""
    data = {"config.json": json.dumps({"auths": auths_of(order.logins)})}
    data |= {f"secret-{number}": value for number, (_, value) in enumerate(sorted(order.secrets.items()))}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _metadata(order, place),
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
    }


def job_object(order: Order, place: Place, word: str) -> Json:
    """One attempt, bounded in time, processors, memory and disk."""
    pod = {
        "metadata": {
            "labels": {BUILD_LABEL: order.build},
            "annotations": {f"container.apparmor.security.beta.kubernetes.io/{CONTAINER}": "unconfined"},
        },
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsUser": _USER, "runAsGroup": _USER, "fsGroup": _USER},
            "containers": [_container(order, place, word)],
            "volumes": [
                {"name": "work", "emptyDir": {"sizeLimit": str(order.bounds.disk)}},
                {"name": "store", "emptyDir": {"sizeLimit": str(order.bounds.disk)}},
                {"name": "secrets", "secret": {"secretName": name_of(order.build), "defaultMode": 0o440}},
            ],
        },
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(order, place),
        "spec": {
            "backoffLimit": 0,
            "completions": 1,
            "parallelism": 1,
            "activeDeadlineSeconds": int(order.bounds.seconds) + _WAIT_SECONDS,
            "ttlSecondsAfterFinished": _KEPT_SECONDS,
            "template": pod,
        },
    }


def _container(order: Order, place: Place, word: str) -> Json:
    limits = {
        "cpu": f"{int(order.bounds.cpus * 1000)}m",
        "memory": str(order.bounds.memory),
        "ephemeral-storage": str(order.bounds.disk),
    }
    return {
        "name": CONTAINER,
        "image": place.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", _SCRIPT, "build", word],
        "args": build_arguments(order, place),
        "env": [
            {"name": "BUILDKITD_FLAGS", "value": "--oci-worker-no-process-sandbox"},
            {"name": "DOCKER_CONFIG", "value": "/secrets"},
        ],
        "resources": {"limits": limits, "requests": {"cpu": "100m", "memory": "64Mi"}},
        # Rootless BuildKit makes user namespaces, which the usual profile forbids.
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "Unconfined"}},
        "volumeMounts": [
            {"name": "work", "mountPath": "/work"},
            {"name": "store", "mountPath": _HOME},
            {"name": "secrets", "mountPath": "/secrets", "readOnly": True},
        ],
    }


def build_arguments(order: Order, place: Place) -> list[str]:
    """Of buildctl; every value from a person stands behind an option's `=`."""
    output = f"type=image,name={order.name},push=true"
    if order.logins and order.logins[0].is_plain_http:
        output += ",registry.insecure=true"
    options = {
        "filename": order.dockerfile,
        **{f"label:{key}": value for key, value in sorted(order.labels.items())},
        **{f"build-arg:{key}": value for key, value in sorted(order.build_args.items())},
        **({"target": order.target} if order.target else {}),
        **({"platform": ",".join(order.platforms)} if order.platforms else {}),
        **({"attest:provenance": "mode=min"} if place.attests.is_on else {}),
        **({"attest:sbom": f"generator={place.attests.scanner}"} if "sbom" in place.attests.kinds else {}),
    }
    return [
        "build",
        "--frontend=dockerfile.v0",
        "--progress=plain",
        f"--local=context={CONTEXT}",
        f"--local=dockerfile={CONTEXT}",
        *(f"--opt={key}={value}" for key, value in options.items()),
        *(f"--secret=id={name},src=/secrets/secret-{number}" for number, name in enumerate(sorted(order.secrets))),
        f"--output={output}",
        "--metadata-file=/work/metadata.json",
    ]


def _metadata(order: Order, place: Place) -> Json:
    return {
        "name": name_of(order.build),
        "namespace": place.namespace,
        "labels": {BUILD_LABEL: order.build, "app.kubernetes.io/managed-by": "sailcloth"},
    }
