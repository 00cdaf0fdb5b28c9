"""All checks and fixes that there are. One more is one module and one line here; plugins add theirs with `extended`."""

from collections.abc import Iterable, Sequence
from functools import cache

from plugins.loading.installed import installed
from plugins.sdk.diagnosis import Check, Fix, See
from plugins.sdk.nodetype import AnyNode
from workflows.diagnose.checks import (
    configuration,
    containers,
    drawing,
    general,
    images,
    ingresses,
    jobs,
    making,
    policies,
    presence,
    probes,
    refused,
    scaling,
    scheduling,
    services,
    storage,
)
from workflows.diagnose.fixes import (
    add_claim,
    add_key,
    add_service_account,
    add_source,
    change_backend,
    change_image,
    change_probe,
    change_schedule,
    change_target_port,
    choose_ingress_class,
    choose_storage_class,
    clear_command,
    clear_host_ports,
    clear_placement,
    connect_service,
    loosen_budget,
    lower_replicas,
    lower_requests,
    make_it,
    pull_image,
    raise_deadline,
    raise_maximum,
    raise_memory,
    resume,
    run_again,
    set_requests,
    use_node_port,
)

# In the order in which a person would look: is it there, was it taken, does it start, does it answer.
CHECKS: tuple[Check, ...] = (
    drawing.CHECK,
    presence.CHECK,
    refused.CHECK,
    making.CHECK,
    scheduling.CHECK,
    storage.CHECK,
    images.CHECK,
    configuration.CHECK,
    containers.CHECK,
    probes.CHECK,
    jobs.JOB,
    jobs.CRON,
    services.CHECK,
    ingresses.CHECK,
    policies.CHECK,
    scaling.AUTOSCALER,
    scaling.BUDGET,
    scaling.QUOTA,
)
# Asked when nothing else has found a cause.
LAST = general.CHECK

FIXES: tuple[Fix, ...] = (
    add_claim.FIX,
    add_key.CONFIG_MAP,
    add_key.SECRET,
    add_service_account.FIX,
    add_source.CONFIG_MAP,
    add_source.SECRET,
    change_backend.FIX,
    change_image.FIX,
    change_probe.FIX,
    change_schedule.FIX,
    change_target_port.FIX,
    choose_ingress_class.FIX,
    choose_storage_class.FIX,
    clear_command.FIX,
    clear_host_ports.FIX,
    clear_placement.FIX,
    connect_service.FIX,
    loosen_budget.FIX,
    lower_replicas.FIX,
    lower_requests.FIX,
    make_it.FIX,
    pull_image.FIX,
    raise_deadline.FIX,
    raise_maximum.FIX,
    raise_memory.FIX,
    resume.FIX,
    run_again.FIX,
    set_requests.FIX,
    use_node_port.FIX,
)


class Catalog:
    """Checks in their order, fixes by type. Two of one name are an error."""

    def __init__(self, checks: Sequence[Check] = CHECKS, fixes: Sequence[Fix] = FIXES, last: Check = LAST) -> None:
        self.checks = tuple(checks)
        self.last = last
        self.fixes = {fix.fix_type: fix for fix in fixes}
        names = [check.name for check in (*self.checks, last)]
        if len({*names}) < len(names) or len(self.fixes) < len(fixes):
            raise ValueError("two checks or two fixes have the same name")

    def checks_for(self, node: AnyNode) -> list[Check]:
        return [check for check in self.checks if check.is_for(node)]

    def fix_for(self, node: AnyNode, fix_type: str) -> Fix | None:
        found = self.fixes.get(fix_type)
        return found if found is not None and found.is_for(node) else None

    def sees(self, node: AnyNode) -> frozenset[See]:
        """What of the cluster the checks of this node want to see."""
        return frozenset(see for check in (*self.checks_for(node), self.last) for see in check.sees)

    def extended(self, checks: Iterable[Check] = (), fixes: Iterable[Fix] = ()) -> "Catalog":
        """A new catalog with those of a plugin added; this one stays as it is."""
        return Catalog([*self.checks, *checks], [*self.fixes.values(), *fixes], self.last)


@cache
def core_catalog() -> Catalog:
    """The checks and fixes of Kubernetes itself."""
    return Catalog()


def known_catalog() -> Catalog:
    """Those of plugins as well, whoever uses which: their names begin with the plugin's, so none is there twice."""
    plugins = installed()
    checks, fixes = plugins.of("checks"), plugins.of("fixes")
    if not checks and not fixes:
        return core_catalog()
    return core_catalog().extended([check for _, check in checks], [fix for _, fix in fixes])
