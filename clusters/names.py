"""Which names a cluster may have, and which its namespaces."""

import re

from clusters.errors import BadField, NameTaken

PRACTICE = "practice"
NAME_LENGTH = 63
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_DEFAULT = "default"


def is_name(text: str) -> bool:
    """Whether anything could be found under it, an id included."""
    return bool(_NAME.match(text))


def check_name(name: str) -> None:
    """Raise the 400 that says why not; the name of the practice cluster is taken, also where there is none yet."""
    if not is_name(name):
        raise BadField(
            "name",
            "A cluster's name has up to 63 lower-case letters, digits, dots, dashes and underscores, "
            "and begins with a letter or digit.",
        )
    if name == _DEFAULT:
        raise BadField("name", 'The name "default" is what the default cluster is asked for by; choose another one.')
    if name == PRACTICE:
        raise NameTaken(name, "is the name of the practice cluster")


def check_namespace(name: str) -> None:
    """Raise the 400 for what cannot be the name of a namespace."""
    if not _NAMESPACE.match(name):
        raise BadField(
            "namespaces",
            "A namespace has up to 63 lower-case letters, digits and dashes, with no dash at either end.",
        )
