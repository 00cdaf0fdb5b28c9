"""Finding the place from which lines are new, in a log that was opened at the second before. Pure."""

from collections.abc import Sequence

from clusters.kube.gateway import LogLine
from clusters.live.logs.cursor import Position

# Lines of two outputs may be written a little out of order; none is this late.
_LATE = 2_000_000_000
_MOST_HELD = 20_000


class Seek:
    """Passes lines on from the one after `position`. Lines are told apart by time and, within it, by their order in
    the log; what comes later than the position but before it in the log was sent already."""

    def __init__(self, position: Position | None) -> None:
        self._position = position
        self._seen = 0
        self._held: list[LogLine] = []
        self.is_lost = False

    @property
    def is_seeking(self) -> bool:
        """Whether the line of the position has not come yet, and lines are held back until it does."""
        return self._position is not None and self._position.ordinal > 0

    def new(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        if self._position is None:
            return lines
        _, nanos, ordinal = self._position
        for index, line in enumerate(lines):
            if line.nanos < nanos:
                continue
            if ordinal == 0:
                return self._found(lines[index:])
            if line.nanos == nanos:
                self._seen += 1
                if self._seen == ordinal:
                    return self._found(lines[index + 1 :])
            else:
                self._held.append(line)
                if line.nanos > nanos + _LATE or len(self._held) > _MOST_HELD:
                    return [*self.rest(), *lines[index + 1 :]]
        return ()

    def _found(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        self._position = None
        self._held.clear()
        return lines

    def rest(self) -> list[LogLine]:
        """Nothing more comes, so what was held is new: the position itself is not in the log any more."""
        held, self._held = self._held, []
        if held:
            self.is_lost = True
            self._position = None
        return held
