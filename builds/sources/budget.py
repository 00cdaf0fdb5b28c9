"""How much of a source has been brought, and whether that is too much."""

from builds.sources.errors import SourceError
from builds.sources.types import Limits

_MEBIBYTE = 2**20


class Budget:
    """Counts up to its limits; `stop` makes whoever is still counting end."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.bytes = 0
        self.files = 0
        self._is_over = False

    def stop(self) -> None:
        self._is_over = True

    def add_bytes(self, count: int) -> None:
        self.bytes += count
        if self._is_over:
            raise SourceError("source_stopped", "The source was not needed any more.")
        if self.bytes > self.limits.bytes:
            most = self.limits.bytes // _MEBIBYTE
            raise SourceError(
                "source_too_large", f"The source has more than {most} MiB; leave out what the build does not need."
            )

    def add_file(self, count: int = 1) -> None:
        self.files += count
        if self.files > self.limits.files:
            raise SourceError("source_too_many_files", f"The source has more than {self.limits.files:,} files.")
