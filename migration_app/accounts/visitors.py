"""Where a visitor comes from: what failed sign-ins are counted by, together with the name."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one IPv6 address has all of its /64 (RFC 6177), and would count from zero with each.
_ONE_VISITOR = 64


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address; for IPv6 that of its network. None when it cannot be told.

    Behind a proxy every request comes from the proxy, so that strangers could lock anybody out.
    There the last entry of X-Forwarded-For counts: the one that our own proxy wrote. Those
    before it are whatever the visitor likes; without a proxy, all of them are.
    """
    named = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        named.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
    return next((_plain(found) for name in named if (found := _read(name))), None)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None


def _plain(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _ONE_VISITOR), strict=False).network_address)
