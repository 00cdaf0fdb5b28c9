"""What is known of the request under way: for audit rows, throttles and log lines. Knows neither Django nor
users.

The middleware of `observability` enters it; outside a request everything is empty.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """`ip` is the address of the client as far as it can be trusted, see `client_ip`."""

    request_id: str = ""
    ip: str = ""
    user_agent: str = ""


_NONE = RequestInfo()
_current: ContextVar[RequestInfo] = ContextVar("sailcloth_request", default=_NONE)


def current_request() -> RequestInfo:
    """The request that this code runs for; an empty one outside of requests."""
    return _current.get()


@contextmanager
def request_context(info: RequestInfo) -> Iterator[RequestInfo]:
    """Everything inside, threads of `sync_to_async` included, sees `info`."""
    token = _current.set(info)
    try:
        yield info
    finally:
        _current.reset(token)


def client_ip(remote: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client's address, with `trusted_proxies` of our own in front of us.

    Each proxy appends the address that it was called from, so the last entries are ours to trust and all
    before them may be invented by the client. With no proxy the header counts for nothing.
    """
    if trusted_proxies > 0:
        chain = [part.strip() for part in forwarded_for.split(",") if part.strip()]
        if len(chain) >= trusted_proxies:
            remote = chain[-trusted_proxies]
    try:
        return str(ipaddress.ip_address(remote))
    except ValueError:
        return ""
