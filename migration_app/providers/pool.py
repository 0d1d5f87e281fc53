"""Connections kept open between calls, per (host, port, TLS), the last used first.

Last used first keeps the warm ones warm and lets the surplus grow old and be dropped.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from migration_app.evaluation.outcomes import Retry

from .addresses import AddressPolicy, resolve
from .connection import Connection
from .errors import BadEndpointError, CallError, TooSlowError, UnreachableError
from .wording import Template, gettext_noop

KEEP_SECONDS = 60.0
KEEP_MOST = 512


class Origin(NamedTuple):
    """Where a connection leads. `ca_bundle`: extra authorities as PEM text, or ""."""

    host: str
    port: int
    tls: bool
    ca_bundle: str = ""


class Pool:
    """Opens, lends and keeps connections. Not shared between event loops."""

    def __init__(self, policy: AddressPolicy, connect_timeout: float) -> None:
        self._policy = policy
        self._connect_timeout = connect_timeout
        self._idle: dict[Origin, list[Connection]] = {}
        self._lent: set[Connection] = set()

    def kept(self, origin: Origin) -> Connection | None:
        """A connection that was used before and still looks alive, or None."""
        idle = self._idle.get(origin, [])
        while idle:
            connection = idle.pop()
            if connection.is_fresh(KEEP_SECONDS):
                self._lent.add(connection)
                return connection
            connection.abort()
        return None

    async def fresh(self, origin: Origin, deadline: float) -> Connection:
        """A new connection. Raises BlockedAddressError, UnreachableError, TooSlowError, BadEndpointError."""
        budget = min(self._connect_timeout, deadline - monotonic())
        try:
            async with asyncio.timeout(budget):
                connection = await self._open(origin, monotonic() + budget)
        except TimeoutError as error:
            raise TooSlowError(no_connection(origin, budget)) from error
        self._lent.add(connection)
        return connection

    def take_back(self, origin: Origin, connection: Connection) -> None:
        """Keep `connection` for the next call, or drop it when it cannot serve one."""
        self._lent.discard(connection)
        idle = self._idle.setdefault(origin, [])
        while idle and monotonic() - idle[0].idle_since > KEEP_SECONDS:
            idle.pop(0).abort()
        if connection.reusable and len(idle) < KEEP_MOST:
            idle.append(connection)
        else:
            connection.abort()

    def close(self) -> None:
        """Drop every connection, lent or kept."""
        for connection in [*self._lent, *(one for idle in self._idle.values() for one in idle)]:
            connection.abort()
        self._idle.clear()
        self._lent.clear()

    async def _open(self, origin: Origin, until: float) -> Connection:
        addresses = await resolve(origin.host, origin.port, self._policy)
        failure: CallError = UnreachableError(refused(origin))
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                # Each address gets its share, so that one dead address does not eat the whole budget.
                async with asyncio.timeout((until - monotonic()) / left):
                    return await self._connect(origin, address)
            except TimeoutError:
                failure = TooSlowError(no_connection(origin, self._connect_timeout))
            except ssl.SSLCertVerificationError as error:
                failure = UnreachableError(untrusted(origin, error), retry=Retry.PARK)
            except ssl.SSLError:
                failure = UnreachableError(no_tls(origin), retry=Retry.PARK)
            except OSError as error:
                # Refused before TLS began, or reset in the middle of it.
                reset = origin.tls and isinstance(error, ConnectionResetError)
                failure = UnreachableError(no_tls(origin) if reset else refused(origin))
        raise failure

    async def _connect(self, origin: Origin, address: str) -> Connection:
        loop = asyncio.get_running_loop()
        context = tls_context(origin.ca_bundle) if origin.tls else None
        _, connection = await loop.create_connection(
            lambda: Connection(loop),
            address,
            origin.port,
            ssl=context,
            server_hostname=origin.host if origin.tls else None,
        )
        return connection


@lru_cache(maxsize=64)
def tls_context(ca_bundle: str) -> ssl.SSLContext:
    """A verifying context: the system's authorities, and those of `ca_bundle`, which is PEM text.

    Raises BadEndpointError when the bundle cannot be read.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_bundle:
        try:
            context.load_verify_locations(cadata=ca_bundle)
        except (OSError, ValueError) as error:
            raise BadEndpointError(
                gettext_noop(
                    "The certificate bundle cannot be read. Paste one or more certificates in PEM form."
                )
            ) from error
    return context


def refused(origin: Origin) -> str:
    """The sentence for a port nobody listens at."""
    return _NOBODY(place=f"{origin.host}:{origin.port}")


def no_connection(origin: Origin, seconds: float) -> str:
    """The sentence for a connection that did not come about in time."""
    return _NO_CONNECTION(place=f"{origin.host}:{origin.port}", seconds=f"{seconds:.3g}")


def untrusted(origin: Origin, error: ssl.SSLCertVerificationError) -> str:
    """The sentence for a certificate that does not verify."""
    return _UNTRUSTED(host=origin.host, reason=error.verify_message.rstrip("."))


def no_tls(origin: Origin) -> str:
    """The sentence for a TLS handshake that failed otherwise."""
    return _NO_TLS(place=f"{origin.host}:{origin.port}")


_NOBODY = Template(gettext_noop("Nobody answers at {place}. Check the base URL and that the server runs."))
_NO_CONNECTION = Template(
    gettext_noop(
        "No connection to {place} within {seconds} seconds. "
        "Check the base URL, and whether a firewall stands in between."
    )
)
_UNTRUSTED = Template(
    gettext_noop(
        "The certificate of {host} is not trusted ({reason}). "
        "Add your own authority's certificate to the connection, or correct the base URL."
    )
)
_NO_TLS = Template(
    gettext_noop(
        "{place} does not speak TLS as expected. "
        "Check the port, and whether the base URL should begin with http://."
    )
)
