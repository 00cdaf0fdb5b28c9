"""Image references: the cases of the distribution project's own tests, and laws that hold for all."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusters.registries.references import (
    HUB,
    MAX_REFERENCE,
    BadReference,
    ImageReference,
    canonical_host,
    is_below,
    newest_first,
    parse_reference,
)

SHA = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("text", "host", "repository", "tag", "digest"),
    [
        ("nginx", HUB, "library/nginx", "latest", ""),
        ("nginx:1.27", HUB, "library/nginx", "1.27", ""),
        ("library/nginx", HUB, "library/nginx", "latest", ""),
        ("team/app", HUB, "team/app", "latest", ""),
        ("docker.io/nginx", HUB, "library/nginx", "latest", ""),
        ("index.docker.io/nginx", HUB, "library/nginx", "latest", ""),
        ("index.docker.io/team/app:x", HUB, "team/app", "x", ""),
        ("registry-1.docker.io/team/app", HUB, "team/app", "latest", ""),
        ("registry.hub.docker.com/library/redis:7", HUB, "library/redis", "7", ""),
        (f"nginx@{SHA}", HUB, "library/nginx", "", SHA),
        (f"nginx:1@{SHA}", HUB, "library/nginx", "1", SHA),
        (f"ghcr.io/a/b/c/d@{SHA512}", "ghcr.io", "a/b/c/d", "", SHA512),
        ("localhost/app", "localhost", "app", "latest", ""),
        ("localhost:5000/app:v1", "localhost:5000", "app", "v1", ""),
        ("127.0.0.1:5001/busybox:1", "127.0.0.1:5001", "busybox", "1", ""),
        ("[2001:db8::1]:5000/app", "[2001:db8::1]:5000", "app", "latest", ""),
        ("[2001:db8::1]/app", "[2001:db8::1]", "app", "latest", ""),
        ("GHCR.io/team/app", "ghcr.io", "team/app", "latest", ""),
        ("Registry/team", "Registry", "team", "latest", ""),
        ("ghcr.io:443/team/app", "ghcr.io", "team/app", "latest", ""),
        ("a.b/c__d/e---f/g.h_i:_T.-", "a.b", "c__d/e---f/g.h_i", "_T.-", ""),
        ("app:5000", HUB, "library/app", "5000", ""),
        ("xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com", ""),
        ("quay.io/" + "a" * 255, "quay.io", "a" * 255, "latest", ""),
        ("x:" + "t" * 128, HUB, "library/x", "t" * 128, ""),
    ],
)
def test_parts(text: str, host: str, repository: str, tag: str, digest: str) -> None:
    found = parse_reference(text)
    assert (found.host, found.repository, found.tag, found.digest) == (host, repository, tag, digest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        ":latest",
        "@",
        "nginx:",
        "nginx@",
        "nginx:a:b",
        "Nginx",
        "team/App",
        "team//app",
        "/app",
        "app/",
        "team/app/",
        "-app",
        "app-",
        "a..b",
        "a___b",
        "a._b",
        "app:-tag",
        "app:.tag",
        "app:" + "t" * 129,
        "app name",
        "app\n",
        "app\x00",
        "äpp",
        "https://ghcr.io/app",
        "ghcr.io:port/app",
        "ghcr.io:99999/app",
        "ghcr.io:0/app",
        "-bad.io/app",
        "bad-.io/app",
        "under_score.io/app",
        "[::1/app",
        "[::g]/app",
        "user@host/app",
        "nginx@sha256:abc",
        "nginx@" + SHA.upper(),
        "nginx@sha256:" + "A" * 64,
        "nginx@md5:" + "0" * 32,
        "nginx@sha512:" + "0" * 64,
        f"nginx@{SHA}@{SHA}",
        "0123456789abcdef" * 4,
        "quay.io/" + "a" * 256,
        "a/" * 600,
        "x" * (MAX_REFERENCE + 1),
    ],
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(BadReference) as caught:
        parse_reference(text)
    assert str(caught.value).endswith(".")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "name",
    ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com", "DOCKER.IO"],
)
def test_docker_hub_is_one(name: str) -> None:
    assert canonical_host(name) == canonical_host(f"{name}:443") == HUB
    assert parse_reference(f"{name}/team/app").name == "docker.io/team/app"
    assert parse_reference(f"{name}/app").name == "docker.io/library/app"


# --- laws

component = st.from_regex(r"[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}", fullmatch=True)
path = st.lists(component, min_size=1, max_size=4).map("/".join)
host_name = st.from_regex(
    r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?){1,3}", fullmatch=True
)
port = st.integers(1, 65535).map(lambda number: f":{number}")
host = st.builds(str.__add__, host_name, st.just("") | port)
tag = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}", fullmatch=True)
digest = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)


@given(host, path, st.none() | tag, st.none() | digest)
def test_what_was_put_together_comes_apart(host: str, path: str, tag: str | None, digest: str | None) -> None:
    text = f"{host}/{path}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
    found = parse_reference(text)
    assert found.written_host == host
    assert found.host == canonical_host(host)
    assert found.repository == path
    assert found.tag == (tag or ("" if digest else "latest"))
    assert found.digest == (digest or "")


@given(host | st.just(HUB), path, tag)
def test_the_long_form_means_the_same(host: str, path: str, tag: str) -> None:
    once = parse_reference(f"{host}/{path}:{tag}")
    again = parse_reference(str(once))
    assert (again.name, again.tag, again.digest) == (once.name, once.tag, once.digest)


@given(path, tag)
def test_docker_hub_needs_no_host(path: str, tag: str) -> None:
    short = path.replace(".", "x")  # Else the first part may look like a host.
    if short.startswith("localhost/") or re.fullmatch(r"[a-f0-9]{64}", short):
        return
    found = parse_reference(f"{short}:{tag}")
    assert found == ImageReference(HUB, short if "/" in short else f"library/{short}", tag, "", HUB)


@example("A/0")
@example("A:443/0")
@example("localhost:443/0")
@given(st.text(max_size=80) | st.text(alphabet="ab.:/@-_[]:09AZ", max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        found = parse_reference(text)
    except BadReference:
        return
    assert parse_reference(str(found)).name == found.name


@given(path, path)
def test_a_path_is_above_what_begins_with_its_parts(above: str, below: str) -> None:
    assert is_below(f"{above}/{below}", above)
    assert is_below(above, "") and is_below(above, above)
    assert not is_below(f"{above}x", above)


def test_the_highest_version_is_first_and_words_are_last() -> None:
    assert newest_first(["1.9", "latest", "1.27", "1.10-alpine", "edge"]) == [
        "1.27",
        "1.10-alpine",
        "1.9",
        "latest",
        "edge",
    ]
