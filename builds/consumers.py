"""Who may build for what: apps for which images are built register their kind here. Knows none of them."""

from collections.abc import Callable

from builds.errors import ConsumerNotAllowed
from builds.types import Consumer
from core.principal import Principal

# Raises where `actor` may not build for the id.
MayUse = Callable[[str, Principal], None]
_kinds: dict[str, MayUse] = {}


def register_consumer(kind: str, may_use: MayUse) -> None:
    """An app calls this in `ready()`."""
    _kinds[kind] = may_use


def check_consumer(consumer: Consumer, actor: Principal) -> None:
    """Raises what the app raises, or the 400 for a kind that nobody registered."""
    may_use = _kinds.get(consumer.kind)
    if may_use is None:
        raise ConsumerNotAllowed("consumer", f"Nothing of the kind {consumer.kind} can have an image built for it.")
    may_use(consumer.id, actor)
