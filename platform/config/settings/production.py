"""Separate web, worker and watcher processes on PostgreSQL and Redis."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import databases
from config.settings.base import *  # noqa: F403
from config.settings.base import ENV

if not ENV.secret_keys:
    raise ImproperlyConfigured(
        "Set SAILCLOTH_SECRET_KEYS to at least one long random string; the first encrypts, all decrypt."
    )
if not ENV.redis_url:
    raise ImproperlyConfigured("Set REDIS_URL: with DATABASE_URL set, processes find each other through Redis.")

VAULT_KEYS = ENV.secret_keys
SECRET_KEY = ENV.secret_keys[0]
REDIS_URL = ENV.redis_url
DATABASES = {"default": databases.from_url(ENV.database_url)}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
CELERY_BROKER_URL = REDIS_URL
