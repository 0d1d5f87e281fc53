"""Three letters for a currency, as ISO 4217 has them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .errors import InvalidCandidateError


def currency_code(text: str, field: str = "currency") -> str:
    """The letters in capitals. Raises InvalidCandidateError."""
    code = text.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise InvalidCandidateError(_("Write the currency as three letters, such as USD or EUR."), field)
    return code
