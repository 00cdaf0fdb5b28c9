"""How long things take here, in seconds; tests make them short."""

import random

import msgspec


class Timing(msgspec.Struct, frozen=True):
    """`grace`: how long a cluster may be silent before what is known of it is no longer shown as true.

    A leader renews every `tick` and is taken over `lease` after its last renewal, so a failover takes at most the two
    together.
    """

    debounce: float = 0.05
    tick: float = 5.0
    lease: float = 20.0
    grace: float = 10.0
    # Everything is gone over that often even when nothing happens: what was missed, for whatever reason, is found.
    recheck: float = 60.0
    beat: float = 10.0
    beat_when_lost: float = 2.0
    beat_timeout: float = 8.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    refused_pause: float = 60.0
    poll: float = 10.0
    watch_seconds: int = 240
    # Servers send a bookmark about once a minute: a watch that is silent for longer may have lost its connection.
    silence: float = 100.0
    # A watch that ends sooner than this did not serve, whatever the server says.
    shortest_watch: float = 1.0

    def pause(self, failures: int) -> float:
        """Longer with each failure in a row, and spread so that not all come back at once."""
        longest = min(self.first_pause * 2.0 ** min(failures - 1, 16), self.longest_pause)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret

    def watch_time(self) -> int:
        """Spread, so that watches that began together do not all end together."""
        return max(int(self.watch_seconds * random.uniform(0.75, 1.0)), 1)  # noqa: S311 - not a secret
