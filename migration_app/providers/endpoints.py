"""Where one candidate is reached, and the fixed part of every request to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from .errors import BadEndpointError
from .pool import Origin
from .vendors import vendor_named

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

    extra_headers: pairs of name and value sent with every request.
    ca_bundle: PEM text, or a file of it, with further authorities to trust; "" for none.
    """

    vendor: str
    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    extra_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_bundle: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """An Endpoint made ready: where to connect, and the head of a request up to its length."""

    origin: Origin
    head: bytes = field(repr=False)

    def request(self, body: bytes, idempotency_key: str | None) -> bytes:
        """The whole request. Raises BadEndpointError when the key cannot stand in a header."""
        extra = b""
        if idempotency_key is not None:
            extra = b"Idempotency-Key: " + _header_value("the idempotency key", idempotency_key) + b"\r\n"
        return b"%sContent-Length: %d\r\n%s\r\n%s" % (self.head, len(body), extra, body)


@dataclass(frozen=True, slots=True)
class Url:
    """A base URL taken apart. `path` has no slash at its end; `query` is "" or begins with "?"."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def authority(self) -> str:
        """Host and port as the Host header writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def read_url(base_url: str) -> Url:
    """`base_url` taken apart. Raises BadEndpointError with a sentence when it cannot be called."""
    text = base_url.strip()
    if not text or any(ord(letter) < 33 or ord(letter) == 127 for letter in text):
        raise BadEndpointError("The base URL is empty or has a space in it. Write it like https://host/v1.")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise BadEndpointError("The base URL is not a web address. Write it like https://host/v1.") from error
    if parts.scheme not in _PORTS or not host:
        raise BadEndpointError("The base URL must begin with https:// or http:// and name a host.")
    if parts.username is not None or parts.fragment:
        raise BadEndpointError(
            "The base URL must hold no user name, password or #. Put the key in its field."
        )
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/").removesuffix("/chat/completions")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    return Url(parts.scheme, host, port or _PORTS[parts.scheme], path, query)


def prepare(endpoint: Endpoint, resource: str = "/chat/completions") -> Target:
    """The ready form of `endpoint`. Raises BadEndpointError when something in it cannot be sent."""
    url = read_url(endpoint.base_url)
    lines = [
        f"POST {url.path}{resource}{url.query} HTTP/1.1".encode("ascii"),
        b"Host: " + url.authority.encode("ascii"),
        b"User-Agent: crossover",
        b"Accept: text/event-stream, application/json",
        b"Accept-Encoding: identity",
        b"Content-Type: application/json",
        *_headers(endpoint),
    ]
    origin = Origin(url.host, url.port, url.scheme == "https", endpoint.ca_bundle)
    return Target(origin, b"\r\n".join(lines) + b"\r\n")


def _headers(endpoint: Endpoint) -> list[bytes]:
    return [
        name.encode("ascii") + b": " + _header_value(name, value)
        for name, value in (*auth_headers(endpoint).items(), *checked_extras(endpoint))
    ]


def auth_headers(endpoint: Endpoint) -> dict[str, str]:
    """The header that carries the key, in the vendor's style; empty without a key."""
    if not endpoint.api_key:
        return {}
    if vendor_named(endpoint.vendor).auth == "api-key":
        return {"api-key": endpoint.api_key}
    return {"Authorization": f"Bearer {endpoint.api_key}"}


def checked_extras(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """The extra headers. Raises BadEndpointError for one that is malformed or ours to set."""
    for name, _ in endpoint.extra_headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise BadEndpointError(f"The extra header “{name[:40]}” may not be set. Remove or rename it.")
    return endpoint.extra_headers


def _header_value(what: str, value: str) -> bytes:
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in value):
        subject = "The API key" if what in ("Authorization", "api-key") else f"The value of {what[:40]}"
        raise BadEndpointError(f"{subject} holds a character no header can carry. Paste it again.")
    return value.encode("ascii")
