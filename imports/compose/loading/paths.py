"""Relative paths inside a document, rewritten so that they count from the top of the upload.

Afterwards nobody needs to know which file a path came from. A bind mount may lead anywhere: the mapping
judges it. Everything else that leaves the upload is refused.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from imports.compose.errors import joined
from imports.compose.loading.canonical import Context
from imports.compose.loading.documents import Override
from imports.compose.loading.files import Files, is_absolute, is_remote

Json = dict[str, Any]
TOP = "./"


def rooted(document: Json, folder: str, files: Files, context: Context) -> Json:
    """A copy of the canonical `document`, whose files lie in `folder`."""
    result = dict(document)
    rewriter = _Rewriter(folder, files, context)
    for section, rewrite in (("services", rewriter.service), ("configs", rewriter.file), ("secrets", rewriter.file)):
        members = result.get(section)
        if isinstance(members, dict):
            result[section] = {
                name: rewrite(member, joined(section, name)) if isinstance(member, dict) else member
                for name, member in members.items()
            }
    return result


class _Rewriter:
    def __init__(self, folder: str, files: Files, context: Context) -> None:
        self.folder = folder
        self.files = files
        self.context = context

    def service(self, service: Json, path: str) -> Json:
        result = dict(service)
        for key, rewrite in (
            ("build", self.build),
            ("volumes", self.mounts),
            ("env_file", self.listed),
            ("label_file", self.listed),
            ("develop", self.develop),
        ):
            if key in result:
                result[key] = _through(result[key], partial(rewrite, path=joined(path, key)))
        return result

    def file(self, member: Json, path: str) -> Json:
        if isinstance(member.get("file"), str):
            return {**member, "file": self.located(member["file"], joined(path, "file"))}
        return member

    def located(self, value: Any, path: str) -> Any:
        if not isinstance(value, str):
            return value
        return TOP + self.files.locate(self.folder, value, file=self.context.file, at=path)

    def build(self, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return value
        result = dict(value)
        context = result.get("context", "." if "dockerfile_inline" not in result else None)
        if isinstance(context, str) and not is_remote(context):
            result["context"] = self.located(context, joined(path, "context"))
        extra = result.get("additional_contexts")
        if isinstance(extra, dict):
            result["additional_contexts"] = {
                name: item
                if not isinstance(item, str) or _is_reference(item)
                else self.located(item, joined(path, name))
                for name, item in extra.items()
            }
        return result

    def mounts(self, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return value
        return [self.mount(item) for item in value]

    def mount(self, item: Any) -> Any:
        if not isinstance(item, dict) or item.get("type") != "bind" or not isinstance(item.get("source"), str):
            return item
        inside = self.files.inside(self.folder, item["source"])
        return item if inside is None else {**item, "source": TOP + inside}

    def listed(self, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return value
        result = []
        for index, item in enumerate(value):
            at = joined(path, index)
            if isinstance(item, dict):
                result.append({**item, "path": self.located(item.get("path"), at)})
            else:
                result.append(self.located(item, at))
        return result

    def develop(self, value: Any, path: str) -> Any:
        """Watched paths mean nothing to a cluster: only where they lead is looked at."""
        watch = value.get("watch") if isinstance(value, dict) else None
        for index, item in enumerate(watch if isinstance(watch, list) else ()):
            if isinstance(item, dict) and isinstance(item.get("path"), str) and not is_absolute(item["path"]):
                self.files.locate(self.folder, item["path"], file=self.context.file, at=joined(path, "watch", index))
        return value


def _through(value: Any, rewrite: Callable[[Any], Any]) -> Any:
    return Override(rewrite(value.value)) if isinstance(value, Override) else rewrite(value)


def _is_reference(text: str) -> bool:
    return is_remote(text) or text.startswith(("docker-image:", "service:", "target:", "oci-layout:"))


def env_files(document: Json) -> Iterator[str]:
    """The names of all env files that services read."""
    services = document.get("services")
    for service in services.values() if isinstance(services, dict) else ():
        entries = service.get("env_file") if isinstance(service, dict) else None
        entries = entries.value if isinstance(entries, Override) else entries
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                yield entry["path"]
