"""From a stored connection to something that can be called, within the operator's rules."""

from __future__ import annotations

from django.conf import settings

from migration_app.providers.addresses import AddressPolicy
from migration_app.providers.endpoints import Endpoint

from .models import Connection


def address_policy() -> AddressPolicy:
    """Where connections may reach: public addresses, and what the operator opened."""
    return AddressPolicy.from_text(",".join(settings.PRIVATE_ADDRESSES))


def endpoint_of(connection: Connection, *, model: str = "") -> Endpoint:
    """The endpoint with its key in the clear. Raises SecretUnreadable."""
    return Endpoint(
        vendor=connection.vendor,
        base_url=connection.base_url,
        model=model,
        api_key=connection.api_key.reveal(),
    )
