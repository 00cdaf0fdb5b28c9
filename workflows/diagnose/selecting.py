"""Label selectors: whom they mean, and how an API server writes them."""

from clusters.health.reading import Json, dig, entries, mapping, text, words


def matches(selector: Json | None, labels: dict[str, str]) -> bool:
    """Whether a LabelSelector (matchLabels, matchExpressions) means what carries `labels`. An empty one means all,
    none at all nothing."""
    if selector is None:
        return False
    wanted = mapping(selector.get("matchLabels"))
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_fits(item, labels) for item in entries(selector.get("matchExpressions")))


def _fits(item: Json, labels: dict[str, str]) -> bool:
    key, operator, values = text(item.get("key")), item.get("operator"), words(item.get("values"))
    if operator == "In":
        return labels.get(key) in values
    if operator == "NotIn":
        return labels.get(key) not in values
    return (key in labels) is (operator == "Exists")


def query(selector: Json | None) -> str:
    """As a list request wants it; "" for everything, so ask `is_empty` first."""
    if not selector:
        return ""
    parts = [f"{key}={value}" for key, value in sorted(mapping(selector.get("matchLabels")).items())]
    for item in entries(selector.get("matchExpressions")):
        key, values = text(item.get("key")), ",".join(words(item.get("values")))
        operator = item.get("operator")
        if operator in ("In", "NotIn"):
            parts.append(f"{key} {'in' if operator == 'In' else 'notin'} ({values})")
        else:
            parts.append(key if operator == "Exists" else f"!{key}")
    return ",".join(parts)


def selector_of(obj: Json) -> Json | None:
    """The pods that an object is about: a workload's, a service's, a policy's. None when it selects none."""
    kind, spec = obj.get("kind"), mapping(obj.get("spec"))
    if kind in ("Service", "ReplicationController"):
        plain = spec.get("selector")
        return {"matchLabels": plain} if isinstance(plain, dict) and plain else None
    found = spec.get("podSelector" if kind == "NetworkPolicy" else "selector")
    return found if isinstance(found, dict) else None


def shown(selector: Json | None) -> str:
    """For a sentence."""
    return query(selector) or "everything"


def named_ports(spec: Json) -> dict[str, int]:
    """Names of the ports of a pod's containers."""
    ports = [port for item in entries(spec.get("containers")) for port in entries(item.get("ports"))]
    return {text(port.get("name")): int(dig(port, "containerPort") or 0) for port in ports if text(port.get("name"))}


def port_numbers(spec: Json) -> list[int]:
    """All ports that the containers say they listen on."""
    ports = [port for item in entries(spec.get("containers")) for port in entries(item.get("ports"))]
    return [int(port["containerPort"]) for port in ports if isinstance(port.get("containerPort"), int)]
