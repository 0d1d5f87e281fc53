"""What each way in asks of a person: the settings that are no secret, and the secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from migration_app.providers.sign_in import CLIENT_SECRET, SERVICE_ACCOUNT
from migration_app.providers.signing import ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN
from migration_app.providers.vendors import Auth, Vendor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Way:
    """`needed`: the settings and secrets without which nothing can be sent."""

    label: str | _StrPromise
    secrets: tuple[str, ...] = (API_KEY,)
    settings: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


_KEY = Way(_("API key"))
WAYS: dict[Auth, Way] = {
    "bearer": _KEY,
    "api-key": _KEY,
    "x-api-key": _KEY,
    "x-goog-api-key": _KEY,
    "entra": Way(
        _("App in Microsoft Entra ID"),
        secrets=(CLIENT_SECRET,),
        settings=("tenant_id", "client_id", "token_url"),
        needed=("tenant_id", "client_id", CLIENT_SECRET),
    ),
    "google": Way(
        _("Service account"),
        secrets=(SERVICE_ACCOUNT,),
        settings=("token_url",),
        needed=(SERVICE_ACCOUNT,),
    ),
    "aws": Way(
        _("AWS access key"),
        secrets=(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN),
        needed=(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
    ),
}
_BEARER = Way(_("Key or token, sent as a bearer"))


def way_of(vendor: Vendor, auth: str) -> Auth:
    """The way in of that name, where the vendor has it; its usual one otherwise."""
    return next((way for way in vendor.auth if way == auth), vendor.auth[0])


def way_in(vendor: Vendor, auth: str) -> Way:
    """What that way in asks for."""
    way = way_of(vendor, auth)
    return _BEARER if way == "bearer" and vendor.auth[0] != "bearer" else WAYS[way]
