"""What of an input is shown."""

import pytest

from imports.compose import convert
from imports.masking import MASK, masked_texts

SECRET = "canary-value"


def shown(text: str, **more: str) -> dict[str, str]:
    files = {"compose.yaml": text.encode(), **{name.replace("_", "."): each.encode() for name, each in more.items()}}
    found = convert(files, variables={"PW": SECRET})
    return dict(masked_texts(files, found))


@pytest.mark.parametrize(
    "environment",
    [
        f"{{A_PASSWORD: {SECRET}}}",
        f'{{A_PASSWORD: "{SECRET}"}}',
        f"\n      - A_PASSWORD={SECRET}",
        f"\n      - 'A_PASSWORD={SECRET}'",
        f"\n      A_PASSWORD: |\n        {SECRET}\n        more",
        f"{{A_PASSWORD: '${{UNKNOWN:-{SECRET}}}'}}",
        f"\n      <<: {{A_PASSWORD: {SECRET}}}",
        f"{{URL: 'postgres://u:{SECRET}@db/x'}} # \U0001f600",
    ],
    ids=["plain", "quoted", "list", "quoted list", "block", "default", "merged", "url"],
)
def test_secret_values_are_hidden_and_lines_stay(environment: str) -> None:
    text = f"# \U0001f600 é\nservices:\n  a:\n    image: b\n    environment: {environment}\n    init: true\n"
    found = shown(text)["compose.yaml"]
    assert SECRET not in found
    assert MASK in found
    assert found.count("\n") == text.count("\n")
    assert "\n    init: true\n" in found


def test_in_every_file() -> None:
    text = f"services: {{a: {{image: b, environment: {{A_PASSWORD: {SECRET}}}}}}}"
    files = shown(text, compose_override_yaml=f"services: {{a: {{environment: {{A_PASSWORD: {SECRET}2}}}}}}")
    assert set(files) == {"compose.yaml", "compose.override.yaml"}
    assert not any(SECRET in each for each in files.values())


def test_where_a_value_comes_from_is_shown() -> None:
    text = "services: {a: {image: b, environment: {A_PASSWORD: '${PW}', MODE: fast}}}"
    assert shown(text) == {"compose.yaml": text}
