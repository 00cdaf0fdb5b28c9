"""A practice cluster, and a watcher that mirrors it."""

from tests.integration.live.conftest import gateways, ground, make_ground, practice_server, proxy

__all__ = ["gateways", "ground", "make_ground", "practice_server", "proxy"]
