"""Group: a frame around nodes, for the eye."""

from typing import Annotated

from plugins.sdk.fields import Data, about
from plugins.sdk.nodetype import NodeType


class GroupData(Data, forbid_unknown_fields=False):
    """Nothing depends on it, so a client may keep here what it likes."""

    name: Annotated[str, about("Name")] = ""
    label: Annotated[str | None, about("Label")] = None
    color: Annotated[str | None, about("Colour", widget="color")] = None


NODE_TYPE = NodeType(
    name="group",
    display_name="Group",
    description="A frame around nodes that belong together.",
    icon="group",
    category="annotations",
    data=GroupData,
    defaults={"name": "Group"},
)
