"""Manifests that mean harm: each is refused in a sentence, quickly."""

import time

import pytest

from imports import manifests
from imports.manifests import ManifestError

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

CASES = {
    "alias bomb": (HEAD + BOMB, "values"),
    "brackets": ("[" * 4096, "levels"),
    "deep": (HEAD + "data: " + "{a: " * 100 + "1" + "}" * 100, "levels"),
    "twice": (HEAD + "kind: Secret\n", "twice"),
    "not utf-8": (b"\xff\xfe\xfa", "UTF-8"),
    "nul": (HEAD + 'data: {a: "\\0"}', "character"),
    "half a character": (HEAD + 'data: {a: "\\ud800"}', "character"),
    "infinity": (HEAD + "data: {a: .inf}", "no meaning"),
    "too large a number": (HEAD + "data: {a: 18446744073709551615}", "too large"),
    "no object": ("- 1\n", "no Kubernetes object"),
    "no name": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "metadata.name"),
    "generated name": ("apiVersion: v1\nkind: Job\nmetadata: {generateName: a-}\n", "give it a name"),
    "labels": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: 1}}\n", "not all texts"),
    "secret": ("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: [1]\n", "not all texts"),
    "tag": (HEAD + "data: !!python/object:os.system {}\n", "tag"),
    "template": (HEAD + "data: {{- toYaml .Values.data | nindent 2 }}\n", "helm template"),
    "empty": ("---\n---\n", "no object"),
    "many": ("apiVersion: v1\nkind: List\nitems:\n" + f"- {{{HEAD.strip()}}}\n".replace("\n", ", ", 2) * 2001, "2,000"),
    "50 MB": (b"a" * 50_000_000, "longer"),
}


@pytest.mark.parametrize("case", list(CASES))
def test_is_refused_quickly(case: str) -> None:
    text, sentence = CASES[case]
    content = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    began = time.perf_counter()
    with pytest.raises(ManifestError) as caught:
        manifests.convert({"a.yaml": content}, names=["a.yaml"])
    assert sentence in str(caught.value)
    # Ten times what it takes, for a loaded machine.
    assert time.perf_counter() - began < 2
