"""The network guard: where connections may never go, however the place is spelled."""

import socket

import pytest

from clusters.kube.network import AddressRefused, BadServer, Guard, is_host_name, parse_server

EVERYWHERE = ("0.0.0.0/0", "::/0")


def guard_of(*addresses, allowed=()):
    async def lookup(host, port):
        return list(addresses)

    return Guard(allowed, lookup=lookup)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
    ],
)
async def test_some_addresses_are_refused_whatever_is_allowed(address):
    guard = guard_of(address, allowed=EVERYWHERE)
    assert guard.refusal(address)
    with pytest.raises(AddressRefused):
        await guard.addresses("cluster.example.com", 443)


@pytest.mark.parametrize("host", ["metadata.google.internal", "metadata", "metadata.goog", "instance-data"])
async def test_names_of_metadata_services_are_not_even_resolved(host):
    with pytest.raises(AddressRefused, match="metadata"):
        await guard_of("93.184.216.34").addresses(host, 80)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "fd12:3456::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
    ],
)
async def test_private_networks_need_to_be_allowed(address):
    assert "not allow" in guard_of().refusal(address)
    with pytest.raises(AddressRefused, match="not allow"):
        await guard_of(address).addresses("cluster.example.com", 443)
    allowed = guard_of(address, allowed=("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
    may = address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1")
    assert (allowed.refusal(address) == "") is (may or address.startswith(("64:ff9b", "2002:")))


async def test_public_addresses_are_free():
    assert await guard_of("93.184.216.34", "2606:2800:220:1::1").addresses("example.com", 443) == [
        "93.184.216.34",
        "2606:2800:220:1::1",
    ]


async def test_one_address_that_is_never_used_condemns_the_name():
    with pytest.raises(AddressRefused, match="link-local"):
        await guard_of("93.184.216.34", "169.254.169.254").addresses("rebind.example.com", 443)


async def test_addresses_that_are_merely_not_allowed_are_left_out():
    guard = guard_of("10.0.0.1", "fd12::1", allowed=("10.0.0.0/8",))
    assert await guard.addresses("cluster.example.com", 443) == ["10.0.0.1"]


async def test_literals_are_checked_without_a_look_up():
    async def lookup(host, port):
        raise AssertionError("no name to look up")

    guard = Guard((), lookup=lookup)
    assert await guard.addresses("93.184.216.34", 443) == ["93.184.216.34"]
    with pytest.raises(AddressRefused):
        await guard.addresses("::ffff:169.254.169.254", 443)


async def test_a_name_without_addresses_cannot_be_resolved():
    with pytest.raises(socket.gaierror):
        await guard_of().addresses("nowhere.example.com", 443)


class TestServer:
    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("https://cluster.example.com", "https://cluster.example.com:443"),
            (" HTTPS://Cluster.Example.com:6443/ ", "https://cluster.example.com:6443"),
            ("https://203.0.113.5:6443/k8s/clusters/c-1/", "https://203.0.113.5:6443/k8s/clusters/c-1"),
            ("https://[2001:db8::1]:6443", "https://[2001:db8::1]:6443"),
            ("https://127.0.0.1:7000/u/ada", "https://127.0.0.1:7000/u/ada"),
        ],
    )
    def test_is_read(self, text, url):
        assert parse_server(text).url == url

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "cluster.example.com",
            "http://cluster.example.com",
            "ftp://cluster.example.com",
            "file:///etc/passwd",
            "https://",
            "https://:6443",
            "https://user:word@cluster.example.com",
            "https://user@cluster.example.com",
            "https://cluster.example.com?x=1",
            "https://cluster.example.com?",
            "https://cluster.example.com#there",
            "https://cluster.example.com/../admin",
            "https://cluster.example.com/%2e%2e/admin",
            "https://cluster.example.com/a//b",
            "https://cluster.example.com:0x50",
            "https://cluster.example.com:99999",
            "https://2130706433",
            "https://0x7f000001",
            "https://0x7f.1",
            "https://127.1",
            "https://0177.0.0.1",
            "https://[fe80::1%25eth0]",
            "https://cluster_.example..com",
            "https://cluster.example.com\\@evil.example.com",
            "https://cluster.example.com\r\nX-Header: 1",
            "https://clüster.example.com",
            "https://" + "a" * 2000,
        ],
    )
    def test_is_refused(self, text):
        with pytest.raises(BadServer):
            parse_server(text)

    def test_names(self):
        assert is_host_name("kubernetes.default.svc")
        assert is_host_name("10.0.0.1")
        assert not is_host_name("not a name")
        assert not is_host_name("../etc")
