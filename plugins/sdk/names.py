"""Names and labels that a cluster accepts, derived the same way every time.

A name that is too long keeps its head and gets a hash, so that two long names stay two names.
"""

import hashlib
import re
from functools import lru_cache

LABEL_LIMIT = 63

NAME = "app.kubernetes.io/name"
INSTANCE = "app.kubernetes.io/instance"
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "sailcloth"
NODE = "sailcloth.io/node"
CONFIG_DIGEST = "sailcloth.io/config-digest"
SERVICE_PREFIX = "service.sailcloth.io/"

_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?\Z")
_NOT_DNS = re.compile(r"[^a-z0-9-]+")
_NOT_ENV = re.compile(r"[^A-Z0-9]+")


def short_hash(text: str, length: int = 8) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def is_label_value(text: str) -> bool:
    return _LABEL_VALUE.match(text) is not None


def shortened(name: str, limit: int = LABEL_LIMIT) -> str:
    """`name` when it fits, else its head and a hash of the whole."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9].rstrip('-._')}-{short_hash(name)}"


@lru_cache(maxsize=4096)
def label_value(text: str) -> str:
    """`text` itself when it may be a label's value; shortened or hashed when it may not."""
    if is_label_value(text):
        return text
    short = shortened(text)
    return short if is_label_value(short) else f"x{short_hash(text, 40)}"


def dns_label(text: str, limit: int = LABEL_LIMIT) -> str:
    """A DNS-1123 label made from any text: for containers, volumes and ports that nobody named."""
    label = _NOT_DNS.sub("-", text.lower()).strip("-")
    if not label:
        label = f"x{short_hash(text)}"
    return shortened(label, limit)


def env_prefix(text: str) -> str:
    """`order-db` as the head of environment names: `ORDER_DB`."""
    prefix = _NOT_ENV.sub("_", text.upper()).strip("_") or "SERVICE"
    return f"_{prefix}" if prefix[0].isdigit() else prefix
