"""Every setting of an installation, typed, in one place; read from the environment once."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Words = Annotated[list[str], NoDecode]


class OpenIdProvider(BaseModel):
    """One entry of SAILCLOTH_OAUTH_OIDC."""

    model_config = ConfigDict(extra="forbid")

    name: str
    issuer: str
    client_id: str
    client_secret: SecretStr
    display_name: str = ""
    icon: str = "openid"
    scopes: list[str] = []


class Environment(BaseSettings):
    """Names are `SAILCLOTH_` and the field in capitals, but for the few that every hosting platform knows."""

    model_config = SettingsConfigDict(env_prefix="SAILCLOTH_", extra="ignore")

    mode: Literal["embedded", "production"] | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path = Path("data")
    public_url: str = ""
    cors_origins: Words = []
    admin_email: str = "admin@sailcloth.local"
    admin_password: str = ""
    secret_keys: Words = []
    allowed_networks: Words = []
    practice: bool | None = None
    practice_port: int = 0
    # After so many hours what was sent and not made a workflow is forgotten.
    import_hours: int = 24
    # Folders with plugins beside the shipped ones: each holds a plugin.yaml, or folders that do.
    plugin_dirs: Words = []
    # After so many days entries of the audit record go; 0 keeps them all.
    audit_retention_days: int = Field(default=365, ge=0)
    # How many proxies stand in front: that many of the last addresses in X-Forwarded-For are believed.
    trusted_proxies: int = 0
    # Of one person, of one personal access token, and of one address without a sign-in; 0 does not count.
    requests_per_minute: int = Field(default=12_000, ge=0)
    token_requests_per_minute: int = Field(default=1_200, ge=0)
    public_requests_per_minute: int = Field(default=3_000, ge=0)
    check_common_passwords: bool | None = None
    # By default WARNING in one process, whose terminal is read by a person, and INFO elsewhere.
    log_level: str = ""
    log_format: Literal["console", "json"] | None = None
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "SAILCLOTH_DATABASE_URL"))
    redis_url: str = Field(default="", validation_alias=AliasChoices("REDIS_URL", "SAILCLOTH_REDIS_URL"))
    docker_host: str = Field(default="", validation_alias=AliasChoices("DOCKER_HOST", "SAILCLOTH_DOCKER_HOST"))
    build_engine: Literal["auto", "docker", "cluster", "none"] = "auto"
    build_docker_command: str = ""
    build_concurrency: int = Field(default=2, ge=1, le=64)
    build_concurrency_per_user: int = Field(default=1, ge=1, le=64)
    # strict: without a way to bound BuildKit's steps the classic builder is used, whose steps can be.
    build_limits: Literal["strict", "relaxed"] = "strict"
    build_timeout_seconds: float = Field(default=1800, gt=0)
    build_cpus: float = Field(default=2, gt=0)
    build_memory_mb: int = Field(default=2048, ge=16)
    build_pids: int = Field(default=512, ge=16)
    build_disk_mb: int = Field(default=8192, ge=16)
    build_source_mb: int = Field(default=1024, ge=1)
    build_upload_mb: int = Field(default=60, ge=1, le=63)
    build_network: str = ""
    build_attestations: bool = True
    # none: provenance alone.
    build_sbom_image: str = "docker/buildkit-syft-scanner:stable-1"
    build_cluster: str = ""
    build_namespace: str = "sailcloth-builds"
    build_image: str = "moby/buildkit:rootless"
    build_base_python: str = "python:3.13-slim"
    build_base_node: str = "node:22-slim"
    build_base_go: str = "golang:1.25"
    build_base_pages: str = "nginx:1.29-alpine"
    build_base_bare: str = "debian:13-slim"
    build_keep_days: float = Field(default=30, gt=0)
    oauth_github_id: str = ""
    oauth_github_secret: SecretStr = SecretStr("")
    oauth_github_url: str = "https://github.com"
    oauth_gitlab_id: str = ""
    oauth_gitlab_secret: SecretStr = SecretStr("")
    oauth_gitlab_url: str = "https://gitlab.com"
    oauth_google_id: str = ""
    oauth_google_secret: SecretStr = SecretStr("")
    # A JSON list of OpenID Connect providers.
    oauth_oidc: list[OpenIdProvider] = []
    oauth_domains: Words = []
    oauth_timeout_seconds: float = Field(default=10, gt=0, le=60)
    smtp_url: str = ""
    mail_from: str = "Sailcloth <no-reply@sailcloth.local>"

    @field_validator("cors_origins", "secret_keys", "allowed_networks", "oauth_domains", "plugin_dirs", mode="before")
    @classmethod
    def split_words(cls, value: object) -> object:
        """`a, b` as well as `a b`."""
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def is_embedded(self) -> bool:
        """One process and SQLite: whenever no database is named."""
        return self.mode == "embedded" or (self.mode is None and not self.database_url)

    @property
    def origin(self) -> str:
        """Where browsers find us, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


@lru_cache
def environment() -> Environment:
    """The environment of this process."""
    return Environment()
