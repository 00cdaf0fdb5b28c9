"""Logging: everything, ours and the libraries', through structlog, in one format, without secrets."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_KEY = re.compile(
    r"(^|_|-)(token|tokens|password|passwd|secret|secrets|authorization|cookie|set-cookie|ticket|credentials?|"
    r"kubeconfig|api_?key|private_?key|client_key_data|refresh|bearer|invite_code)($|_|-)",
    re.IGNORECASE,
)
# A secret may also be in a text: a header that an exception quotes, a URL that a client reports.
_SECRET_TEXT = re.compile(
    r"(?P<before>bearer\s+|\b(?:ticket|token|password|secret|api_?key|code)=)[^\s&'\",;]+"
    r"|(?P<personal>\bslc_[\w-]{8,})"
    r"|(?P<jwt>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
    r"|(?P<scheme>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)",
    re.IGNORECASE,
)
_DEPTH = 6


def redact(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Hide values by the name of their key, and secrets inside texts by their look."""
    return {key: _clean(key, value, _DEPTH) for key, value in event.items()}


def clean_text(text: str) -> str:
    return _SECRET_TEXT.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    return (match["before"] or match["scheme"] or "") + HIDDEN


def _clean(key: Any, value: Any, depth: int) -> Any:
    if isinstance(key, str) and _SECRET_KEY.search(key) and value not in (None, "", 0, False, True):
        return HIDDEN
    if isinstance(value, str):
        return clean_text(value)
    if depth == 0:
        return value
    if isinstance(value, Mapping):
        return {inner: _clean(inner, item, depth - 1) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(None, item, depth - 1) for item in value]
    return value


def logging_config(level: str, fmt: str) -> dict[str, Any]:
    """For `settings.LOGGING`; `fmt` is `console` for people or `json` for machines."""
    common = common_processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "ours": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*common, structlog.stdlib.ExtraAdder()],
                "processors": final_processors(fmt),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # Each request has one line of ours already.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "uvicorn.access": {"level": "WARNING"},
            "uvicorn.error": {"level": "WARNING"},
            # It misses the host of a broker that has none.
            "kombu.connection": {"level": "ERROR"},
            # These speak of each connection at INFO and DEBUG, with headers.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "kubernetes": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }


def common_processors() -> list[Processor]:
    """What every event gets, wherever it was logged."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def final_processors(fmt: str) -> list[Processor]:
    """From an event to a line. Redaction comes after tracebacks have become text, for they quote values."""
    last: list[Processor]
    if fmt == "json":
        last = [structlog.processors.EventRenamer("message"), structlog.processors.JSONRenderer(default=str)]
    else:
        # Tracebacks are text by then; colours only for a terminal.
        last = [structlog.dev.ConsoleRenderer(colors=_is_terminal(), exception_formatter=structlog.dev.plain_traceback)]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
        *last,
    ]


def _is_terminal() -> bool:
    return sys.stderr.isatty()
