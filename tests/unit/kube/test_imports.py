"""The client library is large: it comes with the first request, not with the import."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_client_library_is_loaded_late():
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'platform')!r}]\n"
        "import clusters.kube.direct, clusters.kube.probe, clusters.kube.kubeconfig, clusters.kube.loop\n"
        "from clusters.kube.connection import Connection\n"
        "clusters.kube.direct.DirectGateway(Connection(server='https://example.com'))\n"
        "heavy = {'kubernetes', 'cryptography', 'pydantic', 'django'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
