"""“Test connection”, as the page stores it: what the vendor's checks found, and which models it lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from migration_app.providers.checks import LABELS, Examination, check_connection

from .endpoints import address_policy, endpoint_of
from .models import Connection
from .secrets import SecretUnreadable

SECONDS_PER_CALL = 20.0
MOST_LISTED = 2_000
LONGEST_NAME = 200

Rows = list[dict[str, Any]]


def examine(
    connection: Connection,
    keep: Callable[[Rows], object] = lambda _: None,
    *,
    seconds_per_call: float = SECONDS_PER_CALL,
) -> Rows:
    """The checks of one connection, ready to be stored. Blocks for some seconds; never raises.

    keep: told of all rows so far whenever there is a new one.

    1. Ask for the list of models.
    2. Try the first of our models, or the only one that is listed; with neither, say what to do.
    3. Keep the list with the check that made it, for the page that adds models.
    """
    models = connection.candidates.filter(archived_at=None).values_list("model", flat=True)
    try:
        endpoint = endpoint_of(connection, model=models.first() or "")
    except SecretUnreadable as error:
        return [{"name": "authorises", "label": LABELS["authorises"], "passed": False, "detail": str(error)}]
    found = check_connection(
        endpoint, address_policy(), seconds=seconds_per_call, report=lambda found: keep(_rows(found))
    )
    return _rows(found)


def _rows(found: Examination) -> Rows:
    listed = sorted({name[:LONGEST_NAME] for name in found.models[:MOST_LISTED]})
    rows = [asdict(check) for check in found.checks]
    return [row | {"models": listed} if row["name"] == "models" else row for row in rows]
