"""Keys that an embedded installation makes for itself, in files that only its user can read."""

import os
import secrets
from pathlib import Path


def load_or_create_key(path: Path) -> str:
    """The key in `path`; made on first use with mode 0600, and never half-written."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass  # Another process was first; its key counts.
    finally:
        temporary.unlink()
    return path.read_text().strip()
