"""Which objects become one node: roles with their account, and what Sailcloth made of one node before. Pure."""

from collections.abc import Sequence

from imports.manifests.items import Item
from imports.manifests.kinds import rights
from imports.manifests.paths import value_at
from plugins.sdk import names
from plugins.sdk.fields import Json

_RBAC = "rbac.authorization.k8s.io"


def with_rights(items: Sequence[Item]) -> list[Item]:
    """Roles that hold for one account alone, under its name, are taken into it."""
    taken: set[int] = set()
    for account in [item for item in items if item.type == "serviceaccount"]:
        for is_wide in (False, True):
            pair = _pair(account, items, is_wide)
            if pair and not account.absorbed:
                role, binding = pair
                account.absorbed = [role, binding]
                account.data["rules"] = rights(role)
                if is_wide:
                    account.data["cluster_wide"] = True
                taken |= {id(role), id(binding)}
    return [item for item in items if id(item) not in taken]


def without_rights(account: Item) -> list[Item]:
    """Gives the roles back."""
    roles, account.absorbed = account.absorbed, []
    for field in ("rules", "cluster_wide"):
        account.data.pop(field, None)
    return roles


def _pair(account: Item, items: Sequence[Item], is_wide: bool) -> tuple[Item, Item] | None:
    kind = "ClusterRole" if is_wide else "Role"
    namespace = "" if is_wide else account.namespace
    name = None if is_wide else account.name
    bindings = [
        item
        for item in items
        if not item.is_rough
        if item.group == _RBAC and item.kind == f"{kind}Binding" and item.namespace == namespace
        if name in (None, item.name) and _is_subject(account, item.body)
    ]
    roles = [
        item
        for item in items
        if not item.is_rough
        if item.group == _RBAC and item.kind == kind and item.namespace == namespace
        if bindings and item.name == bindings[0].name
    ]
    others = [
        item
        for item in items
        if item.kind in ("RoleBinding", "ClusterRoleBinding")
        if roles and item is not bindings[0] and value_at(item.body, ("roleRef", "name")) == roles[0].name
    ]
    return (roles[0], bindings[0]) if len(roles) == len(bindings) == 1 and not others else None


def _is_subject(account: Item, binding: Json) -> bool:
    subjects = binding.get("subjects")
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], dict):
        return False
    subject = subjects[0]
    return subject.get("kind") == "ServiceAccount" and subject.get("name") == account.name


def by_node(items: Sequence[Item]) -> list[Item]:
    """Objects that Sailcloth made of one node become one again: a manifest, where no type makes several of them.
    Secrets stay nodes of their own, for a manifest would show them."""
    nodes: dict[str, list[Item]] = {}
    for item in items:
        if item.labels.get(names.MANAGED_BY) == names.MANAGER and names.NODE in item.labels and item.type != "secret":
            nodes.setdefault(item.labels[names.NODE], []).append(item)
    gone: set[int] = set()
    for first, *rest in nodes.values():
        if rest:
            first.type, first.data, first.used = "manifest", {}, {}
            first.absorbed = [*first.absorbed, *(each for other in rest for each in (other, *other.absorbed))]
            gone |= {id(each) for each in rest}
    return [item for item in items if id(item) not in gone]
