"""The workflow that a fresh installation has: a small web site, ready to run on the practice cluster."""

from accounts.services import ensure_first_admin, principal_of
from workflows import selectors
from workflows.templates.services import instantiate_template

TEMPLATE = "static-site"


def ensure_demo() -> None:
    """Once: whoever has drawn anything, or thrown the demo away, does not get it again."""
    admin, _ = ensure_first_admin()
    actor = principal_of(admin)
    if selectors.visible_workflows(actor).exists() or selectors.deleted_workflows(actor).exists():
        return
    instantiate_template(
        template_id=TEMPLATE,
        fields={
            "name": "Hello, Sailcloth",
            "description": "A small web site: a page in a config map, two copies of a web server, one address.",
            "tags": ["demo"],
            "namespace": "demo",
        },
        values={},
        actor=actor,
    )
