"""Bind mounts: what was uploaded and is small becomes a config map; code and the host itself are refused."""

import posixpath

from imports.compose.loading.volumes import is_path
from imports.compose.mapping import images
from imports.compose.mapping.claims import claim_of_folder
from imports.compose.mapping.contents import Content, add_content, read_content
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan
from imports.compose.model.service import Mount
from imports.report import Choice

_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock")
_CLOCKS = ("/etc/localtime", "/etc/timezone")
_HOST = (
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/var/run",
    "/var/log",
    "/var/lib/docker",
    "/etc",
    "/boot",
    "/lib/modules",
    "/usr",
)
_CODE = frozenset(
    [
        ".py",
        ".js",
        ".mjs",
        ".ts",
        ".tsx",
        ".jsx",
        ".rb",
        ".php",
        ".go",
        ".java",
        ".kt",
        ".rs",
        ".cs",
        ".c",
        ".cpp",
        ".scala",
        ".ex",
        ".exs",
        ".vue",
        ".svelte",
    ]
)
_PROJECT_FILES = frozenset(
    [
        "Dockerfile",
        "package.json",
        "requirements.txt",
        "pyproject.toml",
        "go.mod",
        "composer.json",
        "pom.xml",
        "build.gradle",
        "Gemfile",
        "Cargo.toml",
        "manage.py",
    ]
)
# Where programs look for settings and start scripts, not for themselves.
_SETTINGS = ("/etc/", "/docker-entrypoint", "/usr/share/nginx/html", "/config", "/conf", "/opt/keycloak/data/import")
_CODE_ADVICE = (
    "This is source code, which a cluster cannot see on your machine; build it into the image instead "
    "(COPY in the Dockerfile), and use a build."
)


def map_bind(draft: Draft, plan: Plan, mount: Mount, path: str, target: str) -> None:
    source = mount.source or ""
    name = source.removeprefix("./") if source.startswith("./") else None
    if name is not None and (plan.files.has(name) or plan.files.is_folder(name)):
        _map_uploaded(draft, plan, mount, path, target, name)
    elif source in _SOCKETS:
        message = (
            "The Docker socket is not there in a cluster, and would hand the node over; give a service account instead."
        )
        plan.rows.add(path, REFUSED, message)
    elif source in _CLOCKS:
        plan.rows.add(path, REFUSED, "Nodes have their own clock; set the variable TZ instead.")
    elif source.startswith("/") and _is_of_host(source):
        _map_host(draft, plan, mount, path, target, source)
    elif _looks_like_file(source):
        message = f"The file '{source[:80]}' was not uploaded; add it, and it becomes a config map."
        plan.rows.add(path, REFUSED, message)
    elif _is_code_target(draft, plan, source, target):
        plan.rows.add(path, REFUSED, _CODE_ADVICE)
    else:
        _map_folder(draft, plan, mount, path, target, source)


def _map_uploaded(draft: Draft, plan: Plan, mount: Mount, path: str, target: str, name: str) -> None:
    if plan.files.has(name):
        content = read_content(plan.files, name)
    elif images.is_data_path(draft.service.image, target):
        _map_folder(draft, plan, mount, path, target, mount.source or "")
        return
    elif _is_code_folder(draft, plan, name, target):
        plan.rows.add(path, REFUSED, _CODE_ADVICE)
        return
    else:
        content = read_content(plan.files, name)
    if isinstance(content, str):
        plan.rows.add(path, REFUSED, content)
        return
    where = add_content(draft, plan, content, f"{draft.kube}-{posixpath.basename(name) or 'files'}", target)
    message = _told(content, mount)
    plan.rows.add(path, MAPPED if mount.read_only else APPROXIMATED, message, target=where)


def _told(content: Content, mount: Mount) -> str:
    what = "file" if content.is_file else f"folder of {len(content.files)} file{'s' * (len(content.files) != 1)}"
    kind = "secret" if content.is_secret else "config map"
    note = "" if mount.read_only else "; the program cannot write to it, which it could in Compose"
    return f"The uploaded {what} becomes a {kind}{note}."


def _is_code_folder(draft: Draft, plan: Plan, name: str, target: str) -> bool:
    build = draft.service.build
    context = build.context.removeprefix("./") if build and build.context else None
    if context is not None and (name == context or name.startswith(f"{context}/")) and not target.startswith(_SETTINGS):
        return True
    inside = [file for file, _ in plan.files.below(name)]
    if any(posixpath.basename(file) in _PROJECT_FILES for file in inside):
        return True
    return any(posixpath.splitext(file)[1] in _CODE for file in inside) and not target.startswith(_SETTINGS)


def _is_code_target(draft: Draft, plan: Plan, source: str, target: str) -> bool:
    """A folder that was not uploaded, mounted over what a build makes."""
    build = draft.service.build
    if build is None or source.startswith("/"):
        return False
    context = (build.context or "./").rstrip("/")
    return source.rstrip("/") == context or target in (
        "/app",
        "/src",
        "/code",
        "/usr/src/app",
        draft.service.working_dir,
    )


def _is_of_host(source: str) -> bool:
    return source == "/" or any(source == path or source.startswith(f"{path}/") for path in _HOST)


def _looks_like_file(source: str) -> bool:
    base = posixpath.basename(source.rstrip("/"))
    stem, ending = posixpath.splitext(base)
    return bool(stem and ending and not ending[1:].isdigit() and ending != ".d" and len(ending) <= 11) and is_path(
        source
    )


def _map_host(draft: Draft, plan: Plan, mount: Mount, path: str, target: str, source: str) -> None:
    choice = _ask(draft, plan, source, target, "host")
    if choice.value == "host":
        entry = {"path": target, "read_only": mount.read_only or None}
        draft.add_volume(target, {"hostPath": {"path": source}}, {key: item for key, item in entry.items() if item})
        message = f"The path {source[:60]} of whichever node runs it; many clusters forbid it."
        plan.rows.add(path, APPROXIMATED, message, target=f"{draft.target}.volumes", choices=[choice])
    else:
        _apply(draft, plan, mount, path, target, source, choice)


def _map_folder(draft: Draft, plan: Plan, mount: Mount, path: str, target: str, source: str) -> None:
    choice = _ask(draft, plan, source, target, "claim")
    if choice.value == "host":
        _map_host(draft, plan, mount, path, target, source)
    else:
        _apply(draft, plan, mount, path, target, source, choice)


def _apply(draft: Draft, plan: Plan, mount: Mount, path: str, target: str, source: str, choice: Choice) -> None:
    if choice.value == "skip":
        plan.rows.add(path, REFUSED, "Left out, as you chose.", choices=[choice])
        return
    claim = claim_of_folder(plan, draft, source, target)
    draft.mounts.append((claim.key, {"path": target, **({"read_only": True} if mount.read_only else {})}))
    message = f"A cluster cannot see the folder '{source[:60]}' of your machine: an empty claim takes its place."
    plan.rows.add(path, APPROXIMATED, message, target=f"claim/{claim.name}", choices=[choice])


def _ask(draft: Draft, plan: Plan, source: str, target: str, default: str) -> Choice:
    options = [("claim", "An empty volume that is kept"), ("skip", "Leave it out")]
    if source.startswith("/"):
        options.append(("host", "The path of the node that runs it"))
    text = f"What {draft.name} gets at {target} instead of the folder {source[:60]}"
    return plan.answers.option(f"service.{draft.name}.bind.{target}", text, default, options)
