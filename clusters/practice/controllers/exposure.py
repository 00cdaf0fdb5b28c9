"""What a cloud and an ingress controller would do: addresses for load balancers and ingresses.

Simulated so that such objects become ready; the addresses lead nowhere. Must not know endpoints.
"""

from __future__ import annotations

from clusters.practice.objects import Key, Obj, dig, is_deleting, key_of, meta, uid_of
from clusters.practice.seed import HOST_IP, INGRESS_CONTROLLER

from .base import Controller

SERVICES, INGRESSES, CLASSES = "/services", "networking.k8s.io/ingresses", "networking.k8s.io/ingressclasses"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
SECONDS = 1.0


class LoadBalancerController(Controller):
    name = "loadbalancer"
    resource = SERVICES

    def reconcile(self, key: Key) -> None:
        service = self.get(SERVICES, key)
        if service is None or is_deleting(service):
            return
        known = dig(service, "status", "loadBalancer", "ingress")
        if service["spec"].get("type") != "LoadBalancer" or service["spec"].get("loadBalancerClass"):
            if known:
                self.set_status(SERVICES, service, {"loadBalancer": {}})
            return
        if known:
            return
        left = self.delay(SECONDS) - self.manager.age_of(uid_of(service), "loadbalancer")
        if left > 0:
            self.events.record(
                service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer", "service-controller"
            )
            self.after(key, left)
            return
        self.set_status(SERVICES, service, {"loadBalancer": {"ingress": [{"ip": self._free(), "ipMode": "VIP"}]}})
        self.events.record(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer", "service-controller")

    def _free(self) -> str:
        taken = {dig(s, "status", "loadBalancer", "ingress", 0, "ip") for s in self.store.select(SERVICES)}
        network = HOST_IP.rpartition(".")[0]
        return next(ip for n in range(100, 255) if (ip := f"{network}.{n}") not in taken or n == 254)


class IngressController(Controller):
    name = "ingress"
    resource = INGRESSES

    def reconcile(self, key: Key) -> None:
        ingress = self.get(INGRESSES, key)
        if ingress is None or is_deleting(ingress) or dig(ingress, "status", "loadBalancer", "ingress"):
            return
        if not self._is_ours(ingress):
            return
        left = self.delay(SECONDS) - self.manager.age_of(uid_of(ingress), "ingress")
        if left > 0:
            self.after(key_of(ingress), left)
            return
        self.set_status(INGRESSES, ingress, {"loadBalancer": {"ingress": [{"ip": HOST_IP}]}})
        self.events.record(ingress, "Normal", "Sync", "Scheduled for sync", "practice-ingress-controller")

    def _is_ours(self, ingress: Obj) -> bool:
        name = (ingress.get("spec") or {}).get("ingressClassName")
        if name:
            found = self.store.get(CLASSES, "", name)
            return found is not None and dig(found, "spec", "controller") == INGRESS_CONTROLLER
        classes = self.store.select(CLASSES)
        defaults = [c for c in classes if (meta(c).get("annotations") or {}).get(DEFAULT_CLASS) == "true"]
        return any(dig(c, "spec", "controller") == INGRESS_CONTROLLER for c in defaults)
