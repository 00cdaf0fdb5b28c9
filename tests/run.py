"""Runs every suite whose services are there, each within its budget, and says at the end what was left out.

Suites run in two lanes beside each other: most of them wait more than they compute. What shares something that cannot
be shared (Redis; the pace at which a kubelet tells) is in one lane. What fails beside others is run once more alone,
and the summary says so (ADR 0019).
`SAILCLOTH_REQUIRE=postgres,redis,docker,kube,browser` turns a missing service into a failure.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest"]
# Whoever has nothing left to do takes from the others: some tests wait a minute for a cluster, most take milliseconds.
AT_ONCE = ["-n", "2", "--dist", "worksteal"]
# What the tests of a file share on a cluster is made once, by one worker.
FILES_AT_ONCE = ["-n", "2", "--dist", "loadfile"]

FAILED_ONLY = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none", "--maxfail", "5"]

HINTS = {
    "postgres": "set SAILCLOTH_TEST_DATABASE_URL to a PostgreSQL superuser's URL",
    "redis": "set SAILCLOTH_TEST_REDIS_URL",
    "docker": "start a Docker Engine and registries; set SAILCLOTH_TEST_REGISTRY and SAILCLOTH_TEST_REGISTRY_AUTH",
    "kube": "set SAILCLOTH_TEST_KUBECONFIG to the kubeconfig of a cluster that may be written to",
    "browser": "install chromium and Node.js 20.19 or newer",
}


def available() -> dict[str, bool]:
    """Which real services this run has."""
    return {
        "postgres": bool(os.environ.get("SAILCLOTH_TEST_DATABASE_URL")),
        "redis": bool(os.environ.get("SAILCLOTH_TEST_REDIS_URL")),
        "docker": bool(os.environ.get("SAILCLOTH_TEST_REGISTRY"))
        and (bool(os.environ.get("DOCKER_HOST")) or Path("/var/run/docker.sock").exists()),
        "kube": bool(os.environ.get("SAILCLOTH_TEST_KUBECONFIG")),
        "browser": bool(shutil.which("chromium")) and bool(shutil.which("node")),
    }


DATABASE = ("SAILCLOTH_TEST_DATABASE_URL",)
MARKERS = ("postgres", "redis", "docker", "kube", "browser")
# The sessions of processes that must end with this one.
RUNNING: set[int] = set()


@dataclass
class Suite:
    """One command. `needs`: the suite is left out without these. Tests in it whose service is missing are deselected,
    and those marked with one of `leaves`: what a real cluster makes slow is run once, or by `make soak`."""

    name: str
    command: list[str]
    budget: int
    needs: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    folder: Path = ROOT

    def run(self, has: dict[str, bool], output: IO[str] | None, *, is_second: bool = False) -> Result:
        """Runs it to its end, however that is. What it prints goes to `output`, or is seen at once. `is_second`: of a
        pytest suite only what failed the last time."""
        start = time.monotonic()
        process = subprocess.Popen(
            [*self._command(has), *(FAILED_ONLY if is_second and self.is_pytest else ())],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name not in self.without},
            stdout=output,
            stderr=output and subprocess.STDOUT,
            start_new_session=True,
        )
        # Twice the budget ends a suite that hangs; over the budget alone is reported.
        late = threading.Timer(self.budget * 2, _end, [process.pid])
        late.start()
        RUNNING.add(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        RUNNING.discard(process.pid)
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return Result(self, process.returncode, time.monotonic() - start, used.ru_utime + used.ru_stime, is_second)

    @property
    def is_pytest(self) -> bool:
        return self.command[: len(PYTEST)] == PYTEST

    def can_run(self, has: dict[str, bool]) -> bool:
        return all(has[name] for name in self.needs)

    def _command(self, has: dict[str, bool]) -> list[str]:
        if not self.is_pytest:
            return self.command
        left_out = ["bench", *self.leaves, *(name for name in MARKERS if not has[name])]
        if self.without == DATABASE and has["postgres"]:
            left_out.append("postgres")
        # Each remembers for itself what failed.
        cache = f"cache_dir=.pytest_cache/{''.join(filter(str.isalnum, self.name))}"
        return [*self.command, "-o", cache, "-m", " and ".join(f"not {marker}" for marker in dict.fromkeys(left_out))]


@dataclass(frozen=True)
class Result:
    """`seconds` on the clock; `computed`: seconds of processors that it and what it waited for took."""

    suite: Suite
    code: int
    seconds: float
    computed: float
    is_second: bool = False

    def __str__(self) -> str:
        verdict = "passed" if self.code == 0 else f"FAILED (exit {self.code})"
        verdict = "STOPPED" if self.code == -signal.SIGKILL else verdict
        late = f", over its budget of {self.suite.budget} s" if self.seconds > self.suite.budget else ""
        second = ", alone, after it had failed beside others" if self.is_second else ""
        spent = f"{self.seconds:.0f} s ({self.computed:.0f} s of processors)"
        return f"{self.suite.name}: {verdict} in {spent}{second}{late}"


def _end(session: int) -> None:
    """Ends a suite with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


# A file ends with its last test, even if one that failed left a server open.
NODE_TEST = ["node", "--test", "--test-force-exit"]
ENGINE_TESTS = ("builds.test.mjs",)


def browser_tests(*, with_engine: bool) -> list[str]:
    """The files of browser tests, with or without those that need a Docker Engine."""
    files = sorted((ROOT / "tests/e2e").glob("*.test.mjs"))
    return [str(path.relative_to(ROOT)) for path in files if (path.name in ENGINE_TESTS) is with_engine]


COMPUTING = [
    Suite(
        "unit, API and integration on SQLite",
        [
            *PYTEST,
            *AT_ONCE,
            "tests/architecture",
            "tests/unit",
            "tests/api",
            "tests/integration",
            "tests/contract",
        ],
        budget=780,
        leaves=("kube",),
        without=DATABASE,
    ),
    Suite(
        "API and integration on PostgreSQL",
        [*PYTEST, *AT_ONCE, "tests/api", "tests/integration", "tests/contract"],
        budget=720,
        needs=("postgres",),
        # What an engine builds was built in the suite before; the database sees the same rows.
        leaves=("kube", "docker"),
    ),
    Suite(
        "processes of their own on a real cluster",
        [*PYTEST, "tests/integration/product/test_split.py"],
        budget=120,
        needs=("postgres", "redis", "kube"),
    ),
]

WAITING = [
    # First, because it waits for what a kubelet tells: it tells five events a second, and what comes after makes
    # hundreds of them.
    Suite(
        "clusters: health and diagnosis",
        [*PYTEST, *FILES_AT_ONCE, "tests/cluster/live", "tests/cluster/diagnose"],
        budget=240,
        without=DATABASE,
    ),
    Suite(
        "clusters: practice and real",
        [
            *PYTEST,
            *FILES_AT_ONCE,
            "tests/cluster",
            *(f"--ignore=tests/cluster/{each}" for each in ("live", "diagnose", "imports")),
            "tests/unit/compile/test_real_cluster.py",
            "tests/api/clusters/test_real_cluster.py",
        ],
        budget=600,
        without=DATABASE,
    ),
    Suite(
        "imports that run on a real cluster",
        [*PYTEST, "tests/cluster/imports"],
        budget=150,
        needs=("kube",),
        without=DATABASE,
    ),
    Suite("front end", ["npm", "test", "--silent"], budget=150, folder=ROOT / "frontend"),
    Suite("browser", [*NODE_TEST, *browser_tests(with_engine=False)], 840, needs=("browser",), without=DATABASE),
    Suite(
        "browser, with images built",
        [*NODE_TEST, *browser_tests(with_engine=True)],
        budget=120,
        needs=("browser", "docker"),
        without=DATABASE,
    ),
    Suite(
        "browser, on a real cluster",
        [*NODE_TEST, "tests/e2e/real/"],
        budget=120,
        needs=("browser", "docker", "kube"),
        without=DATABASE,
    ),
]


LANES = (COMPUTING, WAITING)
PRINTING = threading.Lock()


def main() -> int:
    has = available()
    required = [name for name in os.environ.get("SAILCLOTH_REQUIRE", "").replace(",", " ").split() if name]
    unknown = [name for name in required if name not in has]
    missing = [name for name in required if not has.get(name)]
    for name in unknown:
        print(f"SAILCLOTH_REQUIRE names {name!r}, which is none of {', '.join(has)}.")
    for name in missing:
        print(f"SAILCLOTH_REQUIRE names {name}, but it is not there: {HINTS.get(name, 'unknown service')}.")
    if missing or unknown:
        return 1
    wanted = sys.argv[1:]
    lanes = [[suite for suite in lane if not wanted or any(word in suite.name for word in wanted)] for lane in LANES]
    skipped = [suite for suite in chain(*lanes) if not suite.can_run(has)]
    lanes = [[suite for suite in lane if suite.can_run(has)] for lane in lanes]
    return report(run(lanes, has), skipped, has)


def run(lanes: list[list[Suite]], has: dict[str, bool]) -> list[Result]:
    """The suites of each lane one after the other, the lanes at once. What is alone is seen as it runs."""
    if sum(map(len, lanes)) == 1:
        return [suite.run(has, None) for suite in chain(*lanes)]
    with ThreadPoolExecutor(len(lanes)) as threads:
        try:
            results = chain(*threads.map(lambda lane: [told(suite, has) for suite in lane], lanes))
            return [again(result, has) if result.code > 0 else result for result in results]
        except KeyboardInterrupt:
            for session in list(RUNNING):
                _end(session)
            os._exit(130)


def told(suite: Suite, has: dict[str, bool]) -> Result:
    """The result of a suite, and what it printed once it has ended: two that print at once cannot be read."""
    print(f"--- {suite.name} begins", flush=True)
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        result = suite.run(has, output)
        output.seek(0)
        with PRINTING:
            print(f"\n=== {suite.name}")
            shutil.copyfileobj(output, sys.stdout)
            print(f"=== {result}", flush=True)
    return result


def again(result: Result, has: dict[str, bool]) -> Result:
    """What came of it alone."""
    print(f"\n=== {result.suite.name}, once more: what failed, alone", flush=True)
    return result.suite.run(has, None, is_second=True)


def report(results: list[Result], skipped: list[Suite], has: dict[str, bool]) -> int:
    print("\n=== Summary")
    for result in results:
        print(result)
    for suite in skipped:
        print(f"{suite.name}: left out, it needs {', '.join(suite.needs)}")
    for name, there in has.items():
        if not there:
            print(f"Tests that need {name} were left out: {HINTS[name]}.")
    failed = sum(1 for result in results if result.code != 0)
    print(f"suites: {len(results) - failed} passed, {failed} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
