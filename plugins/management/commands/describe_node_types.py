"""`manage.py describe_node_types`: the page docs/NODE_TYPES.md, made from the types themselves."""

from typing import Any

from django.core.management.base import BaseCommand

from plugins.registry import core_types

Json = dict[str, Any]

HEAD = """# Node types
Made by `manage.py describe_node_types`; a test sees that it is true. `GET /v1/api/templates` says the same to
programs, with a JSON Schema for each type. Only what is marked * is needed to run. `crd:*` stands for every kind that a
cluster serves beside these; those of plugins are in [PLUGINS.md](PLUGINS.md).
"""


def describe() -> str:
    """The whole page."""
    templates = core_types().templates()
    return "\n".join([HEAD, *(_section(template) for template in templates), _connections(templates)])


def _section(template: Json) -> str:
    required = set(template["schema"].get("required", []))
    properties = template["schema"]["properties"]
    lines = [f"## {template['display_name']} (`{template['type']}`)", template["description"], ""]
    for group in template["ui"]["groups"]:
        fields = ", ".join(
            f"`{name}`{'*' if name in required else ''}" for name in group["fields"] if name in properties
        )
        lines.append(f"- {group['title']}: {fields}")
    return "\n".join([*lines, ""])


def _connections(templates: list[Json]) -> str:
    """A row per meaning and kind of words, whichever type declared it."""
    rows: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for each in (connection for template in templates for connection in template["connections"]):
        data = ", ".join(f"`{name}`" for name in each["schema"].get("properties", {})) or "–"
        sources, targets = rows.setdefault((each["title"], data), ({}, {}))
        sources.update(dict.fromkeys(each["sources"]))
        targets.update(dict.fromkeys(each["targets"]))
    lines = [
        f"| {', '.join(sources)} | {', '.join(targets)} | {title} | {data} |"
        for (title, data), (sources, targets) in rows.items()
    ]
    return "\n".join(["## Edges", "| from | to | means | may say |", "|---|---|---|---|", *lines, ""])


class Command(BaseCommand):
    help = "Write docs/NODE_TYPES.md to standard output."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(describe(), ending="")
