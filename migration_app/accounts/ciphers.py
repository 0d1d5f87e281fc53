"""What is encrypted at rest, with keys of its own, never Django's; and fingerprints of what is secret."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Undecipherable(Exception):
    """It was encrypted with a key that this server no longer has."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises Undecipherable."""
    try:
        return _cipher(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Undecipherable from None


def rotate(token: str) -> str:
    """The same text under the first of the keys. Raises Undecipherable."""
    try:
        return _cipher(tuple(settings.FIELD_KEYS)).rotate(token.encode()).decode()
    except InvalidToken:
        raise Undecipherable from None


def keyed_fingerprint(text: str, *, purpose: str) -> str:
    """32 hexadecimal characters that only this server can make of `text`: equal for equal texts."""
    key = hashlib.blake2b(f"{purpose}\0{settings.SECRET_KEY}".encode(), digest_size=32).digest()
    return hashlib.blake2b(text.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()
