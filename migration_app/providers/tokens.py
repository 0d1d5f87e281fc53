"""Tokens from sign-in services, kept as long as they last.

A sign-in happens before a call's clock starts, by the same transport as the calls: it obeys the
same rule on addresses, follows no redirect, and reads no proxy from the environment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from .auth import auth_of
from .endpoints import Endpoint
from .pool import Origin
from .sign_in import Form, Token, entra_form, google_form, read_token
from .transport import Transport
from .urls import Url

SIGN_IN_SECONDS = 15.0
# A new token is fetched this long before the present one ends, or after half its life.
AHEAD_SECONDS = 300.0
# A token that was refused sooner than this was never good.
YOUNG_SECONDS = 30.0

_FORMS: dict[str, Callable[[Endpoint], Form]] = {"entra": entra_form, "google": google_form}


class _Kept(NamedTuple):
    token: Token
    since: float


class Tokens:
    """One for each client and event loop."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._kept: dict[object, _Kept] = {}
        self._turns: dict[object, asyncio.Lock] = {}

    async def token(self, endpoint: Endpoint) -> str:
        """A token that is good for some minutes. Raises CallError when there is none to be had."""
        key = _key(endpoint)
        if (kept := self._fresh(key)) is not None:
            return kept.token.text
        # One sign-in for all the calls that wait for it.
        async with self._turns.setdefault(key, asyncio.Lock()):
            kept = self._fresh(key)
            if kept is None:
                kept = self._kept[key] = _Kept(await self._sign_in(endpoint), monotonic())
        return kept.token.text

    def refused(self, endpoint: Endpoint) -> bool:
        """The vendor refused the token: forget it. Whether a new one is worth trying."""
        kept = self._kept.pop(_key(endpoint), None)
        return kept is not None and monotonic() - kept.since > YOUNG_SECONDS

    def _fresh(self, key: object) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        ahead = min(AHEAD_SECONDS, kept.token.seconds / 2)
        return kept if monotonic() < kept.since + kept.token.seconds - ahead else None

    async def _sign_in(self, endpoint: Endpoint) -> Token:
        form = _FORMS[auth_of(endpoint)](endpoint)
        origin = Origin(form.url.host, form.url.port, form.url.scheme == "https", endpoint.ca_bundle)
        answer = await self._transport.send(origin, _request(form.url, form.body), seconds=SIGN_IN_SECONDS)
        return read_token(answer, form.url.host, endpoint.secrets)


def _key(endpoint: Endpoint) -> object:
    """What a token depends on: not on the model."""
    return (
        auth_of(endpoint),
        endpoint.tenant_id,
        endpoint.client_id,
        endpoint.token_url,
        endpoint.credentials,
        endpoint.ca_bundle,
    )


def _request(url: Url, body: bytes) -> bytes:
    head = (
        f"POST {url.path or '/'}{url.query} HTTP/1.1\r\nHost: {url.authority}\r\nUser-Agent: crossover\r\n"
        "Accept: application/json\r\nAccept-Encoding: identity\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
