"""Where one candidate is reached, and the fixed part of every request to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .auth import EACH_CALL, auth_of, key_headers
from .errors import BadEndpointError
from .paths import PATHS, Paths
from .pool import Origin
from .protocols import protocol_of
from .urls import Url, read_url
from .vendors import vendor_named
from .wording import Template, gettext_noop

_NOT_OURS = Template(gettext_noop("The extra header “{name}” may not be set. Remove or rename it."))
_BAD_KEY = gettext_noop("The API key holds a character no header can carry. Paste it again.")
_BAD_VALUE = Template(
    gettext_noop("The value of {name} holds a character no header can carry. Paste it again.")
)

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
# These frame the message, or carry the key: a customer's extra header may not replace them.
_OURS = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "content-type",
        "accept-encoding",
        "authorization",
        "api-key",
        "x-api-key",
        "x-goog-api-key",
        "x-amz-date",
        "x-amz-security-token",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
    }
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A vendor's address, model and key.

    auth: one of the vendor's ways in; "" for the usual one.
    region, project, api_version: what some vendors' addresses are made of.
    credentials: pairs of name and value, where a single key is not enough (see `tokens`, `signing`).
    tenant_id, client_id: who signs in at a sign-in service; token_url: that service, where it is
        not the usual one.
    prompt_caching: mark the instructions for the vendor's cache, where a vendor waits for such a mark.
    extra_headers: pairs of name and value sent with every request.
    ca_bundle: further authorities to trust, as PEM text; "" for none.
    """

    vendor: str
    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    extra_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_bundle: str = field(default="", repr=False)
    auth: str = ""
    region: str = ""
    project: str = ""
    api_version: str = ""
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tenant_id: str = ""
    client_id: str = ""
    token_url: str = ""
    prompt_caching: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no message."""
        return (self.api_key, *(value for _, value in self.credentials))

    def credential(self, name: str) -> str:
        """The credential of that name, "" where there is none."""
        return next((value for given, value in self.credentials if given == name), "")


@dataclass(frozen=True, slots=True)
class Target:
    """An Endpoint made ready: where to connect, and the heads of its requests up to their length.

    chat, models: the full URLs, which a signature covers; `models` is "" where there is no list.
    proves_each_call: each request needs a token or a signature of its own.
    """

    origin: Origin
    chat: str
    models: str
    chat_head: bytes = field(repr=False)
    models_head: bytes = field(repr=False)
    models_origin: Origin
    proves_each_call: bool = False

    def request(
        self, body: bytes, idempotency_key: str | None = None, more: Mapping[str, str] | None = None
    ) -> bytes:
        """The whole chat request, with the headers that only this call has.

        Raises BadEndpointError when a key or token cannot stand in a header.
        """
        extra = b""
        if idempotency_key is not None:
            extra = b"Idempotency-Key: " + _header_value("the idempotency key", idempotency_key) + b"\r\n"
        if more:
            extra += _lines(more)
        return b"%sContent-Length: %d\r\n%s\r\n%s" % (self.chat_head, len(body), extra, body)

    def list_request(self, more: Mapping[str, str] | None = None) -> bytes:
        """The whole request for the list of models."""
        return b"%s%s\r\n" % (self.models_head, _lines(more or {}))


def prepare(endpoint: Endpoint) -> Target:
    """The ready form of `endpoint`. Raises BadEndpointError when something in it cannot be sent."""
    url = read_url(endpoint.base_url)
    paths = paths_of(endpoint, url)
    origin = _origin(url, endpoint)
    # Bedrock keeps its lists on a host beside the one that answers.
    lists = url._replace(host=re.sub(r"^bedrock-runtime\.", "bedrock.", url.host))
    vendor = vendor_named(endpoint.vendor)
    common = _lines(dict((*protocol_of(vendor).headers, *vendor.headers)) | key_headers(endpoint))
    common += _lines(dict(checked_extras(endpoint)))
    return Target(
        origin=origin,
        chat=f"{url.scheme}://{url.authority}{paths.chat}",
        models=f"{lists.scheme}://{lists.authority}{paths.models}" if paths.models else "",
        chat_head=_head("POST", paths.chat, url, "text/event-stream, application/json")
        + b"Content-Type: application/json\r\n"
        + common,
        models_head=_head("GET", paths.models, lists, "application/json") + common,
        models_origin=_origin(lists, endpoint),
        proves_each_call=auth_of(endpoint) in EACH_CALL,
    )


def paths_of(endpoint: Endpoint, url: Url) -> Paths:
    """Where the endpoint's vendor keeps its chat and its list of models."""
    vendor = vendor_named(endpoint.vendor)
    return PATHS[vendor.paths or vendor.protocol](url, endpoint)


def _origin(url: Url, endpoint: Endpoint) -> Origin:
    return Origin(url.host, url.port, url.scheme == "https", endpoint.ca_bundle)


def _head(method: str, path: str, url: Url, accept: str) -> bytes:
    lines = (
        f"{method} {path} HTTP/1.1",
        f"Host: {url.authority}",
        "User-Agent: crossover",
        f"Accept: {accept}",
        "Accept-Encoding: identity",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _lines(headers: Mapping[str, str]) -> bytes:
    return b"".join(
        name.encode("ascii") + b": " + _header_value(name, value) + b"\r\n" for name, value in headers.items()
    )


def checked_extras(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """The extra headers. Raises BadEndpointError for one that is malformed or ours to set."""
    for name, _ in endpoint.extra_headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise BadEndpointError(_NOT_OURS(name=name[:40]))
    return endpoint.extra_headers


def _header_value(what: str, value: str) -> bytes:
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in value):
        key = what.lower() in _OURS
        raise BadEndpointError(_BAD_KEY if key else _BAD_VALUE(name=what[:40]))
    return value.encode("ascii")
