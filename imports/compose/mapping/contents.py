"""Uploaded files as config maps and secrets, mounted where a service wants them."""

import base64
import posixpath

import msgspec

from imports.compose.loading.files import Files
from imports.compose.mapping.state import Draft, Plan, config_key

MAX_BYTES = 900 * 1024
MAX_FILES = 200
_SECRET_ENDINGS = (".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", "htpasswd", "id_rsa", "id_ed25519")


class Content(msgspec.Struct):
    """`files` maps paths to bytes; a single file has its base name."""

    source: str
    files: dict[str, bytes]
    is_file: bool
    is_secret: bool = False


def read_content(files: Files, name: str) -> Content | str:
    """What lies at `name`, or why it cannot be carried along."""
    single = files.content(name)
    if single is not None:
        found = {posixpath.basename(name): single}
    else:
        found = dict(files.below(name))
    size = sum(map(len, found.values()))
    if size > MAX_BYTES or len(found) > MAX_FILES:
        return (
            f"It holds {size:,} bytes in {len(found)} files; a config map takes {MAX_BYTES:,} bytes in {MAX_FILES}. "
            "Build it into the image, or use a volume."
        )
    return Content(name, found, single is not None, single is not None and name.lower().endswith(_SECRET_ENDINGS))


def content_node(plan: Plan, content: Content, wanted: str, *, key: str = "") -> tuple[str, dict[str, str]]:
    """(the node's id, key → path), made on first use for this source."""
    kind = "secret" if content.is_secret else "configmap"
    node_id = f"{kind}-{key or f'file:{content.source}'}"
    items: dict[str, str] = {}
    for path in content.files:
        name = config_key(path.replace("/", "."))
        while name in items:
            name = f"{name}_"
        items[name] = path
    if node_id in plan.nodes:
        return node_id, items
    name = plan.unique(kind, wanted, node_id)
    texts, binaries = {}, {}
    for item, path in items.items():
        try:
            texts[item] = content.files[path].decode()
            if "\x00" in texts[item]:
                raise UnicodeDecodeError("utf-8", b"", 0, 1, "NUL")
        except UnicodeDecodeError:
            texts.pop(item, None)
            binaries[item] = base64.b64encode(content.files[path]).decode()
    if content.is_secret:
        data = {"name": name, "values": texts | binaries, "base64_keys": list(binaries) or None}
    else:
        data = {"name": name, "data": texts, "binary_data": binaries or None}
    plan.node(node_id, kind, data)
    return node_id, items


def add_content(draft: Draft, plan: Plan, content: Content, wanted: str, target: str) -> str:
    """Mounts it; says what it became."""
    node_id, items = content_node(plan, content, wanted)
    data: dict[str, object] = {"as": "mount", "path": target, "read_only": True}
    if content.is_file:
        data["sub_path"] = next(iter(items))
    elif any(key != path for key, path in items.items()):
        data["items"] = items
    if any(path.endswith(".sh") for path in content.files):
        data["mode"] = "0755"
    plan.edge(node_id, draft.node_id, data, tag=target)
    return f"{plan.nodes[node_id].type}/{plan.nodes[node_id].data['name']}"
