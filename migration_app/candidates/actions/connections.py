"""Writes about connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from ..errors import InvalidCandidateError
from ..examination import SECONDS_PER_CALL, examine
from ..models import TEST_TAKES_AT_MOST, Connection
from .models import archive_candidate
from .placing import place, placed
from .rows import archived_name, save_named
from .secrets import check_needed, forget_secrets, put_secrets

MOST_CONCURRENCY = 256
MOST_PER_MINUTE = 2_000_000_000


def add_connection(
    *,
    team: Team,
    user: User | None,
    name: str,
    vendor: str,
    base_url: str = "",
    max_concurrency: int = 8,
    machine: str = "",
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
    prompt_caching: bool = False,
    **more: str,
) -> Connection:
    """Keep an endpoint and its secrets. Raises InvalidCandidateError.

    more: the rest of where it is and how one gets in (`placing.PLACE`), and its secrets by name
    (`ways.WAYS`): `api_key`, mostly.
    """
    connection = Connection(team=team, created_by=user)
    place(connection, vendor=vendor, base_url=base_url, **more)
    _describe(connection, name, max_concurrency, machine, prompt_caching)
    _limit(connection, requests_per_minute, tokens_per_minute)
    put_secrets(connection, more)
    check_needed(connection)
    save_named(connection)
    record(team=team, user=user, verb=english("added connection"), subject=connection.name)
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
    prompt_caching: bool = False,
    **more: str,
) -> Connection:
    """Change a connection; secrets that are given replace the present ones. Raises InvalidCandidateError.

    Another address never gets the old secrets, not even another path of the same server: a
    person who may write, but was never told the key, could otherwise have it sent to a program
    of their own. So whoever changes the address has to know the key.
    """
    before, version = placed(connection), connection.api_version
    place(connection, vendor=vendor, base_url=base_url, **more)
    moved = placed(connection) != before
    given = {secret: value for secret, value in more.items() if value}
    if moved:
        _check_known(connection, given)
        forget_secrets(connection)
    put_secrets(connection, given)
    check_needed(connection)
    _describe(connection, name, max_concurrency, machine, prompt_caching)
    _limit(connection, requests_per_minute, tokens_per_minute)
    if moved or connection.api_version != version:
        connection.checks, connection.checked_at = [], None
    save_named(connection)
    record(team=connection.team, user=user, verb=english("changed connection"), subject=connection.name)
    return connection


def archive_connection(*, connection: Connection, user: User | None) -> None:
    """Put a connection and its models away and forget its secrets; finished results stay."""
    now = timezone.now()
    with transaction.atomic():
        for candidate in connection.candidates.filter(archived_at=None):
            archive_candidate(candidate=candidate, user=user)
        connection.name = archived_name(connection.name, connection)
        forget_secrets(connection)
        connection.archived_at = now
        connection.save()
    record(team=connection.team, user=user, verb=english("archived connection"), subject=connection.name)


# ── the test of a connection ─────────────────────────────────────────────────


def begin_test(*, connection: Connection) -> bool:
    """Say that a test is under way. False when one is already."""
    now = timezone.now()
    free = Q(testing_since=None) | Q(testing_since__lt=now - TEST_TAKES_AT_MOST)
    begun = Connection.objects.filter(free, pk=connection.pk).update(
        testing_since=now, checks=[], checked_at=None
    )
    connection.refresh_from_db()
    return bool(begun)


def test_connection(
    *, connection: Connection, seconds_per_call: float = SECONDS_PER_CALL
) -> list[dict[str, Any]]:
    """Try the connection now and keep what is found, line by line. Blocks for some seconds; never raises."""
    rows = Connection.objects.filter(pk=connection.pk)
    checks = examine(
        connection, lambda so_far: rows.update(checks=so_far), seconds_per_call=seconds_per_call
    )
    connection.checks, connection.checked_at, connection.testing_since = checks, timezone.now(), None
    connection.save(update_fields=["checks", "checked_at", "testing_since"])
    return checks


# ── what the actions above share ─────────────────────────────────────────────


def _describe(
    connection: Connection, name: str, max_concurrency: int, machine: str, prompt_caching: bool
) -> None:
    if not name.strip():
        raise InvalidCandidateError(_("Give the connection a name."), "name")
    if not 1 <= max_concurrency <= MOST_CONCURRENCY:
        raise InvalidCandidateError(
            _("Send between 1 and %(most)d requests at a time.") % {"most": MOST_CONCURRENCY},
            "max_concurrency",
        )
    connection.name = name.strip()
    connection.max_concurrency, connection.machine = max_concurrency, machine.strip()
    connection.prompt_caching = prompt_caching


def _limit(connection: Connection, requests: int | None, tokens: int | None) -> None:
    for field, value in (("requests_per_minute", requests), ("tokens_per_minute", tokens)):
        if value is not None and not 1 <= value <= MOST_PER_MINUTE:
            raise InvalidCandidateError(
                _("A limit is a whole number above zero. Leave it empty where there is none."), field
            )
        setattr(connection, field, value)


def _check_known(connection: Connection, given: Mapping[str, str]) -> None:
    """Raises InvalidCandidateError when there are secrets and whoever moves the connection gives none."""
    held = connection.secret_names
    if held and not any(name in given for name in held):
        raise InvalidCandidateError(
            _(
                "The address or the way in is another one, so enter the key again. "
                "Nobody may send a key they do not know to another address."
            ),
            held[0],
        )
