"""What a kustomization says, when it comes beside the files that it lists. Pure."""

import posixpath
from collections.abc import Iterator, Sequence

from imports.manifests.items import APPROXIMATED, KEPT, REFUSED, Item
from imports.report import Row

_LISTS = ("resources", "bases")
_ADVICE = "Not carried out here; run `kustomize build` and send its output."


def read_kustomizations(item: Item, names: Sequence[str]) -> Iterator[Row]:
    """The files that it lists are read by themselves; what it would change of them needs kustomize."""
    folder = posixpath.dirname(item.spot.file)
    for key, value in item.written.items():
        where = f"{item.spot.file}.{key}"
        if key in ("apiVersion", "kind", "metadata"):
            yield Row(where, key, KEPT, "", "It goes without saying.")
        elif key in _LISTS and isinstance(value, list):
            for index, entry in enumerate(value):
                found = posixpath.normpath(posixpath.join(folder, str(entry)))
                is_there = any(name == found or name.startswith(f"{found}/") for name in names)
                yield Row(
                    f"{where}.{index}",
                    key,
                    KEPT if is_there else REFUSED,
                    "",
                    "It is read." if is_there else "It is not among the files; send it too.",
                )
        elif key == "namespace":
            yield Row(where, key, APPROXIMATED, "", "Choose the namespace when you run.")
        else:
            yield Row(where, key, REFUSED, "", _ADVICE)
