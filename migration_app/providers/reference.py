"""The `openai` package, held to our rules: the reference client.

Used where a call's speed does not matter: connection tests, model lists, judges. It knows
nothing of the environment (no proxies, no organisation taken from a variable), follows no
redirect, never retries, connects only to checked addresses, and reads no endless answer. Its
timeout bounds each read, not the whole call: callers put `asyncio.timeout` around a call.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import httpx2
import openai

from .addresses import AddressPolicy, resolve
from .answers import too_much
from .auth import key_headers
from .endpoints import Endpoint, checked_extras, prepare
from .errors import CallError, NotHttpError, TooMuchError, TooSlowError, UnreachableError
from .pool import Origin, no_connection, no_tls, refused, tls_context, untrusted
from .urls import read_url

MAX_ANSWER_BYTES = 4_000_000
_KEPT_HEADERS = ("host", "accept", "content-type", "content-length", "user-agent")


def reference_client(endpoint: Endpoint, policy: AddressPolicy, *, seconds: float) -> openai.AsyncOpenAI:
    """An `openai` client for `endpoint`; `seconds` may pass without a byte.

    Its calls raise `openai.APIConnectionError` caused by a CallError when the connection
    failed. Raises BadEndpointError when the endpoint cannot be used as written.
    """
    prepare(endpoint)  # Refuses what cannot be sent, before the SDK puts it into words of its own.
    url = read_url(endpoint.base_url)
    return openai.AsyncOpenAI(
        api_key=endpoint.api_key or "none",
        base_url=f"{url.scheme}://{url.authority}{url.path}",
        default_query=dict(parse_qsl(url.query.removeprefix("?"))),
        max_retries=0,
        timeout=seconds,
        http_client=httpx2.AsyncClient(
            transport=CheckedTransport(endpoint, policy, seconds), trust_env=False, follow_redirects=False
        ),
    )


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Sends to a checked address itself; the name stays in the Host header and in TLS."""

    def __init__(self, endpoint: Endpoint, policy: AddressPolicy, seconds: float) -> None:
        self._endpoint, self._policy, self._seconds = endpoint, policy, seconds
        self._inner = httpx2.AsyncHTTPTransport(verify=tls_context(endpoint.ca_bundle), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises a CallError for whatever keeps the answer away."""
        url = request.url
        origin = Origin(url.host, url.port or (443 if url.scheme == "https" else 80), url.scheme == "https")
        address = (await resolve(origin.host, origin.port, self._policy))[0]
        request.extensions = {**request.extensions, "sni_hostname": origin.host}
        request.url = url.copy_with(host=address)
        self._dress(request)
        try:
            response = await self._inner.handle_async_request(request)
        except httpx2.TransportError as error:
            raise _ours(error, origin, self._seconds) from error
        if response.headers.get("content-encoding", "identity") != "identity":
            raise NotHttpError("The vendor compressed its answer although plain text was asked for.")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(response.stream, origin, self._seconds)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _dress(self, request: httpx2.Request) -> None:
        """Only headers we know: the SDK adds some from the environment."""
        kept = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        ours = {**dict(checked_extras(self._endpoint)), **key_headers(self._endpoint)}
        request.headers = httpx2.Headers({**kept, **ours, "accept-encoding": "identity"})


class _Bounded(httpx2.AsyncByteStream):
    """An answer's bytes, up to a size."""

    def __init__(self, inner: httpx2.AsyncByteStream, origin: Origin, seconds: float) -> None:
        self._inner, self._origin, self._seconds = inner, origin, seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        try:
            async for part in self._inner:
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    raise TooMuchError(too_much(MAX_ANSWER_BYTES))
                yield part
        except httpx2.TransportError as error:
            raise _ours(error, self._origin, self._seconds) from error

    async def aclose(self) -> None:
        await self._inner.aclose()


def _ours(error: httpx2.TransportError, origin: Origin, seconds: float) -> CallError:
    """A foreign exception as ours, with a sentence."""
    cause = _tls_fault(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UnreachableError(untrusted(origin, cause))
    if cause is not None:
        return UnreachableError(no_tls(origin))
    if isinstance(error, httpx2.ConnectTimeout):
        return TooSlowError(no_connection(origin, seconds))
    if isinstance(error, httpx2.TimeoutException):
        return TooSlowError(unanswered(origin, seconds), reached=True)
    if isinstance(error, httpx2.ConnectError):
        return UnreachableError(refused(origin))
    return NotHttpError(
        f"{origin.host}:{origin.port} broke off without an answer in HTTP. "
        "Check the port and whether the base URL should begin with https://."
    )


def _tls_fault(error: BaseException) -> ssl.SSLError | None:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def unanswered(origin: Origin, seconds: float) -> str:
    """The sentence for an address that takes a request and does not answer."""
    return (
        f"{origin.host}:{origin.port} took the request and did not answer within {seconds:g} seconds. "
        "Check that the server is not overloaded or still loading its model."
    )
