"""What every installation shares. Nothing here reads the environment but through `config.env`."""

from pathlib import Path
from typing import Any

from config import mail, sign_in
from config.env import environment
from observability.logs import logging_config

ENV = environment()
ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = ENV.data_dir.resolve()
FRONTEND_DIST = ROOT / "frontend" / "dist"

DEBUG = False
ALLOWED_HOSTS = ["*"]  # Links are made from SAILCLOTH_PUBLIC_URL, never from the Host header.
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

INSTALLED_APPS = [
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "social_django",
    "core",
    "vault",
    "audit",
    "accounts",
    "observability",
    "realtime",
    "plugins",
    "clusters",
    "builds",
    "workflows",
    "imports",
    "dashboard",
    "notifications",
]

MIDDLEWARE = [
    "observability.middleware.RequestContext",
    "observability.middleware.ReadableQuery",
    "django.middleware.security.SecurityMiddleware",
    "observability.middleware.SecurityHeaders",
    "observability.middleware.Cors",
    "config.files.BuiltFiles",
    "django.middleware.common.CommonMiddleware",
]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
# Nothing is collected: the few files of Swagger UI are found where they are installed.
STATIC_ROOT = None
# The front end is served as it was built, at the root; whitenoise finds it at start.
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_USE_FINDERS = True
# Their names hold a digest of what is in them.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_INDEX_FILE = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
CHECK_COMMON_PASSWORDS = ENV.check_common_passwords if ENV.check_common_passwords is not None else not ENV.is_embedded

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.DeclaredAccess"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.pace.AddressPace"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.parsers.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "core.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sailcloth",
    "DESCRIPTION": "Draw a workflow, press Run, and it becomes Kubernetes objects on your own cluster.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/v1/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi_streams.document_streams",
        "core.api.refusals.document_refusals",
        "core.api.examples.document_examples",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "RunStatus": "workflows.models.RunStatus",
        "RunPhase": "workflows.models.RunPhase",
        "WorkflowStatus": "workflows.models.WorkflowStatus",
        "ClusterStatus": "clusters.models.ClusterStatus",
        "ClusterAccess": "clusters.models.ClusterAccess",
        "AuthType": "clusters.models.AuthType",
        "RoleEnum": ["user", "admin"],
        "ShareRole": "clusters.models.ShareRole",
        "ShareStatus": ["active", "pending"],
        "WorkflowShareRole": "workflows.models.ShareRole",
        "WorkflowRole": ["owner", "viewer", "editor"],
        "ClusterRole": ["owner", "viewer", "editor", "admin"],
        "RegistryType": "clusters.registries.models.RegistryType",
        "RegistryAudience": "clusters.registries.models.RegistryAudience",
        "RegistryStatus": "clusters.registries.models.RegistryStatus",
        "TestStatus": ["healthy", "unhealthy"],
        "HistorySource": ["cluster", "sailcloth"],
        "MetricsSource": ["metrics.k8s.io", "kubelet", "none"],
        "ResourceAction": ["scale", "restart", "delete", "logs", "terminal"],
        "CheckStatus": ["pass", "warning", "error"],
        "DiagnosisStatus": ["healthy", "warning", "error"],
        "FixValueKind": ["text", "number", "quantity", "port", "image", "name", "choice", "secret"],
        "ImportStatus": "imports.models.ImportStatus",
        "AwaitedStatus": "workflows.models.AwaitedStatus",
        "BuildStatus": ["queued", "fetching", "building", "pushing", "succeeded", "failed", "cancelled"],
        "PluginOrigin": ["shipped", "folder", "package"],
        "PluginScope": ["user", "all"],
        "BuildSourceKind": "builds.models.SourceKind",
        "NotificationKind": "notifications.models.KINDS",
        "HealthStatus": ["healthy", "progressing", "degraded", "suspended", "missing", "unknown"],
    },
}

OAUTH_PROVIDERS = sign_in.providers(ENV)
OAUTH_DOMAINS = [domain.lower().lstrip("@") for domain in ENV.oauth_domains]
OAUTH_TIMEOUT_SECONDS = ENV.oauth_timeout_seconds
ALLOWED_NETWORKS = ENV.allowed_networks
PUBLIC_URL = ENV.origin
ADMIN_EMAIL = ENV.admin_email
ADMIN_PASSWORD = ENV.admin_password
TRUSTED_PROXIES = ENV.trusted_proxies
REQUESTS_PER_MINUTE = ENV.requests_per_minute
PUBLIC_REQUESTS_PER_MINUTE = ENV.public_requests_per_minute
TOKEN_REQUESTS_PER_MINUTE = ENV.token_requests_per_minute
LOGGING = logging_config(
    ENV.log_level or ("WARNING" if ENV.is_embedded else "INFO"),
    ENV.log_format or ("console" if ENV.is_embedded else "json"),
)

_mail = mail.from_url(ENV.smtp_url)
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT = _mail["EMAIL_USE_SSL"], _mail["EMAIL_USE_TLS"], _mail["EMAIL_TIMEOUT"]
DEFAULT_FROM_EMAIL = ENV.mail_from
CORS_ORIGINS = ENV.cors_origins
PLUGIN_DIRS = [Path(folder) for folder in ENV.plugin_dirs]
IMPORT_HOURS = ENV.import_hours
AUDIT_RETENTION_DAYS = ENV.audit_retention_days
# Read as it is: builds has one place where its settings become values (`builds.configuration`).
BUILDS = ENV
PRACTICE_ENABLED = ENV.practice if ENV.practice is not None else ENV.is_embedded
