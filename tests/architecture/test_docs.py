"""Documentation that can be checked is checked."""

import re
from pathlib import Path

from plugins.management.commands.describe_node_types import describe

ROOT = Path(__file__).resolve().parents[2]


def test_node_types_page_is_true() -> None:
    page = (ROOT / "docs" / "NODE_TYPES.md").read_text()
    assert page == describe(), "run `manage.py describe_node_types > docs/NODE_TYPES.md`"


def test_links_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


def test_settings_are_documented() -> None:
    from config.env import Environment

    page = (ROOT / "docs" / "OPERATIONS.md").read_text()
    names = {
        field.validation_alias.choices[0] if field.validation_alias else f"SAILCLOTH_{name.upper()}"  # type: ignore[union-attr]
        for name, field in Environment.model_fields.items()
    }
    missing = sorted(str(name) for name in names if f"`{name}`" not in page)
    assert not missing, f"docs/OPERATIONS.md does not name {missing}"
