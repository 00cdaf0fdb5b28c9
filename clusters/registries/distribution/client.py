"""Asking one registry: whether it knows us, what a tag points to, which tags there are, and for blobs.

One client speaks as one login to one registry on one event loop, and is closed by whoever opened it.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin

import msgspec

from clusters.kube.network import Lookup, system_lookup
from clusters.registries.distribution.challenges import parse_challenges
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.distribution.manifests import ACCEPT, digest_of, platform_of_config, read_manifest
from clusters.registries.distribution.tokens import BEARER, Identity, Login
from clusters.registries.distribution.web import Answer, Timeouts, Web, origin_of
from clusters.registries.references import check_digest

__all__ = ["Image", "Login", "Ping", "RegistryClient"]

# The specification's own bound for manifests.
MAX_MANIFEST = 4 * 1024 * 1024
MAX_CONFIG = 4 * 1024 * 1024
MAX_PAGE = 4 * 1024 * 1024
MAX_ERROR = 64 * 1024
MAX_PAGES = 100
PAGE = 1000
HOPS = 3
_ATTEMPTS = 3
# A registry that wants more patience than this is told of instead.
LONGEST_PAUSE = 5.0
_PAUSE = 0.2
_CATALOG = "registry:catalog:*"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Ping:
    """`scheme` is how one becomes known there: basic, bearer, or empty where nobody is asked."""

    scheme: str


@dataclass(frozen=True, slots=True)
class Image:
    """What a tag or a digest points to. `size` is compressed, in bytes; None where it is an index of several."""

    digest: str
    media_type: str
    size: int | None
    platforms: tuple[str, ...]


class RegistryClient:
    """`url` is where the registry is, scheme and port included, without a path."""

    def __init__(
        self,
        url: str,
        login: Login | None = None,
        *,
        allowed_networks: Sequence[str] = (),
        ca_data: str = "",
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        lookup: Lookup = system_lookup,
    ) -> None:
        self._base = f"{url.rstrip('/')}/v2/"
        self._web = Web(url, allowed_networks=allowed_networks, ca_data=ca_data, timeouts=timeouts, lookup=lookup)
        self._identity = Identity(self._web, login)
        self._has_login = login is not None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._web.close()

    # --- questions

    async def ping(self) -> Ping:
        """Whether it is a registry and accepts our login. An open one accepts anybody, which `scheme` tells."""
        answer = await self._ask("GET", self._base, scopes=(), limit=MAX_ERROR)
        is_registry = answer.status == 200 and _looks_like_registry(answer)
        if not is_registry:
            raise RegistryError("What answers there is no container registry.", reason="protocol", status=answer.status)
        return Ping(self._identity.scheme)

    async def head(self, repository: str, reference: str) -> str:
        """The digest of a tag (or of a digest that is there), without reading the manifest. Empty where the registry
        does not say."""
        url = self._manifest_url(repository, reference)
        answer = await self._ask("HEAD", url, scopes=_pull(repository), accept=ACCEPT, limit=0)
        _require(answer, repository, reference)
        return _claimed_digest(answer)

    async def describe(self, repository: str, reference: str) -> Image:
        """Digest, size and platforms of what a tag or a digest points to. What was asked for by its digest is
        checked against it."""
        answer = await self._ask(
            "GET",
            self._manifest_url(repository, reference),
            scopes=_pull(repository),
            accept=ACCEPT,
            limit=MAX_MANIFEST,
        )
        _require(answer, repository, reference)
        claimed = reference if ":" in reference else _claimed_digest(answer)
        if claimed:
            _check_content(answer.body, claimed)
        manifest = read_manifest(answer.body, str(answer.headers.get("Content-Type") or ""))
        platforms = manifest.platforms
        if manifest.config:
            config = await self.blob(repository, manifest.config, limit=MAX_CONFIG)
            platforms = tuple(filter(None, [platform_of_config(config)]))
        return Image(claimed or digest_of(answer.body), manifest.media_type, manifest.size, platforms)

    async def tags(self, repository: str, *, limit: int = 10_000) -> list[str]:
        """At most `limit` of its tags, in the registry's own order."""
        url = f"{self._base}{quote(repository, safe='/')}/tags/list?n={min(limit, PAGE)}"
        return await self._listed(url, _pull(repository), repository, limit, "tags")

    async def repositories(self, *, limit: int = 10_000) -> list[str]:
        """At most `limit` of what it holds, in its own order. Many registries tell nobody (forbidden, not_found)."""
        url = f"{self._base}_catalog?n={min(limit, PAGE)}"
        return await self._listed(url, (_CATALOG,), "list", limit, "repositories")

    async def _listed(self, first: str, scopes: tuple[str, ...], what: str, limit: int, key: str) -> list[str]:
        """Page by page."""
        found: dict[str, None] = {}
        url: str | None = first
        for _ in range(MAX_PAGES):
            answer = await self._ask("GET", url or "", scopes=scopes, limit=MAX_PAGE)
            _require(answer, what, "")
            before = len(found)
            found |= dict.fromkeys(_names(answer.body, key))
            url = self._next_page(answer)
            # A page that says nothing new goes round in circles.
            if url is None or len(found) >= limit or len(found) == before:
                break
        return list(found)[:limit]

    async def blob(self, repository: str, digest: str, *, limit: int) -> bytes:
        """A blob of at most `limit` bytes, checked against its digest."""
        _check_digest(digest)
        url = f"{self._base}{quote(repository, safe='/')}/blobs/{digest}"
        answer = await self._ask("GET", url, scopes=_pull(repository), limit=limit)
        for _ in range(HOPS):
            if answer.status not in _REDIRECTS:
                break
            answer = await self._follow(answer, limit)
        _require(answer, repository, digest)
        _check_content(answer.body, digest)
        return answer.body

    # --- requests

    async def _ask(
        self, method: str, url: str, *, scopes: tuple[str, ...], limit: int, accept: str = "application/json"
    ) -> Answer:
        """One request as whoever we are; what is busy is asked again, a few times."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = await self._known(method, url, scopes, limit, accept)
            except RegistryError as error:
                pause = _pause_before(error.retry_after, attempt) if error.reason == "busy" else None
                if pause is None:
                    raise
            else:
                if answer.status not in _BUSY:
                    return answer
                wanted = _retry_after(answer)
                pause = _pause_before(wanted, attempt)
                if pause is None:
                    raise _busy(answer.status, wanted)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _known(self, method: str, url: str, scopes: tuple[str, ...], limit: int, accept: str) -> Answer:
        header = self._identity.header(scopes)
        answer = await self._send(method, url, header, limit, accept)
        if answer.status != 401:
            return answer
        self._identity.forget(scopes)
        challenges = parse_challenges(answer.headers.getall("WWW-Authenticate", []))
        fresh = await self._identity.answer(challenges, scopes)
        if fresh == header:
            raise _unauthorized(self._has_login)
        answer = await self._send(method, url, fresh, limit, accept)
        if answer.status == 401:
            self._identity.forget(scopes)
            if self._has_login and scopes and self._identity.scheme == BEARER:
                # It gave us a token, so it knows us; the token just does not open this.
                raise RegistryError("The registry does not let us read that.", reason="forbidden", status=401)
            raise _unauthorized(self._has_login)
        return answer

    async def _send(self, method: str, url: str, header: str, limit: int, accept: str) -> Answer:
        headers = {"Accept": accept}
        if header:
            headers["Authorization"] = header
        # What is refused may say why at some length.
        return await self._web.fetch(method, url, headers=headers, limit=max(limit, MAX_ERROR))

    async def _follow(self, answer: Answer, limit: int) -> Answer:
        """One hop of a redirected blob. Our authorization goes to no other host, port or scheme."""
        location = urljoin(answer.url, str(answer.headers.get("Location") or ""))
        origin = origin_of(location)
        if origin.scheme != "https" and self._web.own.scheme == "https":
            raise RegistryError("The registry sends its content without TLS.", reason="protocol")
        if origin == self._web.own:
            header = self._identity.header(_scopes_of(location, self._base))
            return await self._send("GET", location, header, limit, "*/*")
        return await self._web.fetch("GET", location, headers={"Accept": "*/*"}, limit=limit)

    # --- addresses

    def _manifest_url(self, repository: str, reference: str) -> str:
        return f"{self._base}{quote(repository, safe='/')}/manifests/{quote(reference, safe=':')}"

    def _next_page(self, answer: Answer) -> str | None:
        """The `Link` to the next page, which must be of the same registry."""
        link = str(answer.headers.get("Link") or "")
        target, _, rest = link.strip().partition(">")
        if not target.startswith("<") or "next" not in rest:
            return None
        url = urljoin(answer.url, target[1:])
        if origin_of(url) != self._web.own or not url.startswith(self._base):
            raise RegistryError("The registry's list goes on at another host.", reason="protocol")
        return url


def _pull(repository: str) -> tuple[str, ...]:
    return (f"repository:{repository}:pull",)


def _scopes_of(url: str, base: str) -> tuple[str, ...]:
    path = url.removeprefix(base).partition("/blobs/")[0]
    return _pull(path)


def _looks_like_registry(answer: Answer) -> bool:
    """By its header, which newer ones leave out, or by an answer that is JSON or nothing: no web page."""
    kind = str(answer.headers.get("Content-Type") or "")
    is_known = "registry" in str(answer.headers.get("Docker-Distribution-Api-Version") or "").lower()
    return is_known or not answer.body.strip() or "json" in kind


def _require(answer: Answer, repository: str, reference: str) -> None:
    """Raise for whatever is no success."""
    if 200 <= answer.status < 300:
        return
    what = f"{repository}{'@' if ':' in reference else ':'}{reference}" if reference else repository
    if answer.status == 404:
        raise RegistryError(f"The registry has no {what}.", reason="not_found", status=404)
    if answer.status in (401, 403):
        raise RegistryError(f"The registry does not let us read {what}.", reason="forbidden", status=answer.status)
    if answer.status in _REDIRECTS:
        raise RegistryError(
            "The registry answered with a redirection, which is not followed.", reason="protocol", status=answer.status
        )
    raise RegistryError(
        f"The registry answered with the code {answer.status}.", reason="protocol", status=answer.status
    )


def _unauthorized(has_login: bool) -> RegistryError:
    what = "does not accept the user and password" if has_login else "asks for a user and a password"
    return RegistryError(f"The registry {what}.", reason="unauthorized", status=401)


def _busy(status: int, retry_after: float | None) -> RegistryError:
    what = "limits how often it is asked" if status == 429 else "cannot answer now"
    later = f"; try again in {retry_after:.0f} s" if retry_after else ""
    return RegistryError(f"The registry {what}{later}.", reason="busy", status=status, retry_after=retry_after)


def _retry_after(answer: Answer) -> float | None:
    text = str(answer.headers.get("Retry-After") or "").strip()
    return float(text) if text.isdigit() and len(text) < 7 else None


def _pause_before(wanted: float | None, attempt: int) -> float | None:
    """Seconds until the next attempt; None when there should be none."""
    pause = wanted if wanted is not None else _PAUSE * 2**attempt
    return None if attempt == _ATTEMPTS or pause > LONGEST_PAUSE else pause


def _claimed_digest(answer: Answer) -> str:
    digest = str(answer.headers.get("Docker-Content-Digest") or "")
    try:
        check_digest(digest)
    except ValueError:
        return ""
    return digest


def _check_digest(digest: str) -> None:
    try:
        check_digest(digest)
    except ValueError as error:
        raise RegistryError(str(error), reason="protocol") from None


def _check_content(body: bytes, digest: str) -> None:
    _check_digest(digest)
    algorithm, _, digits = digest.partition(":")
    if hashlib.new(algorithm, body).hexdigest() != digits:
        raise RegistryError("What the registry sent is not what its digest says.", reason="protocol")


def _names(body: bytes, key: str) -> list[str]:
    """What is empty may have `null` for a list."""
    try:
        page: Mapping[str, object] = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise RegistryError("The registry's answer cannot be read.", reason="protocol") from None
    names = page.get(key)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
