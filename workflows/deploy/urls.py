"""How what an object serves is reached from outside: an ingress, a load balancer, a node's port, or a forwarded
port. Pure."""

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_WEB_PORTS = {80: "http", 443: "https"}
_MOST = 20


def urls_of(live: Json) -> tuple[Json, ...]:
    """`{type, url, text}` each: `url` may be null where only the text can say how."""
    pair = (str(live.get("apiVersion") or "").rpartition("/")[0], live.get("kind"))
    if pair == ("networking.k8s.io", "Ingress"):
        return tuple(_ingress(live))[:_MOST]
    if pair == ("", "Service"):
        return tuple(_service(live))[:_MOST]
    return ()


def _ingress(live: Json) -> Iterable[Json]:
    spec = live.get("spec") or {}
    secure = {host for tls in spec.get("tls") or [] for host in tls.get("hosts") or []}
    addresses = _addresses(live)
    seen = set()
    for rule in spec.get("rules") or []:
        host = rule.get("host") or ""
        scheme = "https" if host in secure else "http"
        for path in (rule.get("http") or {}).get("paths") or [{}]:
            for name in [host] if host else addresses:
                url = f"{scheme}://{name}{path.get('path') or '/'}"
                if url not in seen:
                    seen.add(url)
                    yield _entry("ingress", url, url)


def _service(live: Json) -> Iterable[Json]:
    spec, metadata = live.get("spec") or {}, live["metadata"]
    kind = spec.get("type") or "ClusterIP"
    ports = spec.get("ports") or []
    addresses = _addresses(live)
    for port in ports if kind == "LoadBalancer" else ():
        for address in addresses:
            url = _url(address, port["port"])
            yield _entry("load_balancer", url, url)
    for port in ports if kind in ("NodePort", "LoadBalancer") else ():
        if port.get("nodePort"):
            text = f"Port {port['nodePort']} on every node of the cluster"
            yield _entry("node_port", None, text, port=port["nodePort"])
    if kind == "ExternalName" or (kind == "LoadBalancer" and addresses):
        return
    for port in ports:
        if port.get("protocol", "TCP") == "TCP":
            local = port["port"] if port["port"] >= 1024 else 8000 + port["port"]
            place = f"-n {metadata.get('namespace') or 'default'} service/{metadata['name']}"
            text = f"kubectl port-forward {place} {local}:{port['port']}"
            yield _entry("port_forward", f"http://localhost:{local}", text)


def _addresses(live: Json) -> list[str]:
    found = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [address for each in found if (address := each.get("hostname") or each.get("ip"))]


def _url(address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    scheme = _WEB_PORTS.get(port)
    return f"{scheme}://{host}" if scheme else f"http://{host}:{port}"


def _entry(kind: str, url: str | None, text: str, **more: Any) -> Json:
    return {"type": kind, "url": url, "text": text, **more}
