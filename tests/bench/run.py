"""`make bench`: runs every `bench_*.py` beside this file in a process of its own and writes docs/BENCHMARKS.md.

Each has `measure() -> list[dict]` with name, value, unit and limit (None: told, not judged); nothing where what it
needs is not there. Fails when a limit is missed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "BENCHMARKS.md"
MARK = "<!-- make bench -->"
SECONDS = 300
DATABASE = "SAILCLOTH_TEST_DATABASE_URL"
# Also on the PostgreSQL that the environment names.
ON_BOTH = ("bench_search",)


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        return measure_one(*sys.argv[2:])
    wanted = sys.argv[1:]
    rows: list[dict[str, Any]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        if not wanted or any(word in path.stem for word in wanted):
            rows += run(path.stem)
            if path.stem in ON_BOTH and os.environ.get(DATABASE):
                rows += run(path.stem, "--postgresql")
    for row in rows:
        print(f"{'ok  ' if is_good(row) else 'MISS'} {row['name']}: {shown(row)}")
    if not wanted:
        write(rows)
    return 0 if rows and all(is_good(row) for row in rows) else 1


def run(name: str, *options: str) -> list[dict[str, Any]]:
    command = [sys.executable, str(HERE / "run.py"), "--one", name, *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=ROOT)
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    if result.returncode != 0:
        print(result.stdout[-2000:], result.stderr[-4000:], sep="\n")
        return [{"name": f"{name} failed", "value": float("nan"), "unit": "", "limit": 0}]
    return [json.loads(line) for line in lines]


def measure_one(name: str, database: str = "") -> int:
    """On a database of its own, as the tests have one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    if database != "--postgresql":
        os.environ.pop(DATABASE, None)
    sys.path[1:1] = [str(ROOT), str(ROOT / "platform")]
    import importlib

    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    module = importlib.import_module(f"tests.bench.{name}")
    before = setup_databases(verbosity=0, interactive=False)
    try:
        rows = module.measure()
    finally:
        teardown_databases(before, verbosity=0)
    for row in rows:
        print(json.dumps(row), flush=True)
    return 0


def is_good(row: dict[str, Any]) -> bool:
    return row["limit"] is None or row["value"] <= row["limit"]


def shown(row: dict[str, Any]) -> str:
    limit = "" if row["limit"] is None else f" (at most {row['limit']:g} {row['unit']})"
    return f"{number(row['value'])} {row['unit']}{limit}"


def number(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {cpu}, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def write(rows: list[dict[str, Any]]) -> None:
    """Everything above the mark is prose and stays."""
    head = PAGE.read_text().split(MARK)[0] if PAGE.exists() else "# Benchmarks\n\n"
    lines = [f"| {row['name']} | {number(row['value'])} {row['unit']} | {limit_of(row)} |" for row in rows]
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    table = "\n".join(["| what | measured | at most |", "|---|---|---|", *lines])
    PAGE.write_text(f"{head}{MARK}\nMeasured {when} on {machine()}.\n\n{table}\n")


def limit_of(row: dict[str, Any]) -> str:
    return "–" if row["limit"] is None else f"{row['limit']:g} {row['unit']}"


if __name__ == "__main__":
    sys.exit(main())
