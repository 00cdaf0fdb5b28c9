"""Secrets in the words of their nodes: values in clear, for whoever stores the graph puts them into the vault. Pure."""

import base64
import binascii
from typing import Any

from imports.manifests.items import MAPPED, Item, Said
from imports.manifests.words import Words
from imports.report import Choice, ChoiceKind
from plugins.sdk.fields import Json
from plugins.sdk.secrets import PLACEHOLDER

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Secrets:
    """What is asked of them: `answers` are given values, `asked` those that the input does not know."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers
        self.asked: list[Choice] = []

    def read(self, item: Item, words: Words) -> Json:
        data = words.fields({"type": "type", "immutable": "immutable"})
        values: dict[str, str] = {}
        encoded: list[str] = []
        unknown: list[str] = []
        for key, value in (words.body.get("data") or {}).items():
            text = _decoded(value)
            if text is None:
                encoded.append(key)
            values[key] = value if text is None else text
            self._say(item, "data", key)
        for key, value in (words.body.get("stringData") or {}).items():
            if value == PLACEHOLDER:
                value = self._answer(item, key)
                if value is None:
                    unknown.append(key)
            if key in encoded:
                encoded.remove(key)
            values[key] = value or ""
            self._say(item, "stringData", key)
        if unknown:
            return self._existing(item, data)
        if values or "data" in words or "stringData" in words:
            data["values"] = values
        return data | ({"base64_keys": encoded} if encoded else {})

    def _say(self, item: Item, field: str, key: str) -> None:
        """The target tells that a value is written here, so that it is hidden where the source is shown."""
        item.said[(field, key)] = Said(MAPPED, "Kept encrypted.", f"secret/{item.name}.{key}")

    def _answer(self, item: Item, key: str) -> str | None:
        id = f"secret.{item.namespace}.{item.name}.{key}" if item.namespace else f"secret.{item.name}.{key}"
        self.asked.append(Choice(id, f"Value of {key} in the secret {item.name}", "", ChoiceKind.SECRET))
        return self._answers.get(id)

    def _existing(self, item: Item, data: Json) -> Json:
        """Without its values it can only be referred to, and running changes nothing of it."""
        message = "The input does not know it; the secret in the cluster stays as it is until you give all values."
        for path in [path for path in item.said if path[0] in ("data", "stringData")]:
            item.said[path] = Said(MAPPED, message, f"secret/{item.name}.existing")
        return {"type": data.get("type", "Opaque"), "existing": True}


def hide_annotation(item: Item) -> None:
    """What kubectl remembers of a secret holds its values."""
    path = ("metadata", "annotations", _LAST_APPLIED)
    item.drop_if_there(path, "kubectl wrote it.")
    if path in item.said:
        said = item.said[path]
        item.said[path] = Said(said.verdict, said.message, f"secret/{item.name}.{_LAST_APPLIED}")


def _decoded(value: Any) -> str | None:
    """The text in base64; None when it is none, so that the value stays as it is."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    is_same = base64.b64encode(text.encode()).decode() == value
    return text if is_same and "\x00" not in text else None
