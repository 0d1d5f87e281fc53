"""Writes about connections, candidates and prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.providers.vendors import VENDORS

from .addresses import refusal_of
from .examination import examine
from .models import Candidate, Connection, PriceKind, PriceQuote
from .prices import TOKEN_PARTS
from .secrets import Secret

MOST_CONCURRENCY = 256
MOST_PER_MINUTE = 2_000_000_000
LONGEST_KEY = 4_000


class InvalidCandidateError(ValueError):
    """Something about a connection, a model or a price cannot be kept. The message is for the person.

    `field` names the form field it belongs to, "" for the whole form.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def add_connection(
    *,
    team: Team,
    user: User | None,
    name: str,
    vendor: str,
    base_url: str,
    api_key: str = "",
    max_concurrency: int = 8,
    machine: str = "",
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
) -> Connection:
    """Keep an endpoint and its key. Raises InvalidCandidateError."""
    connection = Connection(team=team, created_by=user)
    _describe(connection, name, vendor, base_url, max_concurrency, machine)
    _limit(connection, requests_per_minute, tokens_per_minute)
    _put_key(connection, api_key)
    _save(connection)
    record(team=team, user=user, verb="added connection", subject=connection.name)
    return connection


def change_connection(
    *,
    connection: Connection,
    user: User | None,
    name: str,
    vendor: str,
    base_url: str,
    max_concurrency: int,
    machine: str = "",
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
) -> Connection:
    """Change everything but the key. Raises InvalidCandidateError.

    A new host never gets the old key: a person who may write, but was never told the key,
    could otherwise have it sent to a server of their own.
    """
    moved = connection.base_url != base_url.strip() or connection.vendor != vendor
    if moved and _origin(connection.base_url) != _origin(base_url):
        _set_key(connection, "")
    _describe(connection, name, vendor, base_url, max_concurrency, machine)
    _limit(connection, requests_per_minute, tokens_per_minute)
    if moved:
        connection.checks, connection.checked_at = [], None
    _save(connection)
    record(team=connection.team, user=user, verb="changed connection", subject=connection.name)
    return connection


def replace_key(*, connection: Connection, user: User | None, api_key: str) -> Connection:
    """Put another key in place of the present one; "" removes it. Raises InvalidCandidateError."""
    _put_key(connection, api_key)
    connection.checks, connection.checked_at = [], None
    connection.save(update_fields=["api_key", "key_hint", "checks", "checked_at"])
    record(team=connection.team, user=user, verb="replaced key of", subject=connection.name)
    return connection


def archive_connection(*, connection: Connection, user: User | None) -> None:
    """Put a connection and its models away and forget its key; finished results stay."""
    now = timezone.now()
    with transaction.atomic():
        for candidate in connection.candidates.filter(archived_at=None):
            archive_candidate(candidate=candidate, user=user)
        connection.name = _archived_name(connection.name, connection)
        _set_key(connection, "")
        connection.archived_at = now
        connection.save()
    record(team=connection.team, user=user, verb="archived connection", subject=connection.name)


def test_connection(*, connection: Connection) -> list[dict[str, Any]]:
    """Try the connection now and keep what was found. Blocks for some seconds; never raises."""
    checks = examine(connection)
    connection.checks, connection.checked_at = checks, timezone.now()
    connection.save(update_fields=["checks", "checked_at"])
    return checks


def add_candidate(
    *,
    team: Team,
    user: User | None,
    connection: Connection,
    label: str,
    model: str,
    is_incumbent: bool = False,
    notes: str = "",
) -> Candidate:
    """Add a model behind a connection. Raises InvalidCandidateError."""
    candidate = Candidate(team=team, created_by=user, connection=connection)
    _name(candidate, label, model, notes)
    _save(candidate)
    if is_incumbent:
        mark_incumbent(candidate=candidate)
    record(team=team, user=user, verb="added model", subject=candidate.label)
    return candidate


def change_candidate(
    *, candidate: Candidate, user: User | None, label: str, model: str, is_incumbent: bool, notes: str = ""
) -> Candidate:
    """Rename or correct a model; a run that started keeps what it started with."""
    _name(candidate, label, model, notes)
    candidate.is_incumbent = is_incumbent
    _save(candidate)
    record(team=candidate.team, user=user, verb="changed model", subject=candidate.label)
    return candidate


def mark_incumbent(*, candidate: Candidate, serves_today: bool = True) -> None:
    """Say that this model serves a workload today: new assessments offer it as the baseline."""
    candidate.is_incumbent = serves_today
    candidate.save(update_fields=["is_incumbent"])


def archive_candidate(*, candidate: Candidate, user: User | None) -> None:
    candidate.label = _archived_name(candidate.label, candidate)
    candidate.archived_at = timezone.now()
    candidate.is_incumbent = False
    candidate.save()
    record(team=candidate.team, user=user, verb="archived model", subject=candidate.label)


def add_price(
    *,
    candidate: Candidate,
    user: User | None,
    kind: str,
    currency: str = "USD",
    input_per_million: Decimal | None = None,
    cached_input_per_million: Decimal | None = None,
    cache_write_per_million: Decimal | None = None,
    output_per_million: Decimal | None = None,
    per_request: Decimal | None = None,
    per_hour: Decimal | None = None,
    source: str,
    as_of: date,
) -> PriceQuote:
    """Add a quote; older ones stay as history. Raises InvalidCandidateError."""
    quote = PriceQuote(
        candidate=candidate,
        created_by=user,
        kind=kind,
        currency=currency.strip().upper(),
        input_per_million=input_per_million,
        cached_input_per_million=cached_input_per_million,
        cache_write_per_million=cache_write_per_million,
        output_per_million=output_per_million,
        per_request=per_request,
        per_hour=per_hour,
        source=source.strip(),
        as_of=as_of,
    )
    _check_price(quote)
    quote.save()
    record(team=candidate.team, user=user, verb="added price of", subject=candidate.label)
    return quote


# ── what the actions above share ──────────────────────────────────────────────


def _describe(
    connection: Connection, name: str, vendor: str, base_url: str, max_concurrency: int, machine: str
) -> None:
    if vendor not in VENDORS:
        raise InvalidCandidateError("Choose a vendor from the list.", "vendor")
    if not name.strip():
        raise InvalidCandidateError("Give the connection a name.", "name")
    if not 1 <= max_concurrency <= MOST_CONCURRENCY:
        raise InvalidCandidateError(
            f"Send between 1 and {MOST_CONCURRENCY} requests at a time.", "max_concurrency"
        )
    if refusal := refusal_of(base_url):
        raise InvalidCandidateError(refusal, "base_url")
    connection.name, connection.vendor = name.strip(), vendor
    connection.base_url = base_url.strip().rstrip("/")
    connection.max_concurrency, connection.machine = max_concurrency, machine.strip()


def _limit(connection: Connection, requests: int | None, tokens: int | None) -> None:
    for field, value in (("requests_per_minute", requests), ("tokens_per_minute", tokens)):
        if value is not None and not 1 <= value <= MOST_PER_MINUTE:
            raise InvalidCandidateError(
                "A limit is a whole number above zero. Leave it empty where there is none.", field
            )
        setattr(connection, field, value)


def _put_key(connection: Connection, api_key: str) -> None:
    key = api_key.strip(" \t")
    if any(letter in key for letter in "\r\n"):
        raise InvalidCandidateError("The key runs over several lines. Paste it as one line.", "api_key")
    if any(not 33 <= ord(letter) <= 126 for letter in key):
        raise InvalidCandidateError(
            "The key has a space or a letter that no key has, such as a long dash or a curly quote. "
            "Copy it again from the vendor's page.",
            "api_key",
        )
    if len(key) > LONGEST_KEY:
        raise InvalidCandidateError("The key is too long to be one. Copy only the key.", "api_key")
    _set_key(connection, key)


def _set_key(connection: Connection, key: str) -> None:
    connection.api_key = Secret.of(key)
    # Four characters of a short key would give away too much of it.
    connection.key_hint = key[-4:] if len(key) >= 12 else ""


def _origin(base_url: str) -> tuple[str, str]:
    scheme, _, rest = base_url.strip().partition("://")
    return scheme.lower(), rest.partition("/")[0].lower()


def _name(candidate: Candidate, label: str, model: str, notes: str) -> None:
    if not model.strip():
        raise InvalidCandidateError("Give the model's name as the vendor writes it.", "model")
    candidate.model, candidate.notes = model.strip(), notes.strip()
    candidate.label = label.strip() or model.strip()[:120]


def _check_price(quote: PriceQuote) -> None:
    amounts = {part: getattr(quote, part) for part in (*TOKEN_PARTS, "per_hour")}
    for part, amount in amounts.items():
        if amount is not None and amount < 0:
            raise InvalidCandidateError("A price cannot be below zero.", part)
    if quote.kind == PriceKind.MACHINE_TIME:
        if quote.per_hour is None:
            raise InvalidCandidateError("Give the price of an hour of machine time.", "per_hour")
    elif quote.input_per_million is None and quote.output_per_million is None and quote.per_request is None:
        raise InvalidCandidateError(
            "Give at least one price. To leave the price unknown, add none.", "input_per_million"
        )
    if len(quote.currency) != 3 or not quote.currency.isalpha():
        raise InvalidCandidateError("Write the currency as three letters, such as USD or EUR.", "currency")
    if not quote.source:
        raise InvalidCandidateError("Say where the price comes from, so that others can check it.", "source")


def _archived_name(name: str, row: Connection | Candidate) -> str:
    """Free the name for a new one; the row keeps a readable one of its own."""
    return f"{name[:90]} (archived {row.pk.hex[:8]})"


def _save(row: Connection | Candidate) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken, field = (row.name, "name") if isinstance(row, Connection) else (row.label, "label")
        raise InvalidCandidateError(
            f"There is a {type(row)._meta.verbose_name} called “{taken}” already. Choose another name.", field
        ) from None
