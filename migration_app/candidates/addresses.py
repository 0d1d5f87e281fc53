"""What a typed base URL leads to, judged before it is kept."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _

from migration_app.providers.addresses import resolve_now
from migration_app.providers.errors import BadEndpointError, BlockedAddressError, UnreachableError
from migration_app.providers.urls import Url, read_url
from migration_app.said import said

from .endpoints import address_policy


def refusal_of(base_url: str) -> str | None:
    """Why we would not call this address, as sentences for the person who typed it; None when we would.

    A name that does not resolve is no refusal: it may exist tomorrow, and the test says so.
    """
    try:
        url = read_url(base_url)
    except BadEndpointError as error:
        return said(error.message)
    if placeholder := _placeholder(base_url):
        return _("Replace {placeholder} in the base URL with your own.").format(placeholder=placeholder)
    try:
        resolve_now(url.host, url.port, address_policy())
    except BlockedAddressError as error:
        return f"{said(error.message)} {_how_to_open(url)}"
    except UnreachableError:
        return None
    return None


def host_of(base_url: str) -> str:
    """The host, and its port where it is unusual: what a person should know is being called."""
    try:
        return read_url(base_url).authority
    except BadEndpointError:
        return base_url


def as_called(base_url: str) -> str:
    """The address with its host as it is called, so that a letter which only looks like another is seen.

    api.example.com with a Cyrillic first letter becomes xn--pi-6kc.example.com.
    """
    parts, host = urlsplit(base_url.strip()), read_url(base_url).host
    if parts.hostname == host:
        return base_url
    return urlunsplit(parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}"))


# Names that never lead out of a network of one's own (RFC 6761, 6762, 8375; ICANN's .internal).
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa")


def is_inside(base_url: str) -> bool:
    """Whether the address itself says that it is on this machine or in a private network.

    Only what is written is looked at: nothing is resolved, and a name that may lead anywhere is not inside.
    """
    try:
        host = read_url(base_url).host.lower()
    except BadEndpointError:
        return False
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith(_INSIDE)
    return address.is_loopback or address.is_private


def _placeholder(base_url: str) -> str | None:
    """The word in capitals that the list of vendors left for a person to fill in."""
    found = re.search(r"\b(HOST|RESOURCE|REGION)\b", urlsplit(base_url.strip()).netloc)
    return found[0] if found else None


def _how_to_open(url: Url) -> str:
    return _(
        "An operator opens addresses inside a private network with the environment "
        "variable CROSSOVER_PRIVATE_ADDRESSES, for example "
        "CROSSOVER_PRIVATE_ADDRESSES=10.1.2.3:{port}, and starts the server again."
    ).format(port=url.port)
