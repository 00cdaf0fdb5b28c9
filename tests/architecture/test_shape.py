"""What keeps the code easy to hold in the head."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("migrations", "node_modules", "dist", ".venv", "schema.d.ts")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60


def ours(*endings: str) -> list[Path]:
    folders = ("platform", "plugins", "clusters", "workflows", "builds", "imports", "tests", "frontend/src")
    found = [path for folder in folders for ending in endings for path in (ROOT / folder).rglob(f"*{ending}")]
    return [path for path in found if not any(part in str(path) for part in GENERATED)]


def test_files_are_short() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in ours(".py", ".ts", ".tsx")}
    long = {str(path): number for path, number in lengths.items() if number > LONGEST_FILE}
    assert not long, f"split these by concern: {long}"


def test_functions_are_short() -> None:
    long = []
    for path in ours(".py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert not long, "\n".join(long)


def test_no_drawer_for_anything() -> None:
    found = [path for path in ours(".py", ".ts", ".tsx") if path.stem in ("utils", "helpers", "misc", "common")]
    assert not found, f"name these for what they hold: {found}"


def test_python_modules_say_what_they_are_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in ours(".py")
        if path.stem not in ("__init__", "apps", "conftest", "urls", "gunicorn")
        and path.read_text().strip()
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent, f"give these a first sentence: {silent}"
