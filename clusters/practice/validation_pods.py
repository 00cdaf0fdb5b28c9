"""The rules for pod templates: containers, ports, probes, environment, volumes.

Must not know workloads or other objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import quantity
from .errors import Cause, duplicate, forbidden_value, invalid_value, not_found_value, required, unsupported
from .names import label_name, subdomain
from .objects import Obj

PORT_TEXT = "must be between 1 and 65535, inclusive"
NON_NEGATIVE = "must be greater than or equal to 0"
PORT_NAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
FIELD_PATHS = re.compile(
    r"^(metadata\.(name|namespace|uid|labels|annotations)(\['.*'\])?|spec\.(nodeName|serviceAccountName)"
    r"|status\.(hostIP|hostIPs|podIP|podIPs))$"
)


def pod_spec(spec: Obj, field: str, claims: Iterable[str] = ()) -> list[Cause]:
    """`claims`: volumes that a StatefulSet adds later."""
    out: list[Cause] = []
    volumes = spec.get("volumes") or []
    out += _volumes(volumes, f"{field}.volumes")
    known = {v.get("name") for v in volumes} | set(claims)
    names: set[str] = set()
    containers = spec.get("containers") or []
    if not containers:
        out.append(required(f"{field}.containers"))
    for index, container in enumerate(containers):
        out += _container(container, f"{field}.containers[{index}]", known, names)
    for index, container in enumerate(spec.get("initContainers") or []):
        out += _container(container, f"{field}.initContainers[{index}]", known, names)
    if spec.get("restartPolicy") not in ("Always", "OnFailure", "Never"):
        allowed = ["Always", "OnFailure", "Never"]
        out.append(unsupported(f"{field}.restartPolicy", spec.get("restartPolicy"), allowed))
    if spec.get("dnsPolicy") not in ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"):
        allowed = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]
        out.append(unsupported(f"{field}.dnsPolicy", spec.get("dnsPolicy"), allowed))
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        value = spec["terminationGracePeriodSeconds"]
        out.append(invalid_value(f"{field}.terminationGracePeriodSeconds", value, NON_NEGATIVE))
    if spec.get("activeDeadlineSeconds") is not None and spec["activeDeadlineSeconds"] < 1:
        text = "must be between 1 and 2147483647, inclusive"
        out.append(invalid_value(f"{field}.activeDeadlineSeconds", spec["activeDeadlineSeconds"], text))
    if spec.get("serviceAccountName"):
        out += subdomain(f"{field}.serviceAccountName", spec["serviceAccountName"])
    return out


def _container(container: Obj, field: str, volumes: set[Any], names: set[str]) -> list[Cause]:
    out: list[Cause] = []
    name = container.get("name") or ""
    if not name:
        out.append(required(f"{field}.name"))
    elif name in names:
        out.append(duplicate(f"{field}.name", name))
    else:
        out += label_name(f"{field}.name", name)
    names.add(name)
    image = container.get("image") or ""
    if not image:
        out.append(required(f"{field}.image"))
    elif image != image.strip():
        out.append(invalid_value(f"{field}.image", image, "must not have leading or trailing whitespace"))
    out += _ports(container.get("ports") or [], f"{field}.ports")
    out += _environment(container, field)
    out += _mounts(container.get("volumeMounts") or [], f"{field}.volumeMounts", volumes)
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(probe):
            out += _probe(container[probe], f"{field}.{probe}", probe)
    policy = container.get("imagePullPolicy")
    if policy not in ("Always", "IfNotPresent", "Never"):
        out.append(unsupported(f"{field}.imagePullPolicy", policy, ["Always", "IfNotPresent", "Never"]))
    return out + _resources(container.get("resources") or {}, f"{field}.resources")


def _ports(ports: list[Obj], field: str) -> list[Cause]:
    out: list[Cause] = []
    seen: set[str] = set()
    for index, port in enumerate(ports):
        here = f"{field}[{index}]"
        name = port.get("name") or ""
        if name:
            if len(name) > 15:
                out.append(invalid_value(f"{here}.name", name, "must be no more than 15 characters"))
            elif not PORT_NAME.match(name) or "--" in name or not re.search("[a-z]", name):
                text = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
                out.append(invalid_value(f"{here}.name", name, text))
            elif name in seen:
                out.append(duplicate(f"{here}.name", name))
            seen.add(name)
        number = port.get("containerPort")
        if not number:
            out.append(required(f"{here}.containerPort"))
        elif not 1 <= number <= 65535:
            out.append(invalid_value(f"{here}.containerPort", number, PORT_TEXT))
        if port.get("protocol") not in ("TCP", "UDP", "SCTP"):
            out.append(unsupported(f"{here}.protocol", port.get("protocol"), ["SCTP", "TCP", "UDP"]))
    return out


def _environment(container: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    for index, env in enumerate(container.get("env") or []):
        here = f"{field}.env[{index}]"
        name = env.get("name") or ""
        if not name:
            out.append(required(f"{here}.name"))
        elif "=" in name or not name.isascii() or not name.isprintable():
            text = "a valid environment variable name must consist only of printable ASCII characters other than '='"
            out.append(invalid_value(f"{here}.name", name, text))
        if env.get("valueFrom") is not None:
            out += _value_from(env, f"{here}.valueFrom")
    for index, source in enumerate(container.get("envFrom") or []):
        kinds = [k for k in ("configMapRef", "secretRef") if source.get(k) is not None]
        if len(kinds) != 1:
            text = "must specify one of: `configMapRef` or `secretRef`"
            out.append(invalid_value(f"{field}.envFrom[{index}]", "", text))
        elif not source[kinds[0]].get("name"):
            out.append(required(f"{field}.envFrom[{index}].{kinds[0]}.name"))
    return out


def _value_from(env: Obj, field: str) -> list[Cause]:
    source, out = env["valueFrom"], []
    kinds = [k for k in source if source[k] is not None]
    path = (source.get("fieldRef") or {}).get("fieldPath")
    if path is not None and not FIELD_PATHS.match(path):
        text = f"error converting fieldPath: field label not supported: {path}"
        out.append(invalid_value(f"{field}.fieldRef.fieldPath", path, text))
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if source.get(kind) is not None:
            out += [required(f"{field}.{kind}.{n}") for n in ("name", "key") if not source[kind].get(n)]
    if not kinds:
        text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        out.append(invalid_value(field, "", text))
    elif env.get("value"):
        out.append(invalid_value(field, "", "may not be specified when `value` is not empty"))
    elif len(kinds) > 1:
        out.append(invalid_value(field, "", "may not have more than one field specified at a time"))
    return out


def _mounts(mounts: list[Obj], field: str, volumes: set[Any]) -> list[Cause]:
    out: list[Cause] = []
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        here = f"{field}[{index}]"
        if not mount.get("name"):
            out.append(required(f"{here}.name"))
        elif mount["name"] not in volumes:
            out.append(not_found_value(f"{here}.name", mount["name"]))
        path = mount.get("mountPath")
        if not path:
            out.append(required(f"{here}.mountPath"))
        elif path in seen:
            out.append(invalid_value(f"{here}.mountPath", path, "must be unique"))
        seen.add(path or "")
    return out


def _probe(probe: Obj, field: str, kind: str) -> list[Cause]:
    out: list[Cause] = []
    handlers = [k for k in ("exec", "httpGet", "tcpSocket", "grpc") if probe.get(k) is not None]
    if not handlers:
        out.append(required(field, "must specify a handler type"))
    out += [forbidden_value(f"{field}.{k}", "may not specify more than 1 handler type") for k in handlers[1:]]
    for handler in handlers[:1]:
        port = (probe[handler] or {}).get("port", 0)  # Go's zero value, which is no port
        if handler != "exec" and isinstance(port, int) and not 1 <= port <= 65535:
            out.append(invalid_value(f"{field}.{handler}.port", port, PORT_TEXT))
        if handler == "exec" and not probe["exec"].get("command"):
            out.append(required(f"{field}.exec.command"))
    for name in (
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ):
        if probe.get(name, 0) < 0:
            out.append(invalid_value(f"{field}.{name}", probe[name], NON_NEGATIVE))
    if kind != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        out.append(invalid_value(f"{field}.successThreshold", probe["successThreshold"], "must be 1"))
    return out


def _resources(resources: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            if quantity.parse(amount) < 0:
                out.append(invalid_value(f"{field}.{kind}[{name}]", amount, NON_NEGATIVE))
    for name, amount in requests.items():
        limit = limits.get(name)
        if limit is not None and quantity.parse(amount) > quantity.parse(limit):
            text = f"must be less than or equal to {name} limit of {limit}"
            out.append(invalid_value(f"{field}.requests", amount, text))
    return out


def _volumes(volumes: list[Obj], field: str) -> list[Cause]:
    out: list[Cause] = []
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        here = f"{field}[{index}]"
        name = volume.get("name") or ""
        if not name:
            out.append(required(f"{here}.name"))
        elif name in seen:
            out.append(duplicate(f"{here}.name", name))
        else:
            out += label_name(f"{here}.name", name)
        seen.add(name)
        sources = [k for k in volume if k != "name" and volume[k] is not None]
        out += [forbidden_value(f"{here}.{s}", "may not specify more than 1 volume type") for s in sources[1:]]
        for source, key in (
            ("configMap", "name"),
            ("secret", "secretName"),
            ("persistentVolumeClaim", "claimName"),
        ):
            if volume.get(source) is not None and not volume[source].get(key):
                out.append(required(f"{here}.{source}.{key}"))
    return out
