"""Whose build is next: round robin over users, within the engine's places and each user's. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A build in the queue; lists of them are ordered by age."""

    build: str
    user: str


def choose(
    waiting: Sequence[Waiting],
    running: Mapping[str, int],
    last_turn: Mapping[str, float],
    *,
    places: int,
    per_user: int,
) -> list[str]:
    """The builds that begin now, in order.

    `running` counts the builds under way by user, `last_turn` is when each user was last given a place (any clock; who
    is missing never was). A free place goes to the user who has waited longest for a turn, among those with the fewest
    builds under way; of one user the oldest build is first.
    """
    busy, turns = Counter(running), dict(last_turn)
    latest = max(turns.values(), default=0.0)
    left = list(waiting)
    chosen: list[str] = []
    for _ in range(max(places - sum(busy.values()), 0)):
        candidates = {item.user: item for item in reversed(left) if busy[item.user] < per_user}
        if not candidates:
            break
        order = {item.build: index for index, item in enumerate(left)}
        best = min(
            candidates.values(), key=lambda item: (busy[item.user], turns.get(item.user, -1.0), order[item.build])
        )
        chosen.append(best.build)
        left.remove(best)
        busy[best.user] += 1
        latest += 1.0
        turns[best.user] = latest
    return chosen
