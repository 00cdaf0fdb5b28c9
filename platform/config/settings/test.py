"""The tests: SQLite in a file, or the PostgreSQL and Redis that the environment names."""

import os
import tempfile
from pathlib import Path
from typing import Any

from config import databases
from config.settings.base import *  # noqa: F403

SECRET_KEY = "only-for-tests-0123456789abcdef0123456789abcdef"  # noqa: S105
VAULT_KEYS = ["only-for-tests-vault-key"]
# Fast on purpose: the real hasher has tests of its own.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHECK_COMMON_PASSWORDS = False

_url = os.environ.get("SAILCLOTH_TEST_DATABASE_URL", "")
if _url:
    DATABASES = {"default": databases.from_url(_url, pooled=False)}
else:
    # A file, not memory: threads of a test share it as processes share the real one.
    _file = str(Path(tempfile.gettempdir()) / f"sailcloth-test-{os.getpid()}.sqlite3")
    DATABASES = {"default": {**databases.sqlite(_file), "TEST": {"NAME": _file}}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REDIS_URL = os.environ.get("SAILCLOTH_TEST_REDIS_URL", "")
CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
PRACTICE_ENABLED = False
OAUTH_PROVIDERS = []
OAUTH_DOMAINS = []
WHITENOISE_AUTOREFRESH = True
