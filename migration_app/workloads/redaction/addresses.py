"""Addresses on the internet: e-mail and IP."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from .spans import Found

_DOMAIN = re.compile(r"@((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w@])")
# Read backwards from the @, so that it is read once.
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_EDGES = ".'`{|}=*/&"  # what stands around an address rather than in it

_IPV4 = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")


def emails(text: str) -> Iterator[Found]:
    for match in _DOMAIN.finditer(text):
        at = match.start()
        local = _LOCAL.match(text[max(0, at - 64) : at][::-1])
        name = local[0][::-1].lstrip(_EDGES) if local else ""
        if name and not name.endswith("."):
            yield Found(at - len(name), match.end(), "email")


def ip_addresses(text: str) -> Iterator[Found]:
    """Valid addresses, but for those that point nowhere: unspecified, loopback, netmasks."""
    patterns = (_IPV4, _IPV6) if "::" in text or text.count(":") > 6 else (_IPV4,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            before = text[match.start() - 1 : match.start()]
            if not before.isalnum() and before not in ("_", ".") and _points_somewhere(match[0]):
                yield Found(*match.span(), "ip")


def _points_somewhere(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback or written.startswith(("255.", "0.")))
