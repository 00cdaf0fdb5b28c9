"""A client of the OCI distribution specification. Knows no database and no Django."""

from clusters.registries.distribution.client import Image, Login, Ping, RegistryClient
from clusters.registries.distribution.errors import RegistryError

__all__ = ["Image", "Login", "Ping", "RegistryClient", "RegistryError"]
