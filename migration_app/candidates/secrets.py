"""Vendors' keys at rest: encrypted with a key of their own, never Django's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from migration_app.accounts.ciphers import Undecipherable, encrypt, rotate
from migration_app.accounts.ciphers import decrypt as _decrypt


class SecretUnreadable(Exception):
    """The stored secret was encrypted with a key that this server no longer has."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This connection's key cannot be decrypted. Enter it again, or add the former key "
                "to CROSSOVER_FIELD_KEYS."
            )
        )


def decrypt(token: str) -> str:
    """Raises SecretUnreadable."""
    try:
        return _decrypt(token)
    except Undecipherable:
        raise SecretUnreadable from None


def rotated(secret: Secret) -> Secret:
    """The same secret under the first of the keys. Raises SecretUnreadable."""
    try:
        return Secret(rotate(secret.token)) if secret else secret
    except Undecipherable:
        raise SecretUnreadable from None


class Secret:
    """A secret that shows itself to nobody by accident. Call `reveal()` where it is used."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def of(cls, text: str) -> Secret:
        return cls(encrypt(text) if text else "")

    @classmethod
    def of_parts(cls, parts: Mapping[str, str]) -> Secret:
        """Several secrets under one cover; those that are empty are left out."""
        kept = {name: value for name, value in parts.items() if value}
        return cls.of(json.dumps(kept) if kept else "")

    def reveal_parts(self) -> dict[str, str]:
        """The secrets that `of_parts` covered. Raises SecretUnreadable."""
        text = self.reveal()
        return json.loads(text) if text else {}

    def reveal(self) -> str:
        """Return the plain text. Raises SecretUnreadable."""
        return decrypt(self._token) if self._token else ""

    @property
    def token(self) -> str:
        return self._token

    def __bool__(self) -> bool:
        return bool(self._token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._token == self._token

    def __hash__(self) -> int:
        return hash(self._token)

    def __repr__(self) -> str:
        return "Secret(…)" if self else "Secret()"

    __str__ = __repr__


if TYPE_CHECKING:
    _TextField = models.TextField[Secret, Secret]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """A text column that holds ciphertext; in Python it is a `Secret`."""

    def get_default(self) -> Secret:
        return Secret("")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret:
        return Secret(value or "")

    def to_python(self, value: Any) -> Secret:
        return value if isinstance(value, Secret) else Secret.of(value or "")

    def get_prep_value(self, value: Any) -> str:
        return self.to_python(value).token

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # never in a dump
