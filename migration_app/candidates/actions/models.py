"""Writes about the models behind a connection."""

from __future__ import annotations

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from ..errors import InvalidCandidateError
from ..models import Candidate, Connection
from ..terms.vocabulary import LICENCES
from .rows import archived_name, save_named

LONGEST_LABEL = 120


def add_candidate(
    *,
    team: Team,
    user: User | None,
    connection: Connection,
    label: str,
    model: str,
    is_incumbent: bool = False,
    notes: str = "",
    licence_kind: str = "",
) -> Candidate:
    """Add a model behind a connection. Raises InvalidCandidateError."""
    candidate = Candidate(team=team, created_by=user, connection=connection)
    _name(candidate, label, model, notes, licence_kind)
    save_named(candidate)
    if is_incumbent:
        mark_incumbent(candidate=candidate)
    record(team=team, user=user, verb=english("added model"), subject=candidate.label)
    return candidate


def change_candidate(
    *,
    candidate: Candidate,
    user: User | None,
    label: str,
    model: str,
    is_incumbent: bool,
    notes: str = "",
    licence_kind: str = "",
) -> Candidate:
    """Rename or correct a model; a run that started keeps what it started with."""
    _name(candidate, label, model, notes, licence_kind)
    candidate.is_incumbent = is_incumbent
    save_named(candidate)
    record(team=candidate.team, user=user, verb=english("changed model"), subject=candidate.label)
    return candidate


def mark_incumbent(*, candidate: Candidate, serves_today: bool = True) -> None:
    """Say that this model serves a workload today: new assessments offer it as the baseline."""
    candidate.is_incumbent = serves_today
    candidate.save(update_fields=["is_incumbent"])


def archive_candidate(*, candidate: Candidate, user: User | None) -> None:
    candidate.label = archived_name(candidate.label, candidate)
    candidate.archived_at = timezone.now()
    candidate.is_incumbent = False
    candidate.save()
    record(team=candidate.team, user=user, verb=english("archived model"), subject=candidate.label)


def _name(candidate: Candidate, label: str, model: str, notes: str, licence_kind: str) -> None:
    if not model.strip():
        raise InvalidCandidateError(_("Give the model's name as the vendor writes it."), "model")
    if licence_kind and licence_kind not in LICENCES:
        raise InvalidCandidateError(_("Choose one of the answers offered."), "licence_kind")
    candidate.licence_kind = licence_kind
    candidate.model, candidate.notes = model.strip(), notes.strip()
    candidate.label = label.strip() or Truncator(model.strip()).chars(LONGEST_LABEL)
