"""A base URL as a person typed it, taken apart and judged."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlsplit

from .errors import BadEndpointError
from .wording import gettext_noop


class Url(NamedTuple):
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
_EMPTY = gettext_noop("The base URL is empty or has a space in it. Write it like https://host/v1.")
_NO_ADDRESS = gettext_noop("The base URL is not a web address. Write it like https://host/v1.")
_NO_HOST = gettext_noop("The base URL must begin with https:// or http:// and name a host.")
_NO_SECRETS = gettext_noop("The base URL must hold no user name, password or #. Put the key in its field.")


def read_url(base_url: str) -> Url:
    """`base_url` taken apart. Raises BadEndpointError with a sentence when it cannot be called."""
    text = base_url.strip()
    if not text or any(ord(letter) < 33 or ord(letter) == 127 for letter in text):
        raise BadEndpointError(_EMPTY)
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise BadEndpointError(_NO_ADDRESS) from error
    if parts.scheme not in _PORTS or not host:
        raise BadEndpointError(_NO_HOST)
    if parts.username is not None or parts.fragment:
        raise BadEndpointError(_NO_SECRETS)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/").removesuffix("/chat/completions")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    return Url(parts.scheme, host, port or _PORTS[parts.scheme], path, query)
