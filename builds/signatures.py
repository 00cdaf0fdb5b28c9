"""Who calls a webhook, and of which branch it tells. Pure.

GitHub signs the body (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries); GitLab sends the
secret itself (https://docs.gitlab.com/user/project/integrations/webhooks/), so use it over TLS only.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

MOST_BYTES = 5 * 1024 * 1024
_BRANCH = "refs/heads/"
_TAG = "refs/tags/"
GITHUB, GITLAB = "github", "gitlab"


class _Place(msgspec.Struct):
    default_branch: str | None = None


class _Push(msgspec.Struct):
    ref: str = ""
    after: str = ""
    deleted: bool = False
    checkout_sha: str | None = None
    # GitHub's and GitLab's word for the same.
    repository: _Place | None = None
    project: _Place | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """`is_push` is false for pings and all other news; `ref` is the branch or tag without its prefix, and
    `default_branch` is empty where the host does not tell it."""

    is_push: bool
    ref: str = ""
    commit: str = ""
    default_branch: str = ""
    is_ping: bool = False


def signed(provider: str, secret: str, body: bytes) -> dict[str, str]:
    """The headers with which the host sends a push."""
    if provider == GITHUB:
        return {"X-GitHub-Event": "push", "X-Hub-Signature-256": _signature(secret, body)}
    return {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": secret}


def _signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(provider: str, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """In equal time, whatever is wrong."""
    if provider == GITHUB:
        expected = _signature(secret, body)
        given = headers.get("X-Hub-Signature-256", "")
    else:
        expected, given = secret, headers.get("X-Gitlab-Token", "")
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def read_call(provider: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Of a genuine call; what is no push, or removes a branch, builds nothing."""
    event = headers.get("X-GitHub-Event" if provider == GITHUB else "X-Gitlab-Event", "")
    if event not in ("push", "Push Hook", "Tag Push Hook"):
        return Call(is_push=False, is_ping=event == "ping")
    try:
        push = msgspec.json.decode(body, type=_Push)
    except msgspec.DecodeError:
        return Call(is_push=False)
    is_gone = push.deleted or (bool(push.after) and not push.after.strip("0"))
    ref = push.ref.removeprefix(_BRANCH).removeprefix(_TAG)
    place = push.repository or push.project or _Place()
    return Call(
        is_push=not is_gone and bool(ref),
        ref=ref,
        commit=push.after or push.checkout_sha or "",
        default_branch=place.default_branch or "",
    )


def digest_of(provider: str, body: bytes) -> str:
    """The same for the same delivery. By its body as well as its number, for only the body is signed: another number
    in front of what was sent before makes nothing new of it."""
    return hashlib.sha256(provider.encode() + b"\0" + body).hexdigest()
