"""From the fields of a container to Kubernetes' words for it. Knows no edges: see `wiring`."""

from typing import Any

from plugins.core.pods.containers import (
    Container,
    ContainerFields,
    ContainerPort,
    EnvFrom,
    EnvVar,
    FieldRef,
    Handler,
    KeyRef,
    Lifecycle,
    Mount,
    Probe,
    Probes,
    Resources,
)
from plugins.sdk.fields import Json


def set_present(body: Json, **fields: Any) -> None:
    for key, value in fields.items():
        if value is not None:
            body[key] = value


def container_body(
    fields: ContainerFields,
    name: str,
    image: str | None,
    env: list[Json] | None,
    env_from: list[Json] | None,
    mounts: list[Json] | None,
) -> Json:
    """One container; what edges brought has been merged into `env`, `env_from` and `mounts` by the caller."""
    body: Json = {"name": name}
    if image:
        body["image"] = image
    set_present(
        body,
        command=fields.command,
        args=fields.args,
        workingDir=fields.working_dir,
        ports=None if fields.ports is None else [port_body(port) for port in fields.ports],
        envFrom=env_from,
        env=env,
        volumeMounts=mounts,
    )
    if fields.resources is not None:
        body["resources"] = resources_body(fields.resources)
    if fields.devices is not None:
        body["volumeDevices"] = [{"name": item.volume, "devicePath": item.path} for item in fields.devices]
    if fields.probes is not None:
        _set_probes(body, fields.probes)
    if fields.lifecycle is not None:
        body["lifecycle"] = _lifecycle_body(fields.lifecycle)
    set_present(
        body,
        imagePullPolicy=fields.image_pull_policy,
        securityContext=fields.security_context,
        stdin=fields.stdin,
        stdinOnce=fields.stdin_once,
        tty=fields.tty,
        terminationMessagePath=fields.termination_message_path,
        terminationMessagePolicy=fields.termination_message_policy,
    )
    return body


def side_container(fields: Container, image: str | None, wired: "tuple[list[Json], list[Json], list[Json]]") -> Json:
    """An init container or one beside the main one."""
    body = container_body(fields, fields.name, image, *merged(fields, *wired))
    set_present(body, restartPolicy=fields.restart_policy)
    return body


def merged(
    fields: ContainerFields, env: list[Json], env_from: list[Json], mounts: list[Json]
) -> tuple[list[Json] | None, list[Json] | None, list[Json] | None]:
    """What edges bring, then the container's own. An own variable replaces one of the same name: Kubernetes
    refuses a name that is there twice."""
    own_env = [env_body(item) for item in fields.env or ()]
    if env:
        own_names = {item["name"] for item in own_env}
        own_env = [item for item in env if item["name"] not in own_names] + own_env
    own_from = env_from + [env_from_body(item) for item in fields.env_from or ()]
    own_mounts = mounts + [mount_body(item) for item in fields.mounts or ()]
    return (
        own_env if own_env or fields.env is not None else None,
        own_from if own_from or fields.env_from is not None else None,
        own_mounts if own_mounts or fields.mounts is not None else None,
    )


def port_body(port: ContainerPort) -> Json:
    body: Json = {"containerPort": port.port, "protocol": port.protocol or "TCP"}
    set_present(body, name=port.name, hostPort=port.host_port, hostIP=port.host_ip)
    return body


def env_body(variable: EnvVar) -> Json:
    source = _env_source(variable)
    if source is not None:
        return {"name": variable.name, "valueFrom": source}
    return {"name": variable.name, "value": variable.value or ""}


def _env_source(variable: EnvVar) -> Json | None:
    if variable.secret is not None:
        return {"secretKeyRef": _key_ref(variable.secret, variable.optional)}
    if variable.config_map is not None:
        return {"configMapKeyRef": _key_ref(variable.config_map, variable.optional)}
    if variable.field is not None:
        return {"fieldRef": _field_ref(variable.field)}
    if isinstance(variable.resource, str):
        return {"resourceFieldRef": {"resource": variable.resource}}
    if variable.resource is not None:
        body: Json = {"resource": variable.resource.resource}
        set_present(body, containerName=variable.resource.container, divisor=_quantity(variable.resource.divisor))
        return {"resourceFieldRef": body}
    return None


def _key_ref(ref: KeyRef, optional: bool | None) -> Json:
    body: Json = {"name": ref.name, "key": ref.key}
    set_present(body, optional=optional)
    return body


def _field_ref(field: str | FieldRef) -> Json:
    if isinstance(field, str):
        return {"fieldPath": field}
    body: Json = {"fieldPath": field.path}
    set_present(body, apiVersion=field.api_version)
    return body


def env_from_body(item: EnvFrom) -> Json:
    body: Json = {}
    set_present(body, prefix=item.prefix)
    for key, name in (("secretRef", item.secret), ("configMapRef", item.config_map)):
        if name:
            body[key] = {"name": name}
            set_present(body[key], optional=item.optional)
    return body


def mount_body(mount: Mount) -> Json:
    body: Json = {"name": mount.volume, "mountPath": mount.path}
    set_present(
        body,
        subPath=mount.sub_path,
        subPathExpr=mount.sub_path_expr,
        readOnly=mount.read_only,
        mountPropagation=mount.propagation,
    )
    return body


def _quantity(value: str | int | float | None) -> str | None:
    return None if value is None else quantity(value)


def quantity(value: str | int | float) -> str:
    """A quantity as a text, which is how the API server itself writes it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def resources_body(resources: Resources) -> Json:
    body: Json = {}
    if resources.requests is not None:
        body["requests"] = {name: quantity(value) for name, value in resources.requests.items()}
    if resources.limits is not None:
        body["limits"] = {name: quantity(value) for name, value in resources.limits.items()}
    set_present(body, claims=resources.claims)
    return body


def _set_probes(body: Json, probes: Probes) -> None:
    if probes.liveness is not None:
        body["livenessProbe"] = _probe_body(probes.liveness)
    if probes.readiness is not None:
        body["readinessProbe"] = _probe_body(probes.readiness)
    if probes.startup is not None:
        body["startupProbe"] = _probe_body(probes.startup)


def _probe_body(probe: Probe) -> Json:
    body = _action_body(probe)
    if probe.grpc is not None:
        body["grpc"] = {"port": probe.grpc.port}
        set_present(body["grpc"], service=probe.grpc.service)
    set_present(
        body,
        initialDelaySeconds=probe.initial_delay_seconds,
        periodSeconds=probe.period_seconds,
        timeoutSeconds=probe.timeout_seconds,
        successThreshold=probe.success_threshold,
        failureThreshold=probe.failure_threshold,
        terminationGracePeriodSeconds=probe.termination_grace_seconds,
    )
    return body


def _action_body(action: Probe | Handler) -> Json:
    body: Json = {}
    if action.http is not None:
        get: Json = {"port": action.http.port}
        set_present(get, path=action.http.path, scheme=action.http.scheme, host=action.http.host)
        if action.http.headers is not None:
            get["httpHeaders"] = [{"name": key, "value": value} for key, value in action.http.headers.items()]
        body["httpGet"] = get
    if action.tcp is not None:
        body["tcpSocket"] = {"port": action.tcp.port}
        set_present(body["tcpSocket"], host=action.tcp.host)
    if action.exec is not None:
        body["exec"] = {"command": action.exec.command}
    return body


def _lifecycle_body(lifecycle: Lifecycle) -> Json:
    body: Json = {}
    set_present(body, postStart=lifecycle.raw_post_start, preStop=lifecycle.raw_pre_stop)
    for key, handler in (("postStart", lifecycle.post_start), ("preStop", lifecycle.pre_stop)):
        if handler is not None:
            body[key] = _action_body(handler)
            if handler.sleep is not None:
                body[key]["sleep"] = {"seconds": handler.sleep.seconds}
    return body
