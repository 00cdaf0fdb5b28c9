"""Reading templates, always as somebody."""

import re

from django.db.models import Q, QuerySet

from core.principal import Principal
from plugins.loading.installed import all_types
from plugins.sdk.fields import Json
from plugins.sdk.stack import Stack, read_stack
from plugins.selectors import stacks
from workflows import stored
from workflows.models import Template
from workflows.templates.errors import TemplateNotFound
from workflows.templates.types import Offer

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHIPPED, YOURS, SHARED = "shipped", "yours", "shared"


def visible_templates(actor: Principal) -> QuerySet[Template]:
    """Those that people kept: one's own, and what others share with everybody."""
    rows = Template.objects.filter(Q(workspace_id=actor.workspace) | Q(is_shared=True))
    return rows.select_related("owner")


def offers(*, search: str = "", category: str = "", actor: Principal) -> list[Offer]:
    """All stacks that `actor` may use: their own first, then others', then the shipped ones."""
    rows = visible_templates(actor)
    if search:
        rows = rows.filter(Q(title__icontains=search) | Q(description__icontains=search))
    if category:
        rows = rows.filter(category=category)
    kept = sorted((offer_of(row, actor) for row in rows), key=lambda offer: (offer.origin != YOURS, offer.stack.title))
    wanted = search.casefold()
    shipped = (
        Offer(stack, SHIPPED)
        for stack in stacks(actor)
        if category in ("", stack.category)
        and any(wanted in text.casefold() for text in (stack.id, stack.title, stack.description, stack.category))
    )
    return [*kept, *shipped]


def get_offer(*, template_id: str, actor: Principal) -> Offer:
    """A stack by its id; a node type is a stack of one node."""
    for stack in stacks(actor):
        if stack.id == template_id:
            return Offer(stack, SHIPPED)
    single = _single(template_id)
    if single is not None:
        return Offer(single, SHIPPED)
    row = visible_templates(actor).filter(pk=template_id).first() if _ID.fullmatch(template_id) else None
    if row is None:
        raise TemplateNotFound
    return offer_of(row, actor)


def offer_of(row: Template, actor: Principal) -> Offer:
    """A kept template as `actor` sees it."""
    is_own = row.workspace_id == actor.workspace
    return Offer(
        stack_of(row), YOURS if is_own else SHARED, row.is_shared, row.owner.name, row.revision, row.updated_at
    )


def stack_of(row: Template) -> Stack:
    """It was checked when it was kept."""
    return read_stack(
        {
            "id": row.pk,
            "title": row.title,
            "description": row.description,
            "category": row.category,
            "icon": row.icon,
            "parameters": row.parameters,
            **stored.lists(row.graph),
        }
    )


def _single(name: str) -> Stack | None:
    template: Json | None = next((each for each in all_types().templates() if each["type"] == name), None)
    if template is None:
        return None
    node = {"id": name, "type": name, "position": {"x": 0, "y": 0}, "data": dict(template["defaults"])}
    return Stack(
        id=name,
        title=template["display_name"],
        description=template["description"],
        category=template["category"],
        icon=template["icon"],
        nodes=(node,),
    )
