"""Where we may connect.

A customer types the base URL, so it is hostile input: without a rule it could read the
cloud's metadata service or the operator's own network through us (SSRF).

The rule, judged on *addresses*, never on names, and always right before connecting:

    public            allowed
    private, loopback only by the operator's own list of (network, port)
    link-local, metadata, multicast, unspecified, transition forms    never

We resolve once, judge every address, and connect to a judged address itself: a name that
answers differently the second time (DNS rebinding) gains nothing. Odd spellings of a host
(`2130706433`, `0x7f.1`, `0177.0.0.1`) are what the resolver makes of them: an address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from .errors import BlockedAddressError, UnreachableError
from .wording import Template, gettext_noop

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", gettext_noop("is no destination")),
    ("169.254.0.0/16", gettext_noop("is link-local, where clouds keep their metadata")),
    ("100.100.100.200/32", gettext_noop("is a cloud's metadata service")),
    ("168.63.129.16/32", gettext_noop("is a cloud's metadata service")),
    ("192.0.0.192/32", gettext_noop("is a cloud's metadata service")),
    ("192.88.99.0/24", gettext_noop("is a relay to other networks")),
    ("224.0.0.0/4", gettext_noop("is multicast")),
    ("240.0.0.0/4", gettext_noop("is reserved")),
    ("::/128", gettext_noop("is no destination")),
    ("fe80::/10", gettext_noop("is link-local")),
    ("fec0::/10", gettext_noop("is site-local")),
    ("ff00::/8", gettext_noop("is multicast")),
    ("fd00:ec2::/32", gettext_noop("is a cloud's metadata service")),
    ("fd20:ce::254/128", gettext_noop("is a cloud's metadata service")),
    ("2002::/16", gettext_noop("hides another address (6to4)")),
    ("2001::/32", gettext_noop("hides another address (Teredo)")),
    ("64:ff9b:1::/48", gettext_noop("hides another address (local NAT64)")),
    ("::ffff:0:0:0/96", gettext_noop("hides another address (IPv4-translated)")),
)
_NEVER: tuple[tuple[Network, str], ...] = tuple((ip_network(cidr), why) for cidr, why in NEVER)
_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LOOPBACK6 = IPv6Address("::1")
# The upper half of an interface's number that hides an IPv4 address (ISATAP, RFC 5214, 6.1).
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


class Allowed(NamedTuple):
    """One line of the operator's list: a network, and a port (`None`: any port)."""

    network: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Which addresses may be called.

    allow: pairs of (CIDR, port or None) an operator opens on top of the public ones, for
        private networks and loopback. It cannot open an address of `NEVER`.

    Raises ValueError when a network is not written as a CIDR or a port is out of range.
    """

    allow: tuple[tuple[str, int | None], ...] = ()
    _networks: tuple[tuple[Network, int | None], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_networks", tuple(_opened(cidr, port) for cidr, port in self.allow))

    @classmethod
    def from_text(cls, text: str) -> AddressPolicy:
        """Read `"127.0.0.1, 10.0.0.0/8:8000, [fd12::/16]:8000"`, as a settings file would write it."""
        return cls(allow=tuple(_entry(part) for part in text.replace(",", " ").split()))

    def judge(self, address: Address, port: int) -> str | None:
        """`None` when `address` may be called; otherwise why not, as the end of a sentence."""
        plain = _unmapped(address)
        if why := _forbidden(plain):
            return why
        if _is_public(plain) or self._opens(plain, port):
            return None
        return _PRIVATE(port=port)

    def _opens(self, address: Address, port: int) -> bool:
        return any(
            address.version == network.version and address in network and wanted in (None, port)
            for network, wanted in self._networks
        )


async def resolve(host: str, port: int, policy: AddressPolicy) -> tuple[str, ...]:
    """The addresses of `host` that may be called, as literals, in the resolver's order.

    Raises UnreachableError when the name has no address, BlockedAddressError when none may be called.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(_no_such_name(host)) from error
    return permitted(host, port, (info[4][0] for info in found), policy)


def resolve_now(host: str, port: int, policy: AddressPolicy) -> tuple[str, ...]:
    """`resolve` for callers without an event loop."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(_no_such_name(host)) from error
    return permitted(host, port, (info[4][0] for info in found), policy)


def permitted(host: str, port: int, found: Iterable[str | int], policy: AddressPolicy) -> tuple[str, ...]:
    """Those of `found` that `policy` lets us call. Raises BlockedAddressError when none is left."""
    good: list[str] = []
    why = gettext_noop("leads to no address")
    for literal in dict.fromkeys(str(item) for item in found):
        refusal = policy.judge(ip_address(literal), port)
        if refusal is None:
            good.append(literal)
        else:
            # The address itself stays out: it would tell a stranger what our own DNS knows.
            why = _LEADS(why=refusal)
    if not good:
        raise BlockedAddressError(_BLOCKED(host=host, why=why))
    return tuple(good)


def _forbidden(address: Address) -> str | None:
    for network, why in _NEVER:
        if address.version == network.version and address in network:
            return why
    if isinstance(address, IPv6Address):
        return _hides_a_private_address(address)
    return None


def _hides_a_private_address(address: IPv6Address) -> str | None:
    """NAT64 and other forms carry an IPv4 address: only a public one passes, by NAT64 alone."""
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return gettext_noop("hides another address (ISATAP)")
    if address in _V4_COMPATIBLE and address != _LOOPBACK6:
        return gettext_noop("hides another address (IPv4-compatible)")
    if address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if _forbidden(inner) or not _is_public(inner):
            return _HIDES(address=inner)
    return None


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global
    return address in _NAT64 or (address in _GLOBAL_UNICAST and address.is_global)


def _unmapped(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        # A zone ("fe80::1%eth0") says which cable, not which address.
        address = IPv6Address(int(address))
        return address.ipv4_mapped or address
    return address


def _opened(cidr: str, port: int | None) -> tuple[Network, int | None]:
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"The allow-list names port {port}; a port is a number from 1 to 65535.")
    try:
        return ip_network(cidr, strict=False), port
    except ValueError as error:
        raise ValueError(
            f"The allow-list holds “{cidr}”, which is no network; write it like 10.0.0.0/8."
        ) from error


def _entry(text: str) -> Allowed:
    if text.startswith("["):
        cidr, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        cidr, _, port = text.partition(":")
    else:
        cidr, port = text, ""
    if port and not (port.isascii() and port.isdigit()):
        raise ValueError(f"The allow-list holds “{text}”, whose port is no number.")
    return Allowed(cidr, int(port) if port else None)


def _no_such_name(host: str) -> str:
    return _NO_NAME(host=host)


_PRIVATE = Template(gettext_noop("is private, and the operator's list does not open it for port {port}"))
_LEADS = Template(gettext_noop("leads to an address that {why}"))
_HIDES = Template(gettext_noop("hides {address} (NAT64)"))
_BLOCKED = Template(
    gettext_noop("{host} {why}. Use a public address, or ask the operator to add this one to the allow-list.")
)
_NO_NAME = Template(
    gettext_noop("The name {host} has no address. Check the spelling of the base URL and this machine's DNS.")
)
