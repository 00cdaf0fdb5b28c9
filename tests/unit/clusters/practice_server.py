"""A real server of the Kubernetes API for tests: the practice server in a thread with a loop of its own."""

import asyncio
import base64
import threading
from typing import Any

import yaml

from clusters.practice.server import PracticeServer

TENANT = "somebody"


class Practice:
    """A practice server in a thread, as a cluster that stands somewhere and knows nothing of us."""

    def __init__(self, folder: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self.make(folder)
        self.run(self.server.start())

    def make(self, folder: Any) -> PracticeServer:
        """So slow that nothing happens by itself."""
        return PracticeServer(data_dir=folder, speed=100.0)

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def stop(self) -> None:
        self.run(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    @property
    def url(self) -> str:
        return self.server.tenant_url(TENANT)

    @property
    def token(self) -> str:
        return self.server.tenant_token(TENANT)

    @property
    def ca(self) -> str:
        return self.server.ca_pem

    def by_token(self, name: str = "home", **more: Any) -> dict[str, Any]:
        """The body that adds it."""
        return {
            "name": name,
            "server": self.url,
            "auth_type": "bearer_token",
            "token": self.token,
            "ca_data": self.ca,
            **more,
        }

    def kubeconfig(self, **user: Any) -> str:
        """The file that its user has at home."""
        authority = base64.b64encode(self.ca.encode()).decode()
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "clusters": [{"name": "c", "cluster": {"server": self.url, "certificate-authority-data": authority}}],
                "users": [{"name": "u", "user": user or {"token": self.token}}],
                "contexts": [
                    {"name": "here", "context": {"cluster": "c", "user": "u"}},
                    {"name": "broken", "context": {"cluster": "nowhere", "user": "u"}},
                ],
            }
        )
