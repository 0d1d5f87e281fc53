"""Writes about connections and their keys."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.providers.vendors import VENDORS

from ..addresses import refusal_of
from ..errors import InvalidCandidateError
from ..examination import examine
from ..models import Connection
from ..secrets import Secret
from .models import archive_candidate
from .rows import archived_name, save_named

MOST_CONCURRENCY = 256
MOST_PER_MINUTE = 2_000_000_000
LONGEST_KEY = 4_000


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
    save_named(connection)
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
    save_named(connection)
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
        connection.name = archived_name(connection.name, connection)
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
