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
    """The endpoint with its secrets in the clear. Raises SecretUnreadable."""
    return Endpoint(
        vendor=connection.vendor,
        base_url=connection.base_url,
        model=model,
        api_key=connection.api_key.reveal(),
        ca_bundle=connection.ca_bundle,
        auth=connection.auth,
        region=connection.region,
        project=connection.project,
        api_version=connection.api_version,
        tenant_id=connection.tenant_id,
        client_id=connection.client_id,
        token_url=connection.token_url,
        prompt_caching=connection.prompt_caching,
        credentials=tuple(connection.credentials.reveal_parts().items()),
    )
