"""Reading what BuildKit prints with `--progress=plain`, and what the classic builder prints: steps and lines. Pure.

BuildKit: `#5 [2/4] RUN make` opens step 5, `#5 0.13 text` is a line of it, `#5 DONE 1.2s`, `#5 CACHED`, `#5 ERROR: …`
end it. Classic: `Step 2/4 : RUN make`, ` ---> Using cache`, ` ---> Running in …`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_VERTEX = re.compile(r"#(\d+) (.*)\Z", re.DOTALL)
_TIMED = re.compile(r"\d+\.\d+ ?(.*)\Z", re.DOTALL)
_DONE = re.compile(r"DONE (\d+(?:\.\d+)?)s\Z")
_NUMBERED = re.compile(r"\[(?:[^\]]*? )?(\d+)/(\d+)\]")
_CLASSIC = re.compile(r"Step (\d+)/(\d+) : (.*)\Z", re.DOTALL)
_NOISE = re.compile(r"sha256:[0-9a-f]{64}(?: |\Z)|naming to |writing image |exporting layers|transferring |resolve ")
_NAME = 200


@dataclass(frozen=True, slots=True)
class Line:
    stage: str
    text: str


@dataclass(frozen=True, slots=True)
class StepNews:
    """`status` is running, done, cached or failed."""

    name: str
    status: str
    seconds: float | None = None
    fraction: float | None = None


News = Line | StepNews


@dataclass(slots=True)
class BuildKitReader:
    """One line in, news out."""

    _names: dict[str, str] = field(default_factory=dict)
    _stage: str = "build"

    def read(self, text: str) -> Iterator[News]:
        match = _VERTEX.match(text)
        if match is None:
            if text.strip():
                yield Line(self._stage, text)
            return
        number, rest = match[1], match[2]
        name = self._names.get(number)
        if name is None:
            self._names[number] = self._stage = rest[:_NAME]
            yield StepNews(rest[:_NAME], "running", fraction=_fraction(rest))
            return
        self._stage = name
        yield from self._of(number, name, rest)

    def _of(self, number: str, name: str, rest: str) -> Iterator[News]:
        done = _DONE.match(rest)
        if done:
            yield StepNews(name, "done", float(done[1]))
        elif rest == "CACHED":
            yield StepNews(name, "cached", 0.0)
        elif rest.startswith("ERROR"):
            yield Line(name, rest)
            yield StepNews(name, "failed")
        elif rest == "CANCELED":
            yield StepNews(name, "cancelled")
        elif rest and rest[:_NAME] != name and not _NOISE.match(rest):
            timed = _TIMED.match(rest)
            yield Line(name, timed[1] if timed else rest)


@dataclass(slots=True)
class ClassicReader:
    """The same for the classic builder, which does one step after the other."""

    clock: Callable[[], float]
    _stage: str = ""
    _since: float = 0.0
    _is_cached: bool = False

    def read(self, text: str) -> Iterator[News]:
        match = _CLASSIC.match(text)
        if match:
            yield from self.end()
            self._stage, self._since, self._is_cached = (
                f"[{match[1]}/{match[2]}] {match[3]}"[:_NAME],
                self.clock(),
                False,
            )
            yield StepNews(self._stage, "running", fraction=(int(match[1]) - 1) / max(int(match[2]), 1))
        elif text.startswith(" ---> Using cache"):
            self._is_cached = True
        elif text.startswith((" ---> ", "Removing intermediate container", "Successfully ")):
            return
        else:
            yield Line(self._stage or "build", text)

    def end(self, *, failed: bool = False) -> Iterator[News]:
        """The step under way is over."""
        if self._stage:
            seconds = round(self.clock() - self._since, 1)
            status = "failed" if failed else "cached" if self._is_cached else "done"
            yield StepNews(self._stage, status, seconds)
            self._stage = ""


def _fraction(name: str) -> float | None:
    match = _NUMBERED.search(name)
    return (int(match[1]) - 1) / int(match[2]) if match and int(match[2]) else None


class Reader:
    """Either of the two, by the first line that tells."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._buildkit = BuildKitReader()
        self._classic = ClassicReader(clock)
        self._chosen: BuildKitReader | ClassicReader | None = None

    def read(self, text: str) -> Iterator[News]:
        if self._chosen is None:
            if _VERTEX.match(text):
                self._chosen = self._buildkit
            elif _CLASSIC.match(text):
                self._chosen = self._classic
            elif text.strip():
                yield Line("build", text)
                return
            else:
                return
        yield from self._chosen.read(text)

    def end(self, *, failed: bool = False) -> Iterator[News]:
        """Nothing follows."""
        yield from self._classic.end(failed=failed)
