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


class _Push(msgspec.Struct):
    ref: str = ""
    after: str = ""
    deleted: bool = False
    checkout_sha: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """`is_push` is false for pings and all other news; `ref` is the branch or tag without its prefix."""

    is_push: bool
    ref: str = ""
    commit: str = ""


def is_genuine(provider: str, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """In equal time, whatever is wrong."""
    if provider == GITHUB:
        expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        given = headers.get("X-Hub-Signature-256", "")
    else:
        expected, given = secret, headers.get("X-Gitlab-Token", "")
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def read_call(provider: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Of a genuine call; what is no push, or removes a branch, builds nothing."""
    event = headers.get("X-GitHub-Event" if provider == GITHUB else "X-Gitlab-Event", "")
    if event not in ("push", "Push Hook", "Tag Push Hook"):
        return Call(is_push=False)
    try:
        push = msgspec.json.decode(body, type=_Push)
    except msgspec.DecodeError:
        return Call(is_push=False)
    is_gone = push.deleted or (bool(push.after) and not push.after.strip("0"))
    ref = push.ref.removeprefix(_BRANCH).removeprefix(_TAG)
    return Call(is_push=not is_gone and bool(ref), ref=ref, commit=push.after or push.checkout_sha or "")


def digest_of(provider: str, body: bytes) -> str:
    """The same for the same delivery. By its body as well as its number, for only the body is signed: another number
    in front of what was sent before makes nothing new of it."""
    return hashlib.sha256(provider.encode() + b"\0" + body).hexdigest()
