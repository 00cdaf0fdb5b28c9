"""Note: text on the canvas, for the eye."""

from typing import Annotated

from plugins.sdk.fields import Data, about
from plugins.sdk.nodetype import NodeType


class NoteData(Data, forbid_unknown_fields=False):
    """Nothing depends on it, so a client may keep here what it likes."""

    name: Annotated[str, about("Name")] = ""
    text: Annotated[str | None, about("Text", widget="textarea")] = None
    color: Annotated[str | None, about("Colour", widget="color")] = None


NODE_TYPE = NodeType(
    name="note",
    display_name="Note",
    description="Text for whoever looks at the picture.",
    icon="sticky-note",
    category="annotations",
    data=NoteData,
    defaults={"text": ""},
)
