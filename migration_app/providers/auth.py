"""How a call proves who sends it.

    bearer           Authorization: Bearer KEY
    api-key          Azure's own header
    x-api-key        Anthropic's
    x-goog-api-key   Google's
    entra, google    a token that a sign-in service gives for the credentials, for an hour or so
    aws              a signature over each request (SigV4)

The first four are the same in every call and stand in the head that `endpoints.prepare` makes;
`tokens` and `signing` make the others, call by call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .vendors import Auth, vendor_named

if TYPE_CHECKING:
    from .endpoints import Endpoint

EACH_CALL: tuple[Auth, ...] = ("entra", "google", "aws")
_HEADERS = {"api-key": "api-key", "x-api-key": "x-api-key", "x-goog-api-key": "x-goog-api-key"}


def auth_of(endpoint: Endpoint) -> Auth:
    """The way in that the endpoint names, where its vendor has it; the vendor's usual one otherwise."""
    ways = vendor_named(endpoint.vendor).auth
    return next((way for way in ways if way == endpoint.auth), ways[0])


def key_headers(endpoint: Endpoint) -> dict[str, str]:
    """The header that carries the key; empty without one, or where tokens or signatures stand in."""
    way = auth_of(endpoint)
    if not endpoint.api_key or way in EACH_CALL:
        return {}
    if way == "bearer":
        return bearer(endpoint.api_key)
    return {_HEADERS[way]: endpoint.api_key}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
