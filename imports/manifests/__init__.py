"""Kubernetes manifests to a graph and a report. Pure: files come as a mapping, nothing is read or written.

conversion = convert({"app.yaml": b"..."}, names=["app.yaml"])

What a node type has words for becomes a typed node, everything else a manifest; edges follow from selectors and
references. The graph is compiled and compared with the input, and what differs goes into the overrides of its node:
nothing is lost, and running what was exported changes nothing.
"""

from collections.abc import Mapping, Sequence

from imports.conversion import Conversion
from imports.manifests.convert import map_items
from imports.manifests.errors import ManifestError
from imports.manifests.reading import is_template, read_items

__all__ = ["ManifestError", "convert", "is_template"]


def convert(
    files: Mapping[str, bytes],
    *,
    names: Sequence[str],
    choices: Mapping[str, str] | None = None,
    digest_key: bytes = b"",
) -> Conversion:
    """Raises `ManifestError`, and nothing else. With the installation's `digest_key` the pods of what it exported
    itself stay as they are. The same input gives the same output."""
    items, read = read_items(files, names)
    return map_items(items, read, dict(choices or {}), digest_key, [name for name in names if name not in read])
