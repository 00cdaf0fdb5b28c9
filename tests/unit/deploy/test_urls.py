"""How objects say where they can be reached."""

from typing import Any

from workflows.deploy.urls import urls_of

Json = dict[str, Any]


def service(type_: str, *ports: Json, ingress: list[Json] | None = None, name: str = "web") -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"type": type_, "ports": list(ports)},
        "status": {"loadBalancer": {"ingress": ingress} if ingress else {}},
    }


def urls(live: Json) -> list[tuple[str, str | None]]:
    return [(each["type"], each["url"]) for each in urls_of(live)]


def test_a_cluster_address_is_reached_by_forwarding() -> None:
    (found,) = urls_of(service("ClusterIP", {"port": 80}))
    assert found == {
        "type": "port_forward",
        "url": "http://localhost:8080",
        "text": "kubectl port-forward -n shop service/web 8080:80",
    }
    assert urls(service("ClusterIP", {"port": 53, "protocol": "UDP"})) == []


def test_a_node_port() -> None:
    found = urls_of(service("NodePort", {"port": 8080, "nodePort": 30080}))
    assert found[0] == {
        "type": "node_port", "url": None, "text": "Port 30080 on every node of the cluster", "port": 30080
    }  # fmt: skip
    assert found[1]["type"] == "port_forward"


def test_a_load_balancer() -> None:
    port = {"port": 80, "nodePort": 30080}
    assert [kind for kind, _ in urls(service("LoadBalancer", port))] == ["node_port", "port_forward"]
    found = urls(service("LoadBalancer", port, {"port": 8443}, ingress=[{"ip": "10.0.0.1"}, {"hostname": "lb.test"}]))
    assert [url for kind, url in found if kind == "load_balancer"] == [
        "http://10.0.0.1", "http://lb.test", "http://10.0.0.1:8443", "http://lb.test:8443"
    ]  # fmt: skip
    assert urls(service("LoadBalancer", {"port": 443}, ingress=[{"ip": "fd00::1"}])) == [
        ("load_balancer", "https://[fd00::1]")
    ]


def test_an_ingress() -> None:
    rules = [
        {"host": "shop.test", "http": {"paths": [{"path": "/a"}, {"path": "/b"}, {"path": "/a"}]}},
        {"host": "plain.test"},
        {"http": {"paths": [{"path": "/c"}]}},
    ]
    live = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"rules": rules, "tls": [{"hosts": ["shop.test"]}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}},
    }
    assert [url for _, url in urls(live)] == [
        "https://shop.test/a", "https://shop.test/b", "http://plain.test/", "http://10.0.0.1/c"
    ]  # fmt: skip


def test_what_has_no_address() -> None:
    assert urls_of(service("ExternalName", {"port": 80})) == ()
    assert urls_of({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}) == ()
