"""Who a container runs as and what it may do."""

import re

from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan, whole_number

_USERS = {"root": 0, "nobody": 65534}
_CAPABILITY = re.compile(r"[A-Z_]{2,40}\Z")
# Kept apart for each pod by the kernel, and allowed without asking the cluster's administrator.
_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    }
)
_NAMESPACED = ("net.", "kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")


def map_user(draft: Draft, plan: Plan) -> None:
    user = draft.service.user
    if user is None:
        return
    name, separator, group = user.partition(":")
    numbers = {"runAsUser": _number(name), "runAsGroup": _number(group) if separator else None}
    if numbers["runAsUser"] is None or (separator and numbers["runAsGroup"] is None):
        message = f"Kubernetes knows users by number only; write '{user[:40]}' as 1000:1000."
        plan.rows.add(draft.at("user"), REFUSED, message)
        return
    draft.nested("security_context").update({key: value for key, value in numbers.items() if value is not None})
    plan.rows.add(draft.at("user"), MAPPED, "Runs as this user.", target=f"{draft.target}.security_context")


def _number(text: str) -> int | None:
    if text in _USERS:
        return _USERS[text]
    return whole_number(text, 0, 2**31 - 1)


def map_groups(draft: Draft, plan: Plan) -> None:
    groups = draft.service.group_add
    if groups is None:
        return
    numbers = [_number(group) for group in groups]
    known = [number for number in numbers if number is not None]
    if known:
        draft.nested("pod_security_context")["supplementalGroups"] = known
    if len(known) == len(groups):
        plan.rows.add(draft.at("group_add"), MAPPED, "More groups.", target=f"{draft.target}.pod_security_context")
    else:
        plan.rows.add(draft.at("group_add"), REFUSED, "Kubernetes knows groups by number only; write them as numbers.")


def map_capabilities(draft: Draft, plan: Plan) -> None:
    for key, field in (("cap_add", "add"), ("cap_drop", "drop")):
        wanted = getattr(draft.service, key)
        if wanted is None:
            continue
        found = list(dict.fromkeys(item.upper().removeprefix("CAP_") for item in wanted))
        bad = [item for item in found if not _CAPABILITY.match(item)]
        if bad:
            plan.rows.add(draft.at(key), REFUSED, f"'{bad[0][:40]}' is no capability; correct it.")
            continue
        capabilities = draft.nested("security_context").setdefault("capabilities", {})
        capabilities[field] = found
        plan.rows.add(draft.at(key), MAPPED, "Capabilities.", target=f"{draft.target}.security_context")


def map_privileges(draft: Draft, plan: Plan) -> None:
    for key, field in (("privileged", "privileged"), ("read_only", "readOnlyRootFilesystem")):
        value = getattr(draft.service, key)
        if value is not None:
            draft.nested("security_context")[field] = value
            note = " Many clusters forbid it." if key == "privileged" and value else ""
            plan.rows.add(draft.at(key), MAPPED, f"Becomes {field}.{note}", target=f"{draft.target}.security_context")


def map_security_options(draft: Draft, plan: Plan) -> None:
    for index, option in enumerate(draft.service.security_opt or ()):
        path = draft.at("security_opt", index)
        name, _, value = option.replace("=", ":", 1).partition(":")
        context = draft.data.setdefault("security_context", {})
        if name == "no-new-privileges":
            if draft.service.privileged or "SYS_ADMIN" in (draft.service.cap_add or ()):
                plan.rows.add(path, REFUSED, "Kubernetes allows it only without privileged and SYS_ADMIN.")
            else:
                context["allowPrivilegeEscalation"] = value.lower() == "false"
                plan.rows.add(path, MAPPED, "No new privileges.", target=f"{draft.target}.security_context")
        elif name == "seccomp" and value == "unconfined":
            context["seccompProfile"] = {"type": "Unconfined"}
            plan.rows.add(path, MAPPED, "No seccomp filter.", target=f"{draft.target}.security_context")
        elif name == "label" and value.partition(":")[0] in ("user", "role", "type", "level"):
            part, _, label = value.partition(":")
            context.setdefault("seLinuxOptions", {})[part] = label
            plan.rows.add(path, MAPPED, "An SELinux label.", target=f"{draft.target}.security_context")
        else:
            plan.rows.add(
                path, REFUSED, f"'{option[:60]}' needs a profile on every node; ask the cluster's administrator."
            )
        if not context:
            del draft.data["security_context"]


def map_sysctls(draft: Draft, plan: Plan) -> None:
    for name, value in (draft.service.sysctls or {}).items():
        path = draft.at("sysctls", name)
        if not name.startswith(_NAMESPACED):
            plan.rows.add(
                path, REFUSED, f"{name[:60]} holds for the whole node; its administrator must set it.", key=name
            )
            continue
        draft.nested("pod_security_context").setdefault("sysctls", []).append({"name": name, "value": value or ""})
        target = f"{draft.target}.pod_security_context"
        if name in _SAFE_SYSCTLS:
            plan.rows.add(path, MAPPED, "A kernel parameter of the pod.", target=target, key=name)
        else:
            message = "Kubernetes calls it unsafe: the kubelet must allow it, else the pod does not start."
            plan.rows.add(path, APPROXIMATED, message, target=target, key=name)


def map_namespaces(draft: Draft, plan: Plan) -> None:
    """pid, ipc and the user and UTS namespaces."""
    for key, field in (("pid", "host_pid"), ("ipc", "host_ipc")):
        value = getattr(draft.service, key)
        if value == "host":
            draft.data[field] = True
            message = "Shares the node's; many clusters forbid it."
            plan.rows.add(draft.at(key), MAPPED, message, target=f"{draft.target}.{field}")
        elif value in ("private", "shareable", "none", ""):
            plan.rows.add(draft.at(key), MAPPED, "A pod has its own anyway.", target=draft.target)
        elif value is not None:
            message = "Pods share nothing with each other; put both containers into one pod."
            plan.rows.add(draft.at(key), REFUSED, message)
    if draft.service.uts is not None:
        plan.rows.add(draft.at("uts"), REFUSED, "A pod always has its own host name.")
    if draft.service.userns_mode is not None:
        plan.rows.add(draft.at("userns_mode"), REFUSED, "User namespaces are the cluster's business.")
    if draft.service.init is not None:
        if draft.service.init:
            draft.data["share_process_namespace"] = True
            message = "Kubernetes has no init of its own: the pod's pause process reaps what is left behind."
            plan.rows.add(draft.at("init"), APPROXIMATED, message, target=f"{draft.target}.share_process_namespace")
        else:
            plan.rows.add(draft.at("init"), MAPPED, "No init process, as by default.", target=draft.target)
