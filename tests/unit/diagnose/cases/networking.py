"""Causes between pods and those who call them."""

from typing import Any

from tests.unit.diagnose.scenes import (
    FRONT,
    WEB,
    WELL,
    Case,
    Scene,
    deployment,
    edge,
    ingress,
    ingress_class,
    node,
    obj,
    policy,
    service,
    serving_pod,
)


def uses(*policies: Any, more: Any = ()) -> Scene:
    nodes = [node("shop"), WEB, FRONT, *more]
    ways = [edge("shop", "front"), edge("front", "web")]
    return Scene(*nodes, edges=ways, live=[deployment("shop", status=WELL)], listed={"NetworkPolicy": list(policies)})


CASES: list[Case] = [
    # --- networking
    (
        "selector_matches_nothing",
        Scene(node("front", "service", selector={"app": "wbe"}), WEB, live=[service(selector={"app": "wbe"})]),
        "labels app=wbe",
        "connect_service",
    ),
    (
        "selector_matches_nothing",
        Scene(FRONT, WEB, live=[service(selector=None)], listed={"Endpoints": []}),
        "selects no pods",
        "connect_service",
    ),
    (
        "no_endpoints",
        Scene(FRONT, WEB, edges=[edge("front", "web")], live=[service()], pods=[serving_pod(ready=False)]),
        "only pod is not ready",
        "",
    ),
    ("no_endpoints", Scene(FRONT, WEB, edges=[edge("front", "web")], live=[service()]), "has none now", ""),
    (
        "port_mismatch",
        Scene(
            FRONT,
            WEB,
            edges=[edge("front", "web")],
            live=[service(ports=[{"port": 80, "targetPort": 9090}])],
            pods=[serving_pod()],
        ),
        "leads to port 9090 of its pods, but they say they listen on 8080",
        "change_target_port",
    ),
    (
        "named_port_missing",
        Scene(
            FRONT,
            WEB,
            edges=[edge("front", "web")],
            live=[service(ports=[{"port": 80, "targetPort": "web"}])],
            pods=[serving_pod(port_name="http")],
        ),
        'called "web"',
        "change_target_port",
    ),
    (
        "no_load_balancer",
        Scene(
            node("front", "service", type="LoadBalancer"),
            WEB,
            edges=[edge("front", "web")],
            live=[service(type="LoadBalancer")],
            pods=[serving_pod()],
        ),
        "No load balancer",
        "use_node_port",
    ),
    (
        "ingress_class_missing",
        Scene(
            node("door", "ingress", ingress_class="nginx"),
            live=[ingress()],
            listed={"IngressClass": [ingress_class("traefik")]},
        ),
        "cluster has traefik",
        "choose_ingress_class",
    ),
    (
        "ingress_class_missing",
        Scene(node("door", "ingress"), live=[ingress(class_="")], listed={"IngressClass": []}),
        "no ingress controller",
        "",
    ),
    (
        "ingress_no_address",
        Scene(
            node("door", "ingress", ingress_class="nginx"), live=[ingress()], listed={"IngressClass": [ingress_class()]}
        ),
        "has given it an address yet",
        "",
    ),
    (
        "ingress_service_missing",
        Scene(node("door", "ingress"), live=[ingress(service="frnt")], listed={"Service": [service()]}),
        'the service "frnt", which does not exist',
        "change_backend",
    ),
    (
        "ingress_port_missing",
        Scene(node("door", "ingress"), live=[ingress(port=81)], listed={"Service": [service()]}),
        "leads to port 81",
        "change_backend",
    ),
    (
        "tls_secret_missing",
        Scene(node("door", "ingress"), live=[ingress(tls=[{"secretName": "cert"}])], named={("Secret", "cert"): None}),
        'secret "cert"',
        "add_secret",
    ),
    (
        "route_refused",
        Scene(
            node("door", "httproute", parents=[{"name": "gate"}]),
            live=[
                obj(
                    "gateway.networking.k8s.io/v1",
                    "HTTPRoute",
                    "door",
                    spec={},
                    status={
                        "parents": [
                            {
                                "parentRef": {"name": "gate"},
                                "conditions": [
                                    {
                                        "type": "Accepted",
                                        "status": "False",
                                        "reason": "NoMatchingParent",
                                        "message": "no such listener",
                                    }
                                ],
                            }
                        ]
                    },
                )
            ],
        ),
        "no such listener",
        "",
    ),
    ("policy_cuts_edge", uses(policy(labels={"app.kubernetes.io/name": "web"})), "does not let it reach", ""),
    (
        "policy_matches_nothing",
        Scene(node("closed", "networkpolicy"), live=[policy(labels={"app": "x"})], listed={"NetworkPolicy": []}),
        "holds for no pod",
        "",
    ),
]
