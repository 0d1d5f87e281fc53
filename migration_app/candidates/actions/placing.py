"""Where a connection leads and how one gets in, judged before it is kept."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from migration_app.providers.errors import BadEndpointError
from migration_app.providers.pool import tls_context
from migration_app.providers.vendors import VENDORS, Vendor
from migration_app.said import said

from ..addresses import as_called, refusal_of
from ..errors import InvalidCandidateError
from ..models import Connection
from ..ways import way_in, way_of

# All of it together says where a secret goes.
PLACE = (
    "vendor",
    "base_url",
    "auth",
    "region",
    "project",
    "tenant_id",
    "client_id",
    "token_url",
    "ca_bundle",
)
# They become part of a host's name or of a path.
_NAMES = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?")
_LONGEST = {"region": 60, "project": 120, "api_version": 40, "tenant_id": 120, "client_id": 200}


def placed(connection: Connection) -> tuple[str, ...]:
    """Where the connection leads, to compare with another time."""
    return tuple(str(getattr(connection, name)) for name in PLACE)


def place(connection: Connection, *, vendor: str, base_url: str = "", auth: str = "", **more: str) -> None:
    """Put the connection at an address. Raises InvalidCandidateError, with the field it concerns.

    Without a base URL it is the vendor's own, made for the region where that is part of it.
    """
    known = VENDORS.get(vendor)
    if known is None:
        raise InvalidCandidateError(_("Choose a vendor from the list."), "vendor")
    if auth and auth not in known.auth:
        raise InvalidCandidateError(_("This vendor has no such way in."), "auth")
    connection.vendor, connection.auth = vendor, way_of(known, auth)
    for name in ("region", "project", "api_version", "tenant_id", "client_id"):
        setattr(connection, name, _named(known, connection.auth, name, more.get(name, "")))
    connection.base_url = _base_url(known, base_url, connection.region)
    connection.token_url = _token_url(known, connection.auth, more.get("token_url", ""))
    connection.ca_bundle = _authorities(more.get("ca_bundle", ""))


def _named(vendor: Vendor, auth: str, name: str, value: str) -> str:
    """A part of an address; "" for one that this vendor does not ask for."""
    value = value.strip()
    if name not in vendor.details and name not in way_in(vendor, auth).settings:
        return ""
    needed = name in ("region", "project") and name in vendor.details
    if not value and needed:
        raise InvalidCandidateError(_("%(vendor)s needs this.") % {"vendor": vendor.label}, name)
    if value and (len(value) > _LONGEST[name] or not _NAMES.fullmatch(value)):
        raise InvalidCandidateError(
            _("Only letters, digits, dots and dashes can stand here. Copy it from the vendor's console."),
            name,
        )
    return value


def _base_url(vendor: Vendor, typed: str, region: str) -> str:
    url = typed.strip().rstrip("/") or (vendor.address(region) if "{region}" in vendor.base_url else "")
    if refusal := refusal_of(url):
        raise InvalidCandidateError(refusal, "base_url")
    return as_called(url)


def _token_url(vendor: Vendor, auth: str, typed: str) -> str:
    url = typed.strip()
    if not url or "token_url" not in way_in(vendor, auth).settings:
        return ""
    if refusal := refusal_of(url):
        raise InvalidCandidateError(refusal, "token_url")
    return as_called(url)


def _authorities(pem: str) -> str:
    pem = pem.strip()
    if not pem:
        return ""
    try:
        tls_context(pem)
    except BadEndpointError as error:
        raise InvalidCandidateError(said(error.message), "ca_bundle") from None
    return pem
