"""What is known of a candidate's terms, as one plain record that can be frozen with a run."""

from __future__ import annotations

from typing import Any

from migration_app.providers.vendors import vendor_named

from ..addresses import is_inside
from ..catalogue.queries import licence_of
from ..models import Candidate, Connection
from .models import DataTerms, TeamPolicy
from .vocabulary import kind_of

UNKNOWN: dict[str, Any] = {
    "place": "",
    "retention_days": None,
    "training": "",
    "source": "",
    "as_of": None,
    "by": "",
    "basis": "",
}
# A model server of one's own, at an address inside: there is no vendor who could keep anything.
OWN = UNKNOWN | {"place": "own", "retention_days": 0, "training": "no", "basis": "address"}
# Behind these names anything may stand, also a gateway that passes requests on.
_ANYTHING = ("other",)


def terms_of(connection: Connection) -> DataTerms | None:
    """What is written down for a connection; None where nothing is. Uses what `connections_of` fetched."""
    if hasattr(connection, "fetched_terms"):
        return connection.fetched_terms
    return DataTerms.objects.filter(connection=connection).select_related("created_by").first()


def facts_of(candidate: Candidate) -> dict[str, Any]:
    """{"place", "retention_days", "training", "source", "as_of", "by", "basis", "licence", "licence_kind",
    "licence_basis"}.

    Empty and None are unknown. basis: "stated" by a person, or "address", where a model server of the
    team's own stands at an address inside. The licence is the model's own statement, else the
    catalogue's ("catalogue").
    """
    licence, kind = licence_known(candidate)
    basis = "stated" if candidate.licence_kind else "catalogue" if kind else ""
    return connection_facts(candidate.connection) | {
        "licence": licence,
        "licence_kind": kind,
        "licence_basis": basis,
    }


def connection_facts(connection: Connection) -> dict[str, Any]:
    """What is known of the requests behind a connection: the first seven of `facts_of`."""
    found = terms_of(connection)
    if found is None:
        vendor = vendor_named(connection.vendor)
        own = vendor.own_server and vendor.name not in _ANYTHING and is_inside(connection.base_url)
        return dict(OWN if own else UNKNOWN)
    facts = {name: getattr(found, name) for name in ("place", "retention_days", "training", "source")}
    by = found.created_by.get_username() if found.created_by else ""
    return {**facts, "as_of": found.as_of.isoformat(), "by": by, "basis": "stated"}


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
