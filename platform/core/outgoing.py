"""One HTTP call to an address that somebody gave us: where it may go, how long it may take and how much it may bring.

Every address passes the network guard, and the connection is made to the very address that was checked.
"""

import socket
import threading
from types import TracebackType
from typing import Any

import requests
from asgiref.sync import async_to_sync
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

from core.network import AddressRefused, Guard

_CONNECT_SECONDS = 5.0
_LARGEST_ANSWER = 1024 * 1024


class _Call:
    """One request: the guard before its connection, and the scissors after its deadline.

    A timeout of `requests` counts from byte to byte; whoever sends one now and then would keep us.
    """

    def __init__(self, guard: Guard, seconds: float) -> None:
        self.is_over = False
        self._guard = guard
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)

    def __enter__(self) -> "_Call":
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._timer.cancel()
        for each in self._sockets:
            each.close()
        if self.is_over:
            raise requests.Timeout("The answer takes too long.") from error

    def connect(self, host: str, port: int) -> socket.socket:
        addresses = async_to_sync(self._guard.addresses)(host, port)
        made = create_connection((addresses[0], port), _CONNECT_SECONDS)
        # A copy, because TLS takes the socket itself out of our hands.
        self._sockets.append(made.dup())
        return made

    def _cut(self) -> None:
        self.is_over = True
        for each in self._sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:  # The other side was faster.
                continue


class _Pinned(HTTPConnection):
    """Connects to what the guard let through; TLS still checks the name."""

    call: _Call

    def _new_conn(self) -> socket.socket:
        try:
            made = self.call.connect(self._dns_host, self.port)
        except (AddressRefused, OSError) as error:
            raise NewConnectionError(self, str(error)) from error
        made.settimeout(self.timeout if isinstance(self.timeout, int | float) else _CONNECT_SECONDS)
        return made


class _Adapter(HTTPAdapter):
    """Pools whose connections belong to `call`."""

    def __init__(self, call: _Call) -> None:
        self._call = call
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        plain = type("Plain", (_Pinned,), {"call": self._call})
        secure = type("Secure", (_Pinned, HTTPSConnection), {"call": self._call})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def send(guard: Guard, method: str, url: str, *, seconds: float, **kwargs: Any) -> requests.Response:
    """One request, its whole answer in memory within `seconds`. A redirect is not followed.

    Raises what `requests` raises, a `Timeout` also for an answer that trickles.
    """
    with _Call(guard, seconds) as call, requests.Session() as session:
        session.trust_env = False  # Neither a proxy nor a .netrc of the machine.
        session.mount("https://", _Adapter(call))
        session.mount("http://", _Adapter(call))
        response = session.request(
            method, url, timeout=(_CONNECT_SECONDS, seconds), allow_redirects=False, stream=True, **kwargs
        )
        body = bytearray()
        for chunk in response.iter_content(8192):
            body += chunk
            if len(body) > _LARGEST_ANSWER:
                raise requests.exceptions.ContentDecodingError("The answer is too large.")
        response._content = bytes(body)
        return response
