"""The settings of this installation: embedded (one process, SQLite) unless a database is named."""

from config.env import environment

if environment().is_embedded:
    from config.settings.embedded import *  # noqa: F403
else:
    from config.settings.production import *  # noqa: F403
