"""`python -m clusters.practice`: the practice cluster on its own, with a kubeconfig for one tenant.

Must not know the product.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import pathlib
import signal

from .server import PracticeServer


def kubeconfig(server: PracticeServer, tenant: str) -> str:
    """A kubeconfig as JSON, which kubectl reads as well as YAML."""
    import base64

    ca = base64.b64encode(server.ca_pem.encode()).decode()
    name = f"practice-{tenant}"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": server.tenant_url(tenant), "certificate-authority-data": ca}}
        ],
        "users": [{"name": name, "user": {"token": server.tenant_token(tenant)}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
        "current-context": name,
    }
    return json.dumps(document, indent=2)


async def serve(args: argparse.Namespace) -> None:
    server = PracticeServer(data_dir=args.data_dir, host=args.host, port=args.port, speed=args.speed)
    await server.start()
    path = args.data_dir / f"{args.tenant}.kubeconfig"
    path.touch(mode=0o600)
    path.write_text(kubeconfig(server, args.tenant))
    print(f"KUBECONFIG={path}", flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m clusters.practice", description="a simulated Kubernetes")
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--speed", type=float, default=1.0, help="0.1 makes simulated time ten times faster")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(serve(args))


if __name__ == "__main__":
    main()
