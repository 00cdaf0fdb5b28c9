"""Where a registry is, as a person writes it."""

import pytest

from clusters.registries.addresses import Address, BadAddress, read_address, region_of

ACCOUNT = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("", "dockerhub", Address("docker.io")),
        ("https://index.docker.io/v1/", "dockerhub", Address("docker.io")),
        ("hub.docker.com", "dockerhub", Address("docker.io")),
        ("http://docker.io", "dockerhub", Address("docker.io")),
        ("docker.io/team", "dockerhub", Address("docker.io", "team")),
        ("", "ghcr", Address("ghcr.io")),
        ("", "gitlab", Address("registry.gitlab.com")),
        ("registry.gitlab.com/group/project/", "gitlab", Address("registry.gitlab.com", "group/project")),
        ("Harbor.Example.com:8443/team", "harbor", Address("harbor.example.com:8443", "team")),
        ("https://harbor.example.com/v2/", "harbor", Address("harbor.example.com")),
        ("https://harbor.example.com/v2/v2x", "harbor", Address("harbor.example.com", "v2x")),
        ("https://harbor.example.com/v2x", "harbor", Address("harbor.example.com", "v2x")),
        ("http://harbor.example.com", "harbor", Address("harbor.example.com", "", True)),
        ("127.0.0.1:5001", "generic", Address("127.0.0.1:5001", "", True)),
        ("localhost:5000/x", "generic", Address("localhost:5000", "x", True)),
        ("[::1]:5000", "generic", Address("[::1]:5000", "", True)),
        ("https://127.0.0.1:5001", "generic", Address("127.0.0.1:5001")),
        (ACCOUNT, "ecr", Address(ACCOUNT)),
    ],
)
def test_read(text: str, kind: str, address: Address) -> None:
    assert read_address(text, kind) == address
    assert read_address(address.url, kind) == address


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "generic"),
        ("", "harbor"),
        ("quay.io", "dockerhub"),
        ("example.com", "ecr"),
        ("ftp://example.com", "generic"),
        ("user:s3cret@example.com", "generic"),
        ("https://user@example.com", "generic"),
        ("example.com?x=1", "generic"),
        ("example.com/Team", "generic"),
        ("example.com/../x", "generic"),
        ("example.com//x", "generic"),
        ("example.com:0", "generic"),
        ("example.com:70000", "generic"),
        ("exa mple.com", "generic"),
        ("ex\x00ample.com", "generic"),
        ("169.254.169.254", "generic"),
        ("[::ffff:169.254.169.254]", "generic"),
        ("0.0.0.0:5000", "generic"),
        ("0x7f.1", "generic"),
        ("2130706433", "generic"),
        ("x" * 3000, "generic"),
    ],
)
def test_what_is_no_address(text: str, kind: str) -> None:
    with pytest.raises(BadAddress) as caught:
        read_address(text, kind)
    assert str(caught.value).endswith(".")
    assert "s3cret" not in str(caught.value)


def test_region_of_an_ecr_host() -> None:
    assert region_of(ACCOUNT) == ("eu-central-1", "amazonaws.com")
    assert region_of("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn") == ("cn-north-1", "amazonaws.com.cn")
    with pytest.raises(BadAddress):
        region_of("123456789012.dkr.ecr.eu-central-1.amazonaws.com.example.com")
