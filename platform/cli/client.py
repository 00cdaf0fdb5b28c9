"""The REST API over HTTP: errors in the server's words, and retries that are bounded and do as they are told."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx

from cli.errors import Refused, Unreachable
from cli.events import Event, read_events
from cli.places import Place

ATTEMPTS = 5
LONGEST_WAIT = 60.0
# Events come at least each 15 s, if only as a comment.
_SILENCE = 45.0
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_PAGE, _MOST_PAGES = 100, 100
Json = dict[str, Any]


class Client:
    """`sleep` is there for tests."""

    def __init__(self, place: Place, sleep: Callable[[float], None] = time.sleep) -> None:
        self._place = place
        self._sleep = sleep
        headers = {"User-Agent": "sailcloth-cli", "Accept": "application/json"}
        if place.token:
            headers["Authorization"] = f"Bearer {place.token}"
        # No redirects: a token goes where it was meant to, or nowhere.
        self._http = httpx.Client(base_url=f"{place.url}/v1/api/", headers=headers, timeout=_TIMEOUT)

    @property
    def url(self) -> str:
        return self._place.url

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Json:
        return self._json(self._send("GET", path, params=_given(params)))

    def post(self, path: str, body: Json, *, is_safe: bool = False, **more: Any) -> Json:
        """Not `is_safe`: sent with an idempotency key, so that a second try acts once."""
        headers = {} if is_safe else {"Idempotency-Key": uuid.uuid4().hex}
        return self._json(self._send("POST", path, json=_given(body), headers=headers, **more))

    def put(self, path: str, body: Json) -> Json:
        return self._json(self._send("PUT", path, json=body))

    def upload(self, path: str, files: list[tuple[str, tuple[str, bytes]]], fields: Json) -> Json:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return self._json(self._send("POST", path, files=files, data=fields, headers=headers))

    def download(self, path: str, **params: Any) -> httpx.Response:
        return self._send("GET", path, params=_given(params), headers={"Accept": "*/*"})

    def pages(self, path: str, plural: str, **params: Any) -> Iterator[Json]:
        """Every row of a list."""
        for page in range(1, _MOST_PAGES + 1):
            found = self.get(path, page=page, limit=_PAGE, **params)
            yield from found[plural]
            if page * _PAGE >= int(found["total"]):
                return

    def stream(self, path: str, **params: Any) -> Iterator[Event]:
        """Events, over as many connections as it takes; None of them is lost or comes twice.

        Ends with the server's `done` or `revoked`, or raises when nothing was heard for several tries.
        """
        last_id, failures = "", 0
        while True:
            try:
                for event in self._events(path, _given(params), last_id):
                    failures, last_id = 0, event.id or last_id
                    yield event
                    if event.name in ("done", "revoked"):
                        return
            except httpx.RequestError:
                pass
            failures += 1
            if failures >= ATTEMPTS:
                raise Unreachable(f"The stream from {self.url} broke off and could not be taken up again.")
            self._sleep(_backoff(failures))

    def _events(self, path: str, params: Json, last_id: str) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
        timeout = httpx.Timeout(_SILENCE, connect=10.0)
        for attempt in range(1, ATTEMPTS + 1):
            with self._http.stream("GET", path, params=params, headers=headers, timeout=timeout) as response:
                wait = _wait_asked(response, attempt)
                if wait is None:
                    if response.status_code != httpx.codes.OK:
                        response.read()
                        raise self._refusal(response)
                    yield from read_events(response.iter_bytes())
                    return
            self._sleep(wait)
        raise Unreachable(f"{self.url} has no room for another stream just now.")

    def _send(self, method: str, path: str, *, headers: Json | None = None, **sent: Any) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._http.request(method, path, headers=headers, **sent)
            except httpx.RequestError as error:
                is_repeatable = method == "GET" or "Idempotency-Key" in (headers or {})
                if attempt == ATTEMPTS or not is_repeatable:
                    raise Unreachable(f"{self.url} cannot be reached: {_why(error)}.") from None
                self._sleep(_backoff(attempt))
                continue
            wait = _wait_asked(response, attempt)
            if wait is None:
                if response.is_success:
                    return response
                raise self._refusal(response)
            self._sleep(wait)
        raise AssertionError("the last attempt is never followed by a wait")

    def _refusal(self, response: httpx.Response) -> Refused | Unreachable:
        try:
            body = response.json()
            message, code = str(body["error"]), str(body["code"])
        except (ValueError, KeyError, TypeError):
            return Unreachable(
                f"{self.url} answered {response.status_code}, and not as Sailcloth does; is the address right?"
            )
        more = {name: body[name] for name in ("fields", "details") if body.get(name)}
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or response.status_code == 429:
            return Unreachable(message, code=code, status=response.status_code, **more)
        return Refused(message, code=code, status=response.status_code, **more)

    def _json(self, response: httpx.Response) -> Json:
        if response.status_code == httpx.codes.NO_CONTENT:
            return {}
        with suppress(ValueError):
            found = response.json()
            if isinstance(found, dict):
                return found
        raise Unreachable(f"{self.url} answered with something else than JSON; is the address right?")


def _given(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _wait_asked(response: httpx.Response, attempt: int) -> float | None:
    """How long to wait before trying again; None when there is nothing to wait for."""
    if response.status_code not in (429, 503) or attempt == ATTEMPTS:
        return None
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_WAIT) if asked.isascii() and asked.isdigit() else _backoff(attempt)


def _backoff(attempt: int) -> float:
    """Half a second, doubled each time, with a little chance so that not all come back at once."""
    return float(min(0.5 * 2 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2))  # noqa: S311


def _why(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    text = str(error).strip().rstrip(".")
    return text.splitlines()[0] if text else type(error).__name__
