"""What rules can find, as a table. The order is the rank: where two overlap, the earlier one wins."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    key: str
    label: str | Promise
    word: str  # of the placeholder: <EMAIL_1>
    how: str | Promise  # how a match is checked, for the page


KINDS: tuple[Kind, ...] = (
    Kind("private_key", _("Private keys"), "PRIVATE_KEY", _("The block between BEGIN and END.")),
    Kind("token", _("Signed tokens (JWT)"), "TOKEN", _("A header that is JSON and names its algorithm.")),
    Kind(
        "api_key",
        _("API keys and passwords in addresses"),
        "API_KEY",
        _("The prefixes and lengths that known vendors use."),
    ),
    Kind("email", _("E-mail addresses"), "EMAIL", _("The shape of an address.")),
    Kind("iban", _("Bank accounts (IBAN)"), "IBAN", _("Length by country and check digits.")),
    Kind("card", _("Payment cards"), "CARD", _("Issuer's prefix, length and Luhn's check digit.")),
    Kind(
        "national_id",
        _("National identity and tax numbers"),
        "NATIONAL_ID",
        _("The rules of over twenty countries, with check digits where they exist."),
    ),
    Kind("ip", _("IP addresses"), "IP", _("A valid IPv4 or IPv6 address.")),
    Kind(
        "phone",
        _("Phone numbers"),
        "PHONE",
        _("A number that the country's numbering plan allows."),
    ),
    Kind("name", _("Names and places"), "NAME", _("Found by the optional language model, never by a rule.")),
)
BY_KEY = {kind.key: kind for kind in KINDS}
RANKS = {kind.key: rank for rank, kind in enumerate(KINDS)}
