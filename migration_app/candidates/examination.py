"""“Test connection”, as the page stores it: what the vendor's checks found, and which models it lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from migration_app.providers.checks import LABELS, check_connection
from migration_app.providers.listing import listed_models

from .endpoints import address_policy, endpoint_of
from .models import Connection
from .secrets import SecretUnreadable

# Four calls at most, one after the other, while a person waits.
SECONDS_PER_CALL = 6.0
MOST_LISTED = 2_000
LONGEST_NAME = 200
_NEED_A_MODEL = {"answers", "streams", "usage"}


def examine(connection: Connection) -> list[dict[str, Any]]:
    """The checks of one connection, ready to be stored. Blocks for some seconds; never raises.

    1. Ask for the list of models.
    2. Try the first of our models, or the only one that is listed; with neither, say what to do.
    3. Keep the list with the check that made it, for the page that adds models.
    """
    try:
        endpoint = endpoint_of(connection)
    except SecretUnreadable as error:
        return [{"name": "authorises", "label": LABELS["authorises"], "passed": False, "detail": str(error)}]
    models = list(connection.candidates.filter(archived_at=None).values_list("model", flat=True))
    offered = listed_models(endpoint, address_policy(), seconds=SECONDS_PER_CALL)
    listed = sorted({name[:LONGEST_NAME] for name in offered[:MOST_LISTED]})
    model = models[0] if models else (listed[0] if len(listed) == 1 else "")
    found = check_connection(replace(endpoint, model=model), address_policy(), seconds=SECONDS_PER_CALL)
    checks = _judged([asdict(check) for check in found], model, listed)
    return [check | {"models": listed} if check["name"] == "models" else check for check in checks]


def _judged(checks: list[dict[str, Any]], model: str, listed: Sequence[str]) -> list[dict[str, Any]]:
    """What hinders a run stays a failure; what only limits it becomes a remark."""
    if not model:
        return [_without_model(check, listed) for check in checks]
    answers = any(check["name"] == "answers" and check["passed"] for check in checks)
    remarks = {"usage", "models"} if answers else set()
    return [
        check | {"passed": None} if check["passed"] is False and check["name"] in remarks else check
        for check in checks
    ]


def _without_model(check: dict[str, Any], listed: Sequence[str]) -> dict[str, Any]:
    if check["name"] == "models" and listed:
        said = f"It lists {len(listed):,} models. Add those you want to compare, then test again."
        return check | {"passed": True, "detail": said}
    if check["name"] == "authorises" and listed:
        return check | {"passed": True, "detail": "The list of models was given out."}
    reached = check["passed"] is not None
    if check["name"] in _NEED_A_MODEL and reached:
        return check | {"passed": None, "detail": "Not tried yet: add a model first, then test again."}
    return check
