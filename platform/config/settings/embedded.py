"""One process on one machine: SQLite, Celery and channels in memory, a practice cluster beside it."""

from typing import Any

from config import databases
from config.keys import load_or_create_key
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, ENV

DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
SECRET_KEY = load_or_create_key(DATA_DIR / "django.key")
VAULT_KEYS = ENV.secret_keys or [load_or_create_key(DATA_DIR / "vault.key")]
DATABASES = {"default": databases.sqlite(str(DATA_DIR / "sailcloth.sqlite3"))}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REDIS_URL = ""
CELERY_BROKER_URL = "memory://"
# The broker in memory is polled; by default once a second, which every run would wait.
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
# The person's own machine: their clusters are on loopback and in the home or office network.
ALLOWED_NETWORKS = ENV.allowed_networks or [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
]
