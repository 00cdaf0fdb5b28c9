"""What one tenant serves: the built-in resources and those of its CRDs, each with its type.

Must not know how objects are written.
"""

from __future__ import annotations

from . import schema
from .objects import Obj, clone, condition, meta, uid_of
from .resources import BUILTIN, Resource, from_crd
from .schema import Type
from .store import Store

CRDS = "apiextensions.k8s.io/customresourcedefinitions"
WITHOUT_GENERATION = frozenset(
    {
        "/services",
        "/configmaps",
        "/secrets",
        "/namespaces",
        "/nodes",
        "/persistentvolumeclaims",
        "/persistentvolumes",
        "/serviceaccounts",
        "/events",
        "/endpoints",
        "/limitranges",
        "/resourcequotas",
        "apps/controllerrevisions",
        "autoscaling/horizontalpodautoscalers",
        "coordination.k8s.io/leases",
        "events.k8s.io/events",
        "rbac.authorization.k8s.io/roles",
        "rbac.authorization.k8s.io/rolebindings",
        "rbac.authorization.k8s.io/clusterroles",
        "rbac.authorization.k8s.io/clusterrolebindings",
        "storage.k8s.io/storageclasses",
    }
)


def has_generation(res: Resource) -> bool:
    return bool(res.crd) or res.key not in WITHOUT_GENERATION


class Catalog:
    """The resources of one tenant."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.custom: dict[str, list[Resource]] = {}  # by resource key: the served versions
        self._types: dict[tuple[str, str], tuple[str, Type, Obj]] = {}
        for crd in store.select(CRDS):
            self.register_crd(crd)

    def resources(self) -> list[Resource]:
        return [*BUILTIN, *(r for found in self.custom.values() for r in found)]

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        for res in self.resources():
            if (res.group, res.version, res.plural) == (group, version, plural):
                return res
        return None

    def by_kind(self, api_version: str, kind: str) -> Resource | None:
        for res in self.resources():
            if res.kind == kind and res.api_version == api_version:
                return res
        return None

    def register_crd(self, crd: Obj) -> None:
        """Serves what a CRD defines, once its names are accepted."""
        if (condition(crd, "Established") or {}).get("status") != "True":
            return
        found = from_crd(crd)
        for version in found:
            self.custom[version.key] = found

    def forget_crd(self, crd: Obj) -> None:
        self.custom.pop(f"{crd['spec']['group']}/{crd['spec']['names']['plural']}", None)

    def type_of(self, res: Resource) -> Type:
        if not res.crd:
            return schema.defined(res.definition)
        return self._custom_type(res)[1]

    def crd_schema(self, res: Resource) -> Obj:
        return self._custom_type(res)[2]

    def _custom_type(self, res: Resource) -> tuple[str, Type, Obj]:
        crd = self.store.get(CRDS, "", res.crd) or {}
        version = str(meta(crd).get("generation", "")) + uid_of(crd)
        cached = self._types.get((res.key, res.version))
        if cached is None or cached[0] != version:
            raw: Obj = {}
            for item in (crd.get("spec") or {}).get("versions") or []:
                if item["name"] == res.version:
                    raw = clone((item.get("schema") or {}).get("openAPIV3Schema") or {})
            raw = raw or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
            cached = self._types[(res.key, res.version)] = (version, schema.from_crd_schema(clone(raw)), raw)
        return cached
