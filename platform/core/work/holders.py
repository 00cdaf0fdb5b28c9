"""The name under which a process holds leases, and whether the process behind a name is gone for certain."""

import os
import socket
from functools import lru_cache
from pathlib import Path


def holder_name(part: str) -> str:
    """Machine, the space in which its process has a number, number, and `part` of the process."""
    return f"{socket.gethostname()}:{_process_space()}:{os.getpid()}:{part}"


def is_dead(holder: str) -> bool:
    """Whether it is a process of this machine that is gone for certain: then nobody need wait for its lease, as
    after a crash of an installation of one process."""
    host, space, number, _ = (*holder.split(":"), "", "", "", "")[:4]
    if not _process_space() or (host, space) != (socket.gethostname(), _process_space()) or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@lru_cache(maxsize=1)
def _process_space() -> str:
    """Containers may share a host's name, and then the same number means another process in each. Empty where the
    system does not say."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""
