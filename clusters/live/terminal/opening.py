"""From a resource to the container in which a terminal is to be: the pod itself, or the best one of a workload."""

from clusters.kube.gateway import Gateway, NotFound
from clusters.live.logs import facts
from clusters.live.logs.pods import Pods, Subject
from clusters.live.terminal.shells import Container
from core.errors import Conflict, InvalidInput


async def find_container(gateway: Gateway, subject: Subject, *, pod: str = "", container: str = "") -> Container:
    """Raises the errors of the port, and those of the product where nothing fits."""

    async def same() -> Gateway:
        return gateway

    pods = Pods(same, subject)
    await pods.load()
    chosen = pods.by_name(pod) if pod else facts.best_pod(list(pods.found.values()))
    if chosen is None:
        what = f"The pod {pod}" if pod else f"A pod of {subject.name}"
        raise NotFound(f"{what} is not there.", reason="NotFound", status=404)
    names = facts.container_names(chosen)
    if container and container not in names:
        raise InvalidInput(f"There is no container {container}; there are: {', '.join(names)}.")
    name = container or facts.default_container(chosen)
    if not facts.state_of(chosen, name).is_running:
        raise Conflict(f"The container {name} of {facts.name_of(chosen)} does not run.", code="container_not_running")
    return Container(subject.namespace, facts.name_of(chosen), name)
