"""Models that whoever runs this installation offers to every team, for a first try without a key.

A file of JSON, `starter-models.json` in the data folder or where CROSSOVER_STARTER_MODELS says,
readable by the server alone: it holds the key of the servers. `make demo` writes it.

    [{"label", "model", "vendor", "base_url", "api_key"?, "machine"?, "incumbent"?,
      "per_hour"?, "currency"?, "price_source"?, "notes"?}]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.models import Team, User

from . import actions
from .models import Candidate, Connection, PriceKind
from .queries import current_price


@dataclass(frozen=True, slots=True)
class Starter:
    """One offered model. `per_hour`: what an hour of its machine is taken to cost."""

    label: str
    model: str
    vendor: str
    base_url: str
    api_key: str = ""
    machine: str = ""
    incumbent: bool = False
    per_hour: str = ""
    currency: str = "USD"
    price_source: str = ""
    notes: str = ""

    @property
    def connection_name(self) -> str:
        """What the team's connection is called, in words of no language."""
        return f"{self.label} ({self.machine})" if self.machine else self.label

    def __repr__(self) -> str:
        return f"Starter({self.label})"  # its key is in no log


def offered() -> list[Starter]:
    """What is on offer, that of today first; nothing where the file is missing or makes no sense."""
    try:
        rows = json.loads(Path(settings.STARTER_MODELS).read_text("utf-8"))
        found = [Starter(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []
    return sorted(found, key=lambda one: not one.incumbent) if len(found) > 1 else []


def offer(starters: Sequence[Starter]) -> None:
    """Write the file; an empty list takes the offer back."""
    place = Path(settings.STARTER_MODELS)
    if not starters:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.touch(mode=0o600)
    place.chmod(0o600)  # also where somebody made it before: it holds a key
    place.write_text(json.dumps([asdict(one) for one in starters]), "utf-8")


def take(*, team: Team, user: User | None) -> list[Candidate]:
    """Give the team what is on offer, see `give`. Raises InvalidCandidateError also where nothing is."""
    starters = offered()
    if not starters:
        raise actions.InvalidCandidateError(
            _("No models are offered on this installation just now. Add a connection of your own.")
        )
    return give(starters, team=team, user=user)


@transaction.atomic
def give(starters: Sequence[Starter], *, team: Team, user: User | None) -> list[Candidate]:
    """A connection and a candidate of the team's for each; those it has already are kept, at today's address.

    Raises InvalidCandidateError where an address is not open.
    """
    return [_candidate(team, user, starter) for starter in starters]


def _candidate(team: Team, user: User | None, starter: Starter) -> Candidate:
    named = Candidate.objects.of(team).filter(label=starter.label, archived_at=None)
    candidate = named.select_related("connection").first()
    if candidate is None:
        candidate = actions.add_candidate(
            team=team, user=user, connection=_connection(team, user, starter), label=starter.label,
            model=starter.model, is_incumbent=starter.incumbent, notes=starter.notes,
        )  # fmt: skip
    elif candidate.connection.name == starter.connection_name:  # else the team's own has that name
        _connection(team, user, starter)
    if starter.per_hour and current_price(candidate) is None:
        actions.add_price(
            candidate=candidate, user=user, kind=PriceKind.MACHINE_TIME, per_hour=Decimal(starter.per_hour),
            currency=starter.currency, source=starter.price_source, as_of=timezone.localdate(),
        )  # fmt: skip
    return candidate


def _connection(team: Team, user: User | None, starter: Starter) -> Connection:
    name = starter.connection_name
    described: Mapping[str, Any] = {
        "name": name, "vendor": starter.vendor, "base_url": starter.base_url, "machine": starter.machine,
        "max_concurrency": 1 if starter.machine else 4, "api_key": starter.api_key,
    }  # fmt: skip
    present = Connection.objects.of(team).filter(name=name, archived_at=None).first()
    if present is None:
        return actions.add_connection(team=team, user=user, **described)
    if present.base_url != starter.base_url:  # the server has another port today
        return actions.change_connection(connection=present, user=user, **described)
    return present
