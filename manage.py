#!/usr/bin/env python
"""Django's command line, with `platform/` as a second source root."""

import os
import sys
from pathlib import Path


def main() -> None:
    # A folder named `platform` must never become a package: it would hide the standard library's module.
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    # Whoever reads from a file or a pipe gets each line when it is said: the first password, too.
    sys.stdout.reconfigure(line_buffering=True)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
