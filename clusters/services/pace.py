"""How often the product itself looks at a cluster: less and less often at one that does not answer, and never at
many of them at the same moment."""

import random
from datetime import timedelta

# With the sweep's own minute it stays below `selectors.FRESH`.
HEALTHY = timedelta(minutes=3, seconds=30)
FIRST_RETRY = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)
JITTER = 0.15
_DOUBLINGS = 10
# How long a check that was asked for may take before another one is asked for.
CLAIM = timedelta(minutes=3)


def pause_after(failures: int) -> timedelta:
    """From the last look to the next; `failures` in a row came before."""
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, _DOUBLINGS), LONGEST) if failures else HEALTHY
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - jitter, not a secret
