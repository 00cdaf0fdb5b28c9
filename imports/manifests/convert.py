"""The order in which objects become a graph. Pure."""

from collections.abc import Iterable, Sequence

from imports.conversion import Conversion, Spot
from imports.manifests import grouping
from imports.manifests.cleaning import clean
from imports.manifests.drawing import Drawing, exported_id, give_ids, placed
from imports.manifests.errors import refuse
from imports.manifests.exact import Compared, drop_misfits, is_exact, make_exact, rights_fit
from imports.manifests.items import Item
from imports.manifests.kinds import KINDS
from imports.manifests.kustomize import read_kustomizations
from imports.manifests.leaving import leave_out
from imports.manifests.linking import link
from imports.manifests.reading import is_kustomization, project_name
from imports.manifests.secrets import Secrets, hide_annotation
from imports.manifests.spaces import settle_namespaces
from imports.manifests.telling import rows_of
from imports.manifests.words import Words
from imports.report import Report
from plugins.sdk import names as labels
from plugins.sdk.yaml import dump_all


def map_items(
    items: list[Item],
    names: Sequence[str],
    choices: dict[str, str],
    digest_key: bytes,
    unread: Sequence[str] = (),
) -> Conversion:
    """`names` are the files that the items are from; of those `unread` it is said that they are."""
    objects = [item for item in items if not is_kustomization(item.written)]
    if not objects:
        raise refuse("", "", "There is no object in these files; send at least one manifest.")
    customs = [item for item in items if is_kustomization(item.written)]
    rows = [row for item in customs for row in read_kustomizations(item, names)]
    name = _name(objects, names)
    spots = _give_paths(objects) | {item.spot.file: item.spot for item in customs}
    for item in objects:
        clean(item)
    kept, left = leave_out(objects)
    space, asked = settle_namespaces(kept, choices)
    secrets = Secrets(choices)
    for item in kept:
        _read(item, secrets)
    drawing, compared = _draw(kept, space, digest_key)
    rows += [row for item in drawing.items for row in rows_of(item, compared)]
    rows += left
    warnings = (*_unread(unread), *_warnings(drawing.items))
    report = Report(tuple(rows), (*asked, *secrets.asked), warnings)
    own = frozenset(item.node_id for item in drawing.items if item.node_id == exported_id(item))
    return Conversion(name, tuple(names), (), placed(drawing.graph()), report, spots, own=own)


def _read(item: Item, secrets: Secrets) -> None:
    """Gives the item its type and data: a manifest where no node has words for it."""
    words = Words(item.body, item.used)
    if (item.group, item.kind) == ("", "Secret"):
        hide_annotation(item)
        item.type, data = "secret", secrets.read(item, words)
    else:
        item.type, reader = KINDS.get((item.group, item.kind), ("", None))
        found = reader(item, words) if reader is not None and not item.is_rough else None
        if found is None:
            item.type, item.used = "manifest", {}
            return
        data = found
    item.used[("metadata", "name")] = "name"
    item.data = {"name": item.name, **_metadata(item, words), **data}
    drop_misfits(item)


def _metadata(item: Item, words: Words) -> dict[str, object]:
    metadata = words.at("metadata")
    data = metadata.fields({"annotations": "annotations", "namespace": "namespace"})
    own = dict(metadata.take("labels", "labels") or {})
    if own.get(labels.NAME) == labels.label_value(item.name):
        del own[labels.NAME]
    for key in (labels.MANAGED_BY, labels.NODE):
        own.pop(key, None)
    return data | ({"labels": own} if own else {})


def _draw(items: list[Item], space: str, digest_key: bytes) -> tuple[Drawing, Compared]:
    drawing = _linked(grouping.by_node(grouping.with_rights(items)), space)
    misfits = [
        account
        for account in drawing.of_type("serviceaccount")
        if account.absorbed and not rights_fit(account, drawing)
    ]
    if misfits:
        roles = [role for account in misfits for role in grouping.without_rights(account)]
        drawing = _linked([*drawing.items, *roles], space)
    compared = make_exact(drawing, digest_key=digest_key)
    rough = [item for item in drawing.items if item.type not in ("manifest", "secret") and not is_exact(item, compared)]
    if rough:
        for item in rough:
            item.type, item.data, item.used = "manifest", {}, {}
        drawing = _linked(drawing.items, space)
        compared = make_exact(drawing, digest_key=digest_key)
    return drawing, compared


def _linked(items: list[Item], space: str) -> Drawing:
    for item in items:
        if item.type == "manifest":
            item.data = {"name": f"{item.kind} {item.name}", "yaml": _yaml(item)}
    give_ids(items)
    drawing = Drawing(items, space)
    link(drawing)
    return drawing


def _yaml(item: Item) -> str:
    bodies = [{**each.plain, "metadata": each.metadata} for each in (item, *item.absorbed)]
    return dump_all(bodies, explicit_start=bool(item.absorbed))


def _give_paths(items: Iterable[Item]) -> dict[str, Spot]:
    """What the paths of the report begin with: the kind and name of each object."""
    items = list(items)
    spaces = {item.namespace for item in items if item.namespace}
    spots: dict[str, Spot] = {}
    for item in items:
        place = f"{item.namespace}/" if len(spaces) > 1 and item.namespace else ""
        path, number = f"{place}{item.kind.lower()}/{item.name}", 2
        while path in spots:
            path, number = f"{place}{item.kind.lower()}/{item.name}#{number}", number + 1
        spots[path] = item.spot
        item.path = path
    return spots


def _name(items: Sequence[Item], names: Sequence[str]) -> str:
    """As all objects say of themselves, else as the files are called."""
    for label in ("app.kubernetes.io/part-of", labels.INSTANCE):
        found = {item.labels.get(label) for item in items if isinstance(item.metadata.get("labels"), dict)}
        if len(found) == 1 and (name := found.pop()):
            return str(name)
    return project_name(names)


def _unread(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
    return [f"Templates of a Helm chart were not read ({listed}); run `helm template` and send its output."]


def _warnings(items: Sequence[Item]) -> Iterable[str]:
    seen: set[tuple[str, str, str]] = set()
    for item in items:
        key = (item.kind, item.namespace, item.name)
        if key in seen and item.type != "manifest":
            yield f"{item.kind} {item.name} is in the input twice; rename one of the nodes, or remove it."
        seen.add(key)
