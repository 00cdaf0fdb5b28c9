"""Packing a folder as the context of a build."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path


def pack(root: Path, dockerfile: str = "Dockerfile", *, dockerfile_text: str | None = None) -> Iterator[bytes]:
    """A tar of what is below `root`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(root.rglob("*")):
            archive.add(path, path.relative_to(root).as_posix(), recursive=False)
        if dockerfile_text is not None:
            info = tarfile.TarInfo(dockerfile)
            info.size = len(dockerfile_text.encode())
            archive.addfile(info, io.BytesIO(dockerfile_text.encode()))
    yield buffer.getvalue()
