"""Runs a command, and ends it with all that it started when whoever started this process dies, however that happens.

    python -I -S leash.py PARENT COMMAND [ARGUMENT …]

Imports nothing of ours, and little of anything: it is started for each child. The kernel tells of the parent's death
(prctl PR_SET_PDEATHSIG), but only to a direct child; git and the docker command have children of their own.
"""

import ctypes
import os
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1
_NICE = 10


def main() -> int:
    parent, *argv = sys.argv[1:]
    signal.signal(signal.SIGTERM, _end_all)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != int(parent):
        _end_all()  # It died before it could be told of.
    # Whoever waits for an answer of ours comes before what is built.
    os.nice(_NICE)
    try:
        # Python leaves SIGPIPE aside, its children should not.
        child = os.posix_spawnp(argv[0], argv, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGTERM])
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", flush=True)
        return 127
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def _end_all(*_: object) -> None:
    """Whoever starts this gives it a session, and with it a process group, of its own."""
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    raise SystemExit(main())
