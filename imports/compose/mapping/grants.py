"""Configs and secrets of Compose: a node each, mounted as a file in every service that was granted it."""

from imports.compose.errors import joined
from imports.compose.mapping.contents import Content, content_node, read_content
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan
from imports.compose.model.build import FileGrant
from imports.compose.model.project import Config, Secret


def map_resources(plan: Plan) -> None:
    """One node for each config and secret, whether or not a service reads it."""
    for name, secret in plan.project.secrets.items():
        _map_resource(plan, "secrets", name, secret)
    for name, config in plan.project.configs.items():
        _map_resource(plan, "configs", name, config)


def _map_resource(plan: Plan, section: str, name: str, spec: Config | Secret) -> None:
    kind, path = ("secret" if section == "secrets" else "configmap"), joined(section, name)
    node_id = f"{kind}-{section}:{name}"
    wanted = spec.external if isinstance(spec.external, str) else spec.name or name
    if spec.external:
        plan.node(node_id, kind, {"name": plan.unique(kind, wanted, node_id), "existing": True})
        plan.rows.add(path, MAPPED, f"A {kind} of this name must be there already.", target=f"{kind}/{wanted}")
        return
    content = _content(plan, section, name, spec)
    if content is None:
        value = plan.answers.secret(f"{kind}.{name}.value", f"The content of the {kind} {name}")
        if not value:
            plan.warnings.append(f"The content of the {kind} {name} is not known; give it before you run.")
        content = Content(name, {name: value.encode()}, True)
        message = "Its content was not uploaded: give it, and it is kept." if not value else "As you gave it."
        verdict = MAPPED if value else APPROXIMATED
    elif isinstance(content, str):
        plan.rows.add(path, REFUSED, content)
        return
    else:
        verdict, message = MAPPED, "Kept encrypted." if kind == "secret" else "A config map with one file."
    content.is_secret = kind == "secret"
    content_node(plan, content, wanted, key=f"{section}:{name}")
    plan.rows.add(path, verdict, message, target=f"{kind}/{plan.nodes[node_id].data['name']}")


def _content(plan: Plan, section: str, name: str, spec: Config | Secret) -> Content | str | None:
    """None where nobody knows it."""
    text = getattr(spec, "content", None)
    if text is None and spec.environment:
        text = plan.loaded.variables.get(spec.environment)
    if text is not None:
        return Content(name, {name: text.encode()}, True)
    if spec.file is None:
        return None
    file = spec.file.removeprefix("./")
    if not plan.files.has(file):
        return None
    found = read_content(plan.files, file)
    return found if isinstance(found, str) else Content(name, {name: next(iter(found.files.values()))}, True)


def map_grants(draft: Draft, plan: Plan) -> None:
    taken: set[str] = {mount.target or "" for mount in draft.service.volumes or ()}
    for section, folder in (("secrets", "/run/secrets/"), ("configs", "/")):
        for index, grant in enumerate(getattr(draft.service, section) or ()):
            _map_grant(draft, plan, section, folder, index, grant, taken)


def _map_grant(
    draft: Draft, plan: Plan, section: str, folder: str, index: int, grant: FileGrant, taken: set[str]
) -> None:
    kind, path = ("secret" if section == "secrets" else "configmap"), draft.at(section, index)
    node_id = f"{kind}-{section}:{grant.source}"
    target = grant.target or grant.source
    target = target if target.startswith("/") else f"{folder}{target}"
    node = plan.nodes.get(node_id)
    if node is None or target in taken or ":" in target or target.rstrip("/") == "":
        plan.rows.add(
            path, REFUSED, f"{grant.source[:60]} cannot be mounted at {target[:60]}: see {section}.{grant.source[:60]}."
        )
        return
    taken.add(target)
    stored = node.data.get("values") or node.data.get("data") or node.data.get("binary_data") or {}
    key = next(iter(stored), grant.source)
    data: dict[str, object] = {"as": "mount", "path": target, "sub_path": key, "read_only": True}
    if grant.mode is not None and grant.mode <= 0o777:
        data["mode"] = f"{grant.mode:04o}"
    plan.edge(node_id, draft.node_id, data, tag=target)
    where = f"{kind}/{node.data['name']}"
    if grant.uid or grant.gid:
        message = f"A file at {target}; Kubernetes sets no owner, only the mode and the pod's group."
        plan.rows.add(path, APPROXIMATED, message, target=where)
    else:
        plan.rows.add(path, MAPPED, f"A file at {target}.", target=where)
