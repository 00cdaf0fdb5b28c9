"""Where a connection may go: the one guard that every address which somebody gave us passes.

A name is resolved once per connection and the connection made to exactly the addresses that were checked, so
that a name cannot point elsewhere in between. Must not know what is spoken over the connection.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

RESOLVE_SECONDS = 5.0

# Names and addresses under which clouds hand out the credentials of the machine we run on.
_METADATA_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data"}
)
_NEVER = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("::/128", "an unspecified address"),
        ("169.254.0.0/16", "a link-local address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("224.0.0.0/4", "a multicast address"),
        ("ff00::/8", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("100.100.100.200/32", "a metadata address"),
        ("168.63.129.16/32", "a metadata address"),
        ("192.0.0.192/32", "a metadata address"),
        ("fd00:ec2::254/128", "a metadata address"),
        ("fd20:ce::254/128", "a metadata address"),
    )
)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefused(Exception):
    """The guard does not let a connection go there."""


async def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver knows."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Lets connections go to public addresses and to `allowed` networks; to some addresses never."""

    def __init__(self, allowed: Sequence[str] = (), *, lookup: Lookup = system_lookup) -> None:
        self._allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(text, strict=False) for text in allowed)
        self._lookup = lookup

    def refusal(self, address: str) -> str:
        """Why a connection may not go to `address`; empty when it may."""
        why = never(address)
        if why or all(each.is_global or self._is_allowed(each) for each in _meanings(address)):
            return why
        return f"{address} is in a private network that this installation does not allow"

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allowed)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Resolve `host` (`socket.gaierror` when that fails) and check what came of it. One address that is
        never used condemns the name; those that are merely not allowed are left out."""
        if host in _METADATA_NAMES:
            raise AddressRefused(f"{host} names a metadata service, which is never used")
        found = await self._resolve(host, port)
        good = [address for address in found if not self.refusal(address)]
        condemned = [address for address in found if never(address)] or ([] if good else list(found))
        if condemned:
            why = self.refusal(condemned[0])
            raise AddressRefused(why if host in found else f"{host} points to an address that is refused: {why}")
        return good

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await self._lookup(host, port)
        except TimeoutError:
            raise
        except OSError as error:
            raise socket.gaierror(str(error)) from None
        if not found:
            raise socket.gaierror(f"{host} has no address")
        return found


def never(address: str) -> str:
    """Why no connection ever goes to `address`, whatever is allowed; empty when that is no matter of principle."""
    for candidate in _meanings(address):
        for network, what in _NEVER:
            if candidate in network:
                return f"{address} is {what}, which is never used"
    return ""


def _meanings(text: str) -> list[Address]:
    """The address, and the IPv4 address that it carries in disguise: mapped, compatible, 6to4, Teredo, NAT64."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    hidden: list[Address] = []
    if address.sixtofour is not None:
        hidden.append(address.sixtofour)
    if address.teredo is not None:
        hidden += address.teredo
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _NAT64) or (address in _COMPATIBLE and int(address) > 1):
        hidden.append(last)
    return [address, *hidden]
