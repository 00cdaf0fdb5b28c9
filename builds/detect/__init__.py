"""What a source is written in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Detection:
    kind: str
    language: str
    dockerfile_text: str
    port: int | None
    reason: str


def detect(root: Path) -> Detection | None:
    return None
