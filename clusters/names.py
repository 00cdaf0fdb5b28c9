"""Which names a cluster may have."""

import re

from clusters.errors import BadField

PRACTICE = "practice"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")
_RESERVED = {"default": "is what the default cluster is asked for by", PRACTICE: "is the name of the practice cluster"}


def is_name(text: str) -> bool:
    """Whether anything could be found under it, an id included."""
    return bool(_NAME.match(text))


def check_name(name: str) -> None:
    """Raise the 400 that says why not."""
    if not is_name(name):
        raise BadField(
            "name",
            "A cluster's name has up to 63 lower-case letters, digits, dots, dashes and underscores, "
            "and begins with a letter or digit.",
        )
    if name in _RESERVED:
        raise BadField("name", f'The name "{name}" {_RESERVED[name]}; choose another one.')
