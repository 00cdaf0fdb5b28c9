"""The uploaded files by name: nothing outside of them can be reached."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from imports.compose.errors import refuse

MAX_FILE_BYTES = 2 * 1024 * 1024
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|github\.com/", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def is_remote(path: str) -> bool:
    return _REMOTE.match(path) is not None


def is_absolute(path: str) -> bool:
    return path.startswith(("/", "~")) or _DRIVE.match(path) is not None


def normalised(path: str) -> str:
    """`./a//b/../c` as `a/c`; the top folder is the empty text."""
    clean = posixpath.normpath(path.replace("\\", "/"))
    return "" if clean == "." else clean


class Files:
    """`names` are relative, with forward slashes, as the upload had them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {normalised(name.lstrip("/")): content for name, content in files.items()}
        self._folders = {folder for name in self._files for folder in _parents(name)}

    def locate(self, folder: str, path: str, *, file: str, at: str) -> str:
        """The name of `path` as seen from `folder`, or a sentence about why it may not be followed."""
        if "\x00" in path:
            raise refuse(file, at, "the path holds a NUL character; remove it.")
        if is_remote(path):
            raise refuse(
                file, at, f"'{path}' is not among the uploaded files, and remote ones are not fetched; add it."
            )
        if is_absolute(path):
            raise refuse(file, at, f"'{path}' is an absolute path; use one relative to the compose file.")
        name = normalised(posixpath.join(folder, path.replace("\\", "/")))
        if name == ".." or name.startswith("../"):
            raise refuse(file, at, f"'{path}' leads out of the uploaded files; keep every file below the top folder.")
        return name

    def inside(self, folder: str, path: str) -> str | None:
        """As `locate`, but None for what is no path into the upload."""
        if not path or "\x00" in path or is_remote(path) or is_absolute(path):
            return None
        name = normalised(posixpath.join(folder, path.replace("\\", "/")))
        return None if name == ".." or name.startswith("../") else name

    def has(self, name: str) -> bool:
        return name in self._files

    def is_folder(self, name: str) -> bool:
        return name in self._folders or (name == "" and bool(self._files))

    def content(self, name: str) -> bytes | None:
        return self._files.get(name)

    def below(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """(path inside the folder, content), in the order of names."""
        prefix = f"{folder}/" if folder else ""
        for name in sorted(self._files):
            if name.startswith(prefix):
                yield name[len(prefix) :], self._files[name]

    def names(self) -> list[str]:
        return sorted(self._files)

    def text(self, name: str, *, file: str, at: str) -> str:
        """The file as text. `file` and `at` say who asked for it."""
        content = self._files.get(name)
        if content is None:
            raise refuse(file, at, f"the file '{name}' is not among the uploaded ones; add it.")
        if len(content) > MAX_FILE_BYTES:
            raise refuse(name, "", f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB; split it up.")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise refuse(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8.") from None
        if "\x00" in text:
            raise refuse(name, "", "the file holds a NUL character; save it as plain text.")
        return text.replace("\r\n", "\n")


def _parents(name: str) -> Iterator[str]:
    folder = posixpath.dirname(name)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
