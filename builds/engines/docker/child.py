"""The Docker SDK in a process of its own: whoever started it ends a build or a push by killing it, at any moment.

    python -I child.py build|push

The first line of standard input is the job as JSON; for `build` the context follows, as a tar. Lines for the log go to
standard output; the last one, marked with a NUL in front, is the result. Imports nothing of ours.
"""

import base64
import json
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

Json = dict[str, Any]
_PERIOD = 100_000
_DIGEST = re.compile(r"\bdigest: (sha256:[0-9a-f]{64})\b")


def main() -> int:
    import docker
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    job = json.loads(sys.stdin.buffer.readline())
    try:
        client = docker.APIClient(base_url=job["host"], version="auto", timeout=None)
        result = _build(client, job, sys.stdin.buffer) if sys.argv[1] == "build" else _push(client, job)
    except (DockerException, RequestException, OSError) as error:
        _say(f"ERROR: {getattr(error, 'explanation', None) or error}")
        return 1
    if result is None:
        return 1
    print(f"\0{json.dumps(result)}", flush=True)
    return 0


def _build(client: Any, job: Json, context: BinaryIO) -> Json | None:
    """The classic builder. Not the SDK's own `build`, which knows too few of the bounds."""
    threading.Thread(target=_bound_processes, args=(job,), daemon=True).start()
    answer = client.post(
        f"{client.base_url}/v{client.api_version}/build",
        data=_chunks(context),
        params=_parameters(job),
        headers={"Content-Type": "application/x-tar", "X-Registry-Config": _encoded(job["logins"])},
        stream=True,
    )
    if answer.status_code != 200:
        _say(f"ERROR: {answer.json().get('message', answer.status_code)}")
        return None
    image = ""
    for item in _items(answer.iter_lines(chunk_size=None)):
        image = (item.get("aux") or {}).get("ID", image)
        if "stream" in item:
            sys.stdout.write(item["stream"])
            sys.stdout.flush()
        elif "error" in item:
            _say(f"ERROR: {item['error']}")
            return None
        elif item.get("status") and not item.get("progressDetail"):
            _say(item["status"])
    return {"image": image} if image else None


def _parameters(job: Json) -> Json:
    return {
        "t": job["name"],
        "dockerfile": job["dockerfile"],
        "buildargs": json.dumps(job["build_args"]),
        "labels": json.dumps(job["labels"]),
        "target": job["target"],
        "platform": job["platform"],
        "networkmode": job["network"],
        "rm": "1",
        "forcerm": "1",
        "memory": job["memory"],
        "memswap": job["memory"],
        "cpuperiod": _PERIOD,
        "cpuquota": int(job["cpus"] * _PERIOD),
        "cgroupparent": job["group"],
        "ulimits": json.dumps([{"Name": "fsize", "Soft": job["disk"], "Hard": job["disk"]}]),
    }


def _bound_processes(job: Json) -> None:
    """The build API has no bound on processes, containers have: each step's gets it as it starts."""
    import docker

    client = docker.APIClient(base_url=job["host"], version="auto", timeout=None)
    for event in client.events(filters={"type": "container", "event": ["create", "start"]}, decode=True):
        try:
            found = client.inspect_container(event["id"])
            if found["HostConfig"]["CgroupParent"] == job["group"]:
                address = f"{client.base_url}/v{client.api_version}/containers/{event['id']}/update"
                client.post(address, json={"PidsLimit": job["pids"]})
        except docker.errors.DockerException:
            continue  # It is over already.


def _push(client: Any, job: Json) -> Json | None:
    digest, size = "", 0
    login = {"username": job["username"], "password": job["password"]} if job["username"] else {}
    # Another build of the same name may have taken the tag since.
    repository, _, tag = job["name"].rpartition(":")
    client.tag(job["image"], repository, tag)
    for item in client.push(job["name"], stream=True, decode=True, auth_config=login or None):
        if "error" in item:
            _say(f"ERROR: {item['error']}")
            return None
        aux = item.get("aux") or {}
        # Engines with the containerd image store say it in words alone.
        said = _DIGEST.search(item.get("status") or "")
        digest, size = aux.get("Digest") or (said[1] if said else digest), aux.get("Size", size)
        if item.get("status") and not item.get("progressDetail"):
            _say(f"{item['id']}: {item['status']}" if item.get("id") else item["status"])
    return {"digest": digest, "size": size}


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(256 * 1024):
        yield chunk


def _items(lines: Iterable[bytes]) -> Iterator[Json]:
    return (json.loads(line) for line in lines if line.strip())


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
