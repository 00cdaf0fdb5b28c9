"""Where files come from that are not sent but fetched. Pure."""

import posixpath
from urllib.parse import urlsplit

import msgspec


class Repository(msgspec.Struct, frozen=True):
    """A Git repository. `path` is the folder or file of it that is meant, `revision` the commit that was read; the
    token is there only until it was."""

    url: str
    ref: str = ""
    path: str = ""
    username: str = ""
    token: str = ""
    revision: str = ""
    is_private: bool = False
    left_out: int = 0

    @property
    def name(self) -> str:
        """As a person calls it: the last part of the address."""
        last = posixpath.basename(urlsplit(self.url).path.rstrip("/"))
        return last.removesuffix(".git") or "app"

    def without_token(self) -> "Repository":
        return msgspec.structs.replace(self, username="", token="", is_private=bool(self.token))
