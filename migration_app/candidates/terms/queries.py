"""What is known of a candidate's terms, as one plain record that can be frozen with a run."""

from __future__ import annotations

from typing import Any

from migration_app.providers.vendors import vendor_named

from ..catalogue.queries import licence_of
from ..models import Candidate, Connection
from .models import DataTerms, TeamPolicy
from .vocabulary import kind_of

UNKNOWN: dict[str, Any] = {"place": "", "retention_days": None, "training": "", "source": "", "as_of": None}


def terms_of(connection: Connection) -> DataTerms | None:
    """What is written down for a connection; None where nothing is."""
    return DataTerms.objects.filter(connection=connection).first()


def facts_of(candidate: Candidate) -> dict[str, Any]:
    """{"place", "retention_days", "training", "source", "as_of", "licence", "licence_kind"}.

    Empty and None are unknown. The licence is the model's own statement, else the catalogue's.
    """
    found = terms_of(candidate.connection)
    facts = dict(UNKNOWN)
    if found is not None:
        facts |= {name: getattr(found, name) for name in ("place", "retention_days", "training", "source")}
        facts["as_of"] = found.as_of.isoformat()
    licence, kind = licence_known(candidate)
    return facts | {"licence": licence, "licence_kind": kind}


def licence_known(candidate: Candidate) -> tuple[str, str]:
    """The licence's name and its kind: stated with the model, else from the catalogue, else unknown."""
    if candidate.licence_kind:
        return "", candidate.licence_kind
    own_server = vendor_named(candidate.connection.vendor).own_server
    licence, closed = licence_of(candidate.model)
    if closed and not own_server:
        return "", "service"
    return licence, kind_of(licence)


def policy_of(team_id: Any) -> TeamPolicy | None:
    return TeamPolicy.objects.filter(team_id=team_id).first()


def policy_rules(team_id: Any) -> dict[str, Any]:
    """The team's policy as the rules that a new assessment starts with."""
    policy = policy_of(team_id)
    return {} if policy is None else policy.rules
