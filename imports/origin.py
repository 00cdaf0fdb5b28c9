"""Where files come from that are not sent but fetched. Pure."""

import posixpath
from urllib.parse import urlsplit

import msgspec


class Repository(msgspec.Struct, frozen=True):
    """A Git repository. `path` is the folder or file of it that is meant, `revision` the commit that was read. The
    token is there only until it was, unless it `is_kept`: then builds of what is made of it use it, too."""

    url: str
    ref: str = ""
    path: str = ""
    username: str = ""
    token: str = ""
    revision: str = ""
    is_private: bool = False
    is_kept: bool = False
    left_out: int = 0
    submodules: bool = False

    @property
    def name(self) -> str:
        """As a person calls it: the last part of the address."""
        last = posixpath.basename(urlsplit(self.url).path.rstrip("/"))
        return last.removesuffix(".git") or "app"

    def without_token(self) -> "Repository":
        return msgspec.structs.replace(self, username="", token="", is_private=bool(self.token), is_kept=False)

    def as_read(self) -> "Repository":
        """What stays of it once it was read."""
        return msgspec.structs.replace(self, is_private=True) if self.token and self.is_kept else self.without_token()
