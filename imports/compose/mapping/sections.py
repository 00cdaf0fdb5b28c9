"""Everything of a project that is no service: networks, volumes that nobody mounts, models, the name."""

from typing import Any

from imports.compose.errors import joined
from imports.compose.loading.documents import RESET
from imports.compose.mapping.claims import claim_of_volume
from imports.compose.mapping.state import APPROXIMATED, KEPT, MAPPED, REFUSED, Plan
from imports.compose.model.decode import Spec
from imports.compose.model.project import Network

_NETWORK = {
    "name": (KEPT, "A name of Docker's; networks have none in a cluster."),
    "driver": (REFUSED, "The cluster has one network for all pods; its administrator chooses the driver."),
    "driver_opts": (REFUSED, "The cluster has one network for all pods."),
    "ipam": (REFUSED, "The cluster gives addresses itself; use names."),
    "enable_ipv4": (REFUSED, "Which IP families there are is decided for the whole cluster."),
    "enable_ipv6": (REFUSED, "Which IP families there are is decided for the whole cluster."),
    "attachable": (KEPT, "Any pod may join; network policies decide."),
    "labels": (KEPT, "A network is no object in a cluster, so its labels have no place."),
}
_ENDPOINT = {
    "interface_name": "A pod has one interface, whose name the cluster gives.",
    "ipv4_address": "The cluster gives addresses itself; use names.",
    "ipv6_address": "The cluster gives addresses itself; use names.",
    "link_local_ips": "The cluster gives addresses itself; use names.",
    "mac_address": "The cluster gives addresses itself.",
    "driver_opts": "The cluster has one network for all pods.",
    "priority": "A pod has one network.",
    "gw_priority": "A pod has one network.",
}
_VOLUME = {
    "name": (KEPT, "A name of Docker's; the claim is called as the volume."),
    "driver": (REFUSED, "Choose a storage class of the cluster instead."),
    "driver_opts": (REFUSED, "Choose a storage class of the cluster instead."),
    "labels": (KEPT, "Only Kompose's are read; a claim is told apart by its name."),
}
_GRANTED = {
    "template_driver": (REFUSED, "Kubernetes fills in no templates; write the finished text."),
    "driver": (REFUSED, "Where secrets are kept is not Docker's choice here."),
    "driver_opts": (REFUSED, "Where secrets are kept is not Docker's choice here."),
    "labels": (KEPT, "It is told apart by its name."),
}


def map_sections(plan: Plan) -> None:
    document = plan.loaded.document
    if "version" in document:
        plan.rows.add("version", KEPT, "Has no meaning any more, in Compose neither.")
    if "name" in document:
        plan.rows.add("name", MAPPED, "The name that is proposed for the workflow.", target="workflow")
    for name in plan.project.models:
        message = "Models run beside Docker on your machine, not in a cluster; run a model server as a service."
        plan.rows.add(joined("models", name), REFUSED, message, key=name)
    for name in plan.project.volumes:
        claim_of_volume(plan, name)
    _map_parts(plan)
    _map_extensions(plan)


def map_details(plan: Plan) -> None:
    """The keys inside of volumes, networks, configs and secrets, after what they became is known."""
    for name, network in plan.project.networks.items():
        _table(plan, joined("networks", name), network, _NETWORK)
    for name, volume in plan.project.volumes.items():
        _table(plan, joined("volumes", name), volume, _VOLUME)
    for section in ("secrets", "configs"):
        for name, spec in getattr(plan.project, section).items():
            _table(plan, joined(section, name), spec, _GRANTED)


def _table(plan: Plan, path: str, spec: Spec, table: dict[str, tuple[Any, str]]) -> None:
    owner = plan.rows.get(path)
    for key in type(spec).__struct_fields__:
        value = getattr(spec, key)
        if key == "extensions" or value is None or value is False:
            continue
        verdict, message = table.get(key, (owner.verdict if owner else MAPPED, "See above."))
        if not plan.rows.has(joined(path, key)):
            plan.rows.add(
                joined(path, key), verdict, message, target=owner.target if owner and verdict is not REFUSED else ""
            )


def _map_parts(plan: Plan) -> None:
    """`include` and `extends` are followed before anything is mapped, and then gone."""
    for _, part in plan.loaded.parts:
        for index, _ in enumerate(part["include"] if isinstance(part.get("include"), list) else ()):
            plan.rows.add(joined("include", index), MAPPED, "Followed: what it defines is part of the project.")
        services = part.get("services")
        for name, service in services.items() if isinstance(services, dict) else ():
            if isinstance(service, dict) and service.get("extends") is not None:
                plan.rows.add(joined("services", name, "extends"), MAPPED, "Followed: what it names is filled in here.")


def map_resets(plan: Plan) -> None:
    """What a later file takes away with `!reset` is told where nothing else stands there now."""

    told = plan.rows.paths()

    def walk(value: Any, path: str) -> None:
        if value is RESET and path not in told:
            plan.rows.add(path, KEPT, "Taken away by !reset.")
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, joined(path, key))

    for _, part in plan.loaded.parts:
        walk(part, "")


def _map_extensions(plan: Plan) -> None:
    def walk(value: Any, path: str, depth: int) -> None:
        if isinstance(value, dict) and depth < 8:
            for key, item in value.items():
                if key.startswith("x-"):
                    plan.rows.add(joined(path, key), KEPT, "An extension: it has no effect of its own.", key=key)
                elif not path.endswith(("environment", "labels", "annotations", "args")):
                    walk(item, joined(path, key), depth + 1)

    walk(plan.loaded.document, "", 0)


def map_networks(plan: Plan) -> None:
    """Rows for the networks themselves and for what each service says of them."""
    for name, network in plan.project.networks.items():
        path = joined("networks", name)
        if not plan.rows.has(path):
            _tell(plan, path, name, network)
    for draft in plan.drafts.values():
        for name, options in (draft.service.networks or {}).items():
            path = draft.at("networks", name)
            if not plan.rows.has(path):
                message = "All pods are in one network; policies keep networks apart, where you choose them."
                plan.rows.add(path, APPROXIMATED, message, key=name)
            for key, reason in _ENDPOINT.items():
                if getattr(options, key) is not None:
                    plan.rows.add(f"{path}.{key}", REFUSED, reason)


def _tell(plan: Plan, path: str, name: str, network: Network) -> None:
    message = "All pods of a cluster are in one network, so its members reach each other as before, and others too."
    if network.internal:
        message += " That it is internal needs network policies."
    plan.rows.add(path, APPROXIMATED, message, key=name, choices=[plan.answers.asked["networks.policies"]])
    if network.internal and not plan.rows.has(f"{path}.internal"):
        plan.rows.add(f"{path}.internal", REFUSED, "Choose network policies to keep it inside.")
