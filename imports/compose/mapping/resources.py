"""Processors, memory and devices, from either of the two places where Compose takes them."""

from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan, whole_number
from imports.compose.mapping.storage import bytes_text
from imports.compose.model.deploy import Device, Resources
from imports.compose.model.service import Service
from plugins.sdk.formats import parse_quantity

_GPU = {"nvidia": "nvidia.com/gpu", "amd": "amd.com/gpu", "intel": "gpu.intel.com/i915"}


def cpu_text(cpus: float) -> str:
    """0.5 as `500m`, 2 as `2`; never nothing, which would be no limit."""
    millis = max(1, round(cpus * 1000))
    return str(millis // 1000) if millis % 1000 == 0 else f"{millis}m"


def map_resources(draft: Draft, plan: Plan) -> None:
    wanted: dict[str, dict[str, str]] = {"limits": {}, "requests": {}}
    _from_service(draft, plan, wanted)
    if draft.service.deploy is not None and draft.service.deploy.resources is not None:
        _from_deploy(draft, plan, draft.service.deploy.resources, wanted)
    devices = [(draft.at("gpus", index), device) for index, device in enumerate(draft.service.gpus or ())]
    reserved = _reserved(draft.service)
    base = draft.at("deploy", "resources", "reservations", "devices")
    devices += [(f"{base}.{index}", device) for index, device in enumerate(reserved)]
    for path, device in devices:
        _map_device(draft, plan, path, device, wanted)
    _lower_requests(draft, plan, wanted)
    found = {key: value for key, value in wanted.items() if value}
    if found:
        draft.data["resources"] = found


def _reserved(service: Service) -> list[Device]:
    resources = service.deploy.resources if service.deploy else None
    return list(resources.reservations.devices or ()) if resources and resources.reservations else []


def _from_service(draft: Draft, plan: Plan, wanted: dict[str, dict[str, str]]) -> None:
    service, target = draft.service, f"{draft.target}.resources"

    def put(key: str, where: str, name: str, value: str, message: str = "The same amount.", exact: bool = True) -> None:
        wanted[where][name] = value
        plan.rows.add(draft.at(key), MAPPED if exact else APPROXIMATED, message, target=target)

    if service.cpu_shares is not None:
        put(
            "cpu_shares",
            "requests",
            "cpu",
            cpu_text(service.cpu_shares / 1024),
            "1024 shares count as one processor.",
            False,
        )
    if service.cpu_quota is not None and service.cpu_quota > 0:
        period = _period(service.cpu_period)
        put("cpu_quota", "limits", "cpu", cpu_text(service.cpu_quota / period), "The quota of a period, as processors.")
    if service.cpu_count:
        put("cpu_count", "limits", "cpu", cpu_text(service.cpu_count))
    if service.cpus is not None and service.cpus > 0:
        put("cpus", "limits", "cpu", cpu_text(service.cpus))
    if service.mem_limit is not None and service.mem_limit > 0:
        put("mem_limit", "limits", "memory", bytes_text(service.mem_limit))
    if service.mem_reservation is not None and service.mem_reservation > 0:
        put("mem_reservation", "requests", "memory", bytes_text(service.mem_reservation))
    for key in ("cpu_quota", "cpu_count", "cpus", "mem_limit", "mem_reservation"):
        if getattr(service, key) is not None and not plan.rows.has(draft.at(key)):
            plan.rows.add(draft.at(key), MAPPED, "No limit, as by default.", target=draft.target)
    if service.cpu_period is not None:
        if service.cpu_quota is not None:
            plan.rows.add(draft.at("cpu_period"), MAPPED, "Counted in with cpu_quota.", target=target)
        else:
            plan.rows.add(draft.at("cpu_period"), REFUSED, "Without cpu_quota it says nothing; use cpus.")


def _period(text: str | None) -> float:
    """In microseconds; a tenth of a second unless something sensible is said."""
    number = float(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0.0
    return number or 100_000.0


def _from_deploy(draft: Draft, plan: Plan, resources: Resources, wanted: dict[str, dict[str, str]]) -> None:
    target = f"{draft.target}.resources"
    for part, where in (("limits", "limits"), ("reservations", "requests")):
        spec = getattr(resources, part)
        if spec is None:
            continue
        base = draft.at("deploy", "resources", part)
        if spec.cpus is not None and spec.cpus > 0:
            wanted[where]["cpu"] = cpu_text(spec.cpus)
        if spec.memory is not None and spec.memory > 0:
            wanted[where]["memory"] = bytes_text(spec.memory)
        for key in ("cpus", "memory"):
            if getattr(spec, key) is not None:
                plan.rows.add(f"{base}.{key}", MAPPED, f"Becomes a part of {where}.", target=target)
        if getattr(spec, "pids", None) is not None:
            plan.rows.add(
                f"{base}.pids", REFUSED, "The number of processes is limited by the kubelet for all pods alike."
            )
        if getattr(spec, "generic_resources", None) is not None:
            message = "Kubernetes knows resources by the name of their device plugin; add them to the limits."
            plan.rows.add(f"{base}.generic_resources", REFUSED, message)


def _map_device(draft: Draft, plan: Plan, path: str, device: Device, wanted: dict[str, dict[str, str]]) -> None:
    if "gpu" not in (device.capabilities or ()):
        message = "Only GPUs have a counterpart here; name the resource of your device plugin in the limits."
        plan.rows.add(path, REFUSED, message, key="devices")
        return
    name = _GPU.get(device.driver or "nvidia", "nvidia.com/gpu")
    count = device.count or (str(len(device.device_ids)) if device.device_ids else "all")
    number = count if whole_number(count, 1, 100) else "1"
    is_exact = count == number and not device.device_ids and not device.options
    wanted["limits"][name] = number
    message = f"{number} of {name}; the cluster needs its device plugin."
    if not is_exact:
        message += " Which device, or all of them, cannot be asked for."
    plan.rows.add(
        path, MAPPED if is_exact else APPROXIMATED, message, target=f"{draft.target}.resources", key="devices"
    )


def _lower_requests(draft: Draft, plan: Plan, wanted: dict[str, dict[str, str]]) -> None:
    """Kubernetes takes no request above its limit; Compose does."""
    for name, request in wanted["requests"].items():
        limit = wanted["limits"].get(name)
        if limit is not None and (parse_quantity(request) or 0) > (parse_quantity(limit) or 0):
            wanted["requests"][name] = limit
            base = draft.at("deploy", "resources", "reservations")
            paths = {
                "memory": (draft.at("mem_reservation"), f"{base}.memory"),
                "cpu": (draft.at("cpu_shares"), f"{base}.cpus"),
            }
            for path in filter(plan.rows.has, paths.get(name, ())):
                message = f"More than the limit, which Kubernetes does not take: lowered to {limit}."
                plan.rows.add(path, APPROXIMATED, message, target=f"{draft.target}.resources")
