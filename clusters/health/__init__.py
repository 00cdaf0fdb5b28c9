"""How an object of a cluster fares, in words a person understands: `assess`.

Pure: it sees the object as the cluster sent it, its pods and the events about them, and nothing else. It does not know
nodes, targets or runs.
"""

from clusters.health.assessment import assess

__all__ = ["assess"]
