"""A container of a pod in the words of a workload node. Pure."""

from typing import Any

from imports.manifests.words import Words
from plugins.sdk.fields import Json

_PLAIN = {
    "image": "image",
    "command": "command",
    "args": "args",
    "workingDir": "working_dir",
    "imagePullPolicy": "image_pull_policy",
    "securityContext": "security_context",
    "stdin": "stdin",
    "stdinOnce": "stdin_once",
    "tty": "tty",
    "terminationMessagePath": "termination_message_path",
    "terminationMessagePolicy": "termination_message_policy",
}
_PORT = {"containerPort": "port", "name": "name", "protocol": "protocol", "hostPort": "host_port", "hostIP": "host_ip"}
_MOUNT = {
    "name": "volume",
    "mountPath": "path",
    "subPath": "sub_path",
    "subPathExpr": "sub_path_expr",
    "readOnly": "read_only",
    "mountPropagation": "propagation",
}
_PROBE = {
    "initialDelaySeconds": "initial_delay_seconds",
    "periodSeconds": "period_seconds",
    "timeoutSeconds": "timeout_seconds",
    "successThreshold": "success_threshold",
    "failureThreshold": "failure_threshold",
    "terminationGracePeriodSeconds": "termination_grace_seconds",
}
_PROBES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}


def container(words: Words) -> Json:
    """Without its name, which the main container says otherwise."""
    data = words.fields(_PLAIN)
    if "ports" in words:
        data["ports"] = [port.fields(_PORT) for port in words.each("ports", "ports")]
    if "env" in words:
        data["env"] = [_variable(variable) for variable in words.each("env", "env")]
    if "envFrom" in words:
        data["env_from"] = [_source(source) for source in words.each("envFrom", "env_from")]
    if "volumeMounts" in words:
        data["mounts"] = [mount.fields(_MOUNT) for mount in words.each("volumeMounts", "mounts")]
    if "volumeDevices" in words:
        data["devices"] = [
            device.fields({"name": "volume", "devicePath": "path"}) for device in words.each("volumeDevices", "devices")
        ]
    if "resources" in words:
        table = {"requests": "requests", "limits": "limits", "claims": "claims"}
        data["resources"] = words.at("resources", "resources").fields(table)
    probes = {
        field: probe(words.at(key, f"probes.{field}"))
        for key, field in _PROBES.items()
        if isinstance(words.body.get(key), dict)
    }
    if probes:
        data["probes"] = probes
    if isinstance(words.body.get("lifecycle"), dict):
        data["lifecycle"] = _lifecycle(words.at("lifecycle", "lifecycle"))
    return data


def side_container(words: Words) -> Json:
    """One beside the main one, or before it."""
    name = words.take("name", "name")
    restart = words.take("restartPolicy", "restart_policy")
    data = {"name": name, **container(words)}
    return data if restart is None else {**data, "restart_policy": restart}


def probe(words: Words) -> Json:
    data = _action(words) | words.fields(_PROBE)
    if isinstance(words.body.get("grpc"), dict):
        data["grpc"] = words.at("grpc", "grpc").fields({"port": "port", "service": "service"})
    return data


def _action(words: Words) -> Json:
    data: Json = {}
    if isinstance(words.body.get("httpGet"), dict):
        get = words.at("httpGet", "http")
        data["http"] = get.fields({"path": "path", "port": "port", "scheme": "scheme", "host": "host"})
        headers = get.body.get("httpHeaders")
        if isinstance(headers, list) and _is_map(headers):
            get.take("httpHeaders", "headers")
            data["http"]["headers"] = {header["name"]: header["value"] for header in headers}
    if isinstance(words.body.get("tcpSocket"), dict):
        data["tcp"] = words.at("tcpSocket", "tcp").fields({"port": "port", "host": "host"})
    if isinstance(words.body.get("exec"), dict):
        data["exec"] = words.at("exec", "exec").fields({"command": "command"})
    return data


def _is_map(headers: list[Any]) -> bool:
    names = [
        header.get("name") for header in headers if isinstance(header, dict) and header.keys() == {"name", "value"}
    ]
    return len(names) == len(headers) and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _lifecycle(words: Words) -> Json:
    data: Json = {}
    for key, field in (("postStart", "post_start"), ("preStop", "pre_stop")):
        if not isinstance(words.body.get(key), dict):
            continue
        hook = words.at(key, field)
        data[field] = _action(hook)
        if isinstance(hook.body.get("sleep"), dict):
            data[field]["sleep"] = hook.at("sleep", "sleep").fields({"seconds": "seconds"})
    return data


def _variable(words: Words) -> Json:
    data: Json = {"name": words.take("name", "name")}
    source = words.at("valueFrom")
    if not source.body:
        return data | {"value": words.take("value", "value")}
    for key, field in (("secretKeyRef", "secret"), ("configMapKeyRef", "config_map")):
        if isinstance(source.body.get(key), dict):
            reference = source.at(key, field)
            data[field] = reference.fields({"name": "name", "key": "key"})
            optional = reference.take("optional", "optional")
            if optional is not None:
                data["optional"] = optional
    if isinstance(source.body.get("fieldRef"), dict):
        pod_field = source.at("fieldRef", "field").fields({"fieldPath": "path", "apiVersion": "api_version"})
        data["field"] = pod_field if "api_version" in pod_field else pod_field.get("path")
    if isinstance(source.body.get("resourceFieldRef"), dict):
        reference = source.at("resourceFieldRef", "resource")
        resource = reference.fields({"resource": "resource", "containerName": "container", "divisor": "divisor"})
        data["resource"] = resource if len(resource) > 1 else resource.get("resource")
    return data


def _source(words: Words) -> Json:
    data: Json = {}
    for key, field in (("secretRef", "secret"), ("configMapRef", "config_map")):
        if isinstance(words.body.get(key), dict):
            reference = words.at(key)
            data |= reference.fields({"name": field, "optional": "optional"})
    return data | words.fields({"prefix": "prefix"})
