"""Keys of a service that have no counterpart in a cluster, each with its reason."""

from imports.compose.mapping.state import APPROXIMATED, KEPT, MAPPED, REFUSED, Draft, Plan

NO_EFFECT = {
    "attach": "Says what a terminal shows; it has no effect in a cluster.",
    "develop": "Is for work on your own machine; it has no effect in a cluster.",
    "profiles": "Decides whether the service is part of the project, and has been followed.",
}
NO_COUNTERPART = {
    "blkio_config": "Kubernetes does not limit input and output of disks; choose a faster storage class.",
    "cgroup": "The kubelet arranges control groups itself.",
    "cgroup_parent": "The kubelet arranges control groups itself.",
    "cpu_percent": "This is for Windows alone; use cpus.",
    "cpu_rt_period": "Kubernetes knows no real-time scheduling.",
    "cpu_rt_runtime": "Kubernetes knows no real-time scheduling.",
    "cpuset": "The kubelet chooses processors itself; ask for whole ones and its static policy.",
    "credential_spec": "This is for Windows alone; set windowsOptions in the security context.",
    "device_cgroup_rules": "Kubernetes gives devices by plugins alone.",
    "external_links": "Containers outside of the project are not in the cluster; make a service of type ExternalName.",
    "isolation": "This is for Windows alone.",
    "logging": "What a container prints is collected by the cluster; its administrator decides where it goes.",
    "mac_address": "The cluster's network gives addresses itself.",
    "mem_swappiness": "Whether pods may swap is decided on each node.",
    "memswap_limit": "Whether pods may swap is decided on each node.",
    "oom_kill_disable": "Kubernetes always ends what takes too much memory; raise the limit.",
    "oom_score_adj": "Kubernetes derives it from requests and limits.",
    "pids_limit": "The number of processes is limited by the kubelet for all pods alike.",
    "storage_opt": "Limit the container's own disk by resources, as ephemeral-storage.",
    "use_api_socket": "There is no Docker API in a cluster; give a service account instead.",
}


def map_refused(draft: Draft, plan: Plan) -> None:
    for table, verdict in ((NO_EFFECT, KEPT), (NO_COUNTERPART, REFUSED)):
        for key, message in table.items():
            if getattr(draft.service, key) is not None:
                plan.rows.add(draft.at(key), verdict, message)


def map_ulimits(draft: Draft, plan: Plan) -> None:
    for name in draft.service.ulimits or {}:
        message = "Kubernetes sets no limits of this kind; the container runtime of each node does."
        plan.rows.add(draft.at("ulimits", name), REFUSED, message, key=name)


def map_devices(draft: Draft, plan: Plan) -> None:
    for index, device in enumerate(draft.service.devices or ()):
        message = f"The device {device.source[:60]} of your machine; a cluster gives devices by plugins alone."
        plan.rows.add(draft.at("devices", index), REFUSED, message)


def map_runtime(draft: Draft, plan: Plan) -> None:
    runtime, path = draft.service.runtime, draft.at("runtime")
    if runtime is None:
        return
    if runtime in ("runc", "io.containerd.runc.v2", "crun"):
        plan.rows.add(path, KEPT, "What every cluster runs anyway.")
    elif runtime == "nvidia":
        limits = draft.nested("resources").setdefault("limits", {})
        limits.setdefault("nvidia.com/gpu", "1")
        plan.rows.add(path, APPROXIMATED, "One nvidia.com/gpu instead.", target=f"{draft.target}.resources")
    else:
        draft.data["runtime_class"] = runtime.lower()
        message = "The runtime class of this name, which the cluster must have."
        plan.rows.add(path, MAPPED, message, target=f"{draft.target}.runtime_class")


def map_models(draft: Draft, plan: Plan) -> None:
    for name in draft.service.models or {}:
        message = (
            "Models run beside Docker on your machine, not in a cluster; run a model server as a service, "
            "and give its address as a variable."
        )
        plan.rows.add(draft.at("models", name), REFUSED, message, key=name)
