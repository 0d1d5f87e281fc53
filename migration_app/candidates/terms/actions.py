"""Writes about terms and the team's policy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from ..errors import InvalidCandidateError
from ..models import Connection
from .models import DataTerms, TeamPolicy
from .vocabulary import LICENCES, MOST_DAYS, PLACES, TRAINING


def state_terms(
    *,
    connection: Connection,
    user: User | None,
    place: str = "",
    retention_days: int | None = None,
    training: str = "",
    source: str = "",
    as_of: date | None = None,
) -> DataTerms:
    """Write down what happens to the requests behind a connection. Raises InvalidCandidateError.

    Runs that have started keep what they were started with.
    """
    _check(place, PLACES, "place")
    _check(training, TRAINING, "training")
    _check_days(retention_days, "retention_days")
    as_of = as_of or timezone.localdate()
    if as_of > timezone.localdate():
        raise InvalidCandidateError(_("Terms of a day to come are not known yet. Give today's."), "as_of")
    if (place or training or retention_days is not None) and not source.strip():
        raise InvalidCandidateError(
            _(
                "Say where this is written, such as the contract or the vendor's page, so that others can "
                "check it."
            ),
            "source",
        )
    terms, _made = DataTerms.objects.update_or_create(
        connection=connection,
        defaults={
            "team_id": connection.team_id,
            "created_by": user,
            "place": place,
            "retention_days": retention_days,
            "training": training,
            "source": source.strip()[:300],
            "as_of": as_of,
        },
    )
    record(team=connection.team, user=user, verb=english("stated the terms of"), subject=connection.name)
    return terms


def set_policy(
    *,
    team: Team,
    user: User | None,
    places: Sequence[str] = (),
    max_retention_days: int | None = None,
    no_training: bool = False,
    licences: Sequence[str] = (),
) -> TeamPolicy:
    """Say what the team accepts; assessments that exist keep their rules. Raises InvalidCandidateError."""
    for place in places:
        _check(place, PLACES, "places")
    for licence in licences:
        _check(licence, LICENCES, "licences")
    _check_days(max_retention_days, "max_retention_days")
    policy, _made = TeamPolicy.objects.update_or_create(
        team=team,
        defaults={
            "places": list(places),
            "max_retention_days": max_retention_days,
            "no_training": no_training,
            "licences": list(licences),
        },
    )
    record(team=team, user=user, verb=english("changed the policy of"), subject=team.name)
    return policy


def _check(code: str, known: Collection[str], field: str) -> None:
    if code and code not in known:
        raise InvalidCandidateError(_("Choose one of the answers offered."), field)


def _check_days(days: int | None, field: str) -> None:
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise InvalidCandidateError(
            _("Give a number of days between 0 and {most}.").format(most=MOST_DAYS), field
        )
