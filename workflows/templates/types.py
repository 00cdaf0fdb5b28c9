"""What crosses the border of templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from plugins.sdk.fields import Json
from plugins.sdk.stack import Stack


class TemplateFields(TypedDict, total=False):
    """What of a template is set from outside; a key that is absent leaves its field as it is."""

    title: str
    description: str
    category: str
    icon: str
    parameters: list[Json]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A stack as somebody sees it. `origin`: shipped, or yours, or shared by somebody else."""

    stack: Stack
    origin: str
    is_shared: bool = False
    owner: str = ""
    revision: int = 0
    updated_at: datetime | None = None
