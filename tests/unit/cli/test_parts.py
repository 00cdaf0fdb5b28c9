"""Events, output, places and uploads of the command line, by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli import places
from cli.errors import BadUsage, Exit, Unreachable
from cli.events import read_events
from cli.output import Output, clean
from cli.places import Place, clean_url, current_place
from cli.uploads import MOST_BYTES, MOST_FILES, read_uploads
from cli.waiting import failure_of


class TestEvents:
    def test_however_they_are_cut(self) -> None:
        text = 'id: 7\r\nevent: line\r\ndata: {"text":"a\u2028b\x85"}\r\n\r\nevent: done\ndata: {}\n\n'.encode()
        for size in (1, 2, 5, 1000):
            chunks = [text[at : at + size] for at in range(0, len(text), size)]
            first, second = read_events(chunks)
            assert (first.name, first.data, first.id) == ("line", {"text": "a\u2028b\x85"}, "7")
            assert (second.name, second.id) == ("done", "7")

    def test_what_makes_no_sense(self) -> None:
        with pytest.raises(Unreachable, match="not JSON"):
            list(read_events([b"data: <html>\n\n"]))
        with pytest.raises(Unreachable, match="without an end"):
            list(read_events([b"x" * 1024 * 1024] * 9))


class TestOutput:
    def test_a_terminal_is_not_spoken_to(self) -> None:
        hostile = "a\x1b]0;title\x07b\x1b[2Jc\x1b[31mred\x1b[0m\r\n\td\x9b31m"
        assert clean(hostile, colours=True) == "a]0;titleb[2Jc\x1b[31mred\x1b[0m\td31m"
        assert "\x1b" not in clean(hostile)

    def test_tables(self, capsys: pytest.CaptureFixture[str]) -> None:
        Output().table({}, ("NAME", "ID"), [("long name", "1"), ("x", "2\n")])
        assert capsys.readouterr().out == "NAME       ID\nlong name  1\nx          2\n"

    def test_errors_for_programs(self, capsys: pytest.CaptureFixture[str]) -> None:
        Output(is_json=True).error("No.", "refused", status=403)
        assert json.loads(capsys.readouterr().err) == {"error": "No.", "code": "refused", "status": 403}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("SAILCLOTH_URL", "SAILCLOTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("https://x.example/", "https://x.example"),
            (" http://localhost:8080/v1/api/ ", "http://localhost:8080"),
            ("https://x.example/sail", "https://x.example/sail"),
        ],
        ids=["slash", "base", "below"],
    )
    def test_addresses(self, text: str, url: str) -> None:
        assert clean_url(text) == url

    @pytest.mark.parametrize(
        "text",
        ["", "x.example", "ftp://x", "https://", "https://u:p@x", "https://x?a=1", "https://x:port", "https://x:99999"],
        ids=["empty", "no-scheme", "ftp", "no-host", "password", "query", "port-word", "port-large"],
    )
    def test_what_is_no_address(self, text: str) -> None:
        with pytest.raises(BadUsage):
            clean_url(text)

    @pytest.mark.parametrize(
        ("url", "clear"),
        [("http://x.example", True), ("https://x.example", False), ("http://127.0.0.1:8080", False)],
        ids=["clear", "encrypted", "here"],
    )
    def test_in_the_clear(self, url: str, clear: bool) -> None:
        assert Place(url, "").is_in_the_clear is clear

    def test_the_environment_counts_first(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        places.save(Place("https://a.example", "slc_a"))
        assert (current_place().url, current_place().token) == ("https://a.example", "slc_a")
        monkeypatch.setenv("SAILCLOTH_TOKEN", "slc_b")
        assert (current_place().url, current_place().token) == ("https://a.example", "slc_b")
        monkeypatch.setenv("SAILCLOTH_URL", "https://b.example")
        assert (current_place().url, current_place().token) == ("https://b.example", "slc_b")
        monkeypatch.delenv("SAILCLOTH_TOKEN")
        with pytest.raises(BadUsage, match="not logged in"):
            current_place()

    def test_a_token_is_never_shown_by_accident(self) -> None:
        assert "slc_a" not in repr(Place("https://a.example", "slc_a"))

    def test_a_file_that_was_open_to_all_is_closed(self, home: Path) -> None:
        path = places.config_file()
        path.parent.mkdir()
        path.write_text("{}")
        path.chmod(0o644)
        places.save(Place("https://a.example", "slc_a"))
        assert path.stat().st_mode & 0o777 == 0o600
        assert [each.name for each in path.parent.iterdir()] == ["config.json"]


class TestUploads:
    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "sub").mkdir(parents=True)
        (tmp_path / "a" / "node_modules").mkdir()
        (tmp_path / "a" / "node_modules" / "x.js").write_text("x")
        (tmp_path / "a" / "compose.yaml").write_text("c")
        (tmp_path / "a" / "sub" / ".env").write_text("e")
        (tmp_path / "secret").write_text("s")
        (tmp_path / "a" / "link").symlink_to(tmp_path / "secret")
        assert read_uploads([tmp_path / "a"]) == [("compose.yaml", b"c"), ("sub/.env", b"e")]
        several = read_uploads([tmp_path / "a", tmp_path / "secret"])
        assert [name for name, _ in several] == ["a/compose.yaml", "a/sub/.env", "secret"]

    def test_bounds(self, tmp_path: Path) -> None:
        with pytest.raises(BadUsage, match="no file"):
            read_uploads([tmp_path])
        with (tmp_path / "big").open("wb") as file:
            file.truncate(MOST_BYTES + 1)
        with pytest.raises(BadUsage, match="MiB"):
            read_uploads([tmp_path / "big"])
        many = tmp_path / "many"
        many.mkdir()
        for number in range(MOST_FILES + 1):
            (many / str(number)).touch()
        with pytest.raises(BadUsage, match="files"):
            read_uploads([many])


@pytest.mark.parametrize(
    ("status", "code"),
    [("failed", Exit.RUN_FAILED), ("rolled_back", Exit.RUN_FAILED), ("cancelled", Exit.CANCELLED)],
)
def test_how_a_run_ends(status: str, code: Exit) -> None:
    run: dict[str, Any] = {"id": "run_1", "status": status, "error": "The image is missing."}
    failure = failure_of(run)
    assert failure is not None and failure.exit is code
    assert failure_of({**run, "status": "succeeded"}) is None


def test_the_command_is_installed_under_its_name() -> None:
    import tomllib
    from importlib import import_module

    root = Path(__file__).resolve().parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    module, _, name = project["scripts"]["sailcloth"].partition(":")
    assert callable(getattr(import_module(module), name))


def test_it_starts_without_the_server() -> None:
    """Nothing of Django and of ours is loaded: a pipeline waits for none of it."""
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[3]
    code = (
        "import sys; import cli.main; "
        "print(sorted({'django', 'core', 'config', 'rest_framework', 'kubernetes'} & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(root / "platform")}, capture_output=True, text=True
    )
    assert said.stdout == "[]\n", said.stderr
