"""A git server for the browser tests: one repository of two Dockerfiles and a package; says its address, runs until its
input ends."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.integration.builds.git_server import serving

FILES = {
    "api/Dockerfile": 'FROM busybox:1\nEXPOSE 8080\nHEALTHCHECK CMD wget -q localhost:8080\nCMD ["httpd", "-f"]\n',
    "api/Dockerfile.dev": "FROM busybox:1\n",
    "web/package.json": '{"scripts": {"start": "node ."}}\n',
    "deploy/compose.yaml": "services:\n  api:\n    image: busybox:1\n    ports: ['8080:8080']\n",
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as repositories:
        repositories.make("shop", FILES)
        sys.stdout.write(f"{repositories.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
