"""Whose build is next."""

from builds.turns import Waiting, choose


def queue(*users: str) -> list[Waiting]:
    return [Waiting(f"{user}{number}", user) for number, user in enumerate(users)]


def carry_out(waiting: list[Waiting], *, places: int, per_user: int) -> list[str]:
    """One build after the other ends, the oldest first; the order in which they begin."""
    running: list[Waiting] = []
    turns: dict[str, float] = {}
    order: list[str] = []
    while waiting or running:
        busy = {user: sum(item.user == user for item in running) for user in {item.user for item in running}}
        for build in choose(waiting, busy, turns, places=places, per_user=per_user):
            item = next(item for item in waiting if item.build == build)
            waiting.remove(item)
            running.append(item)
            turns[item.user] = float(len(order))
            order.append(item.user)
        running.pop(0)
    return order


def test_two_users_take_turns() -> None:
    order = carry_out(queue(*"a" * 10, *"b" * 10), places=1, per_user=1)
    assert order == ["a", "b"] * 10


def test_who_comes_late_waits_for_one_build_only() -> None:
    order = carry_out(queue(*"a" * 9, "b", *"a" * 9), places=2, per_user=2)
    assert "b" in order[:2]


def test_places_and_each_users_share_are_kept() -> None:
    assert choose(queue(*"aaaa"), {}, {}, places=3, per_user=2) == ["a0", "a1"]
    assert choose(queue(*"aab"), {"a": 2}, {}, places=2, per_user=2) == []
    assert choose(queue(*"aab"), {"a": 1}, {"a": 5.0}, places=2, per_user=2) == ["b2"]
    assert choose([], {}, {}, places=2, per_user=2) == []


def test_of_one_user_the_oldest_is_first() -> None:
    assert choose(queue(*"ababab"), {}, {}, places=4, per_user=4) == ["a0", "b1", "a2", "b3"]
