"""What stands in the way of a start, each with the page where it is put right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from migration_app.candidates.models import Connection
from migration_app.providers.limits import not_taken
from migration_app.providers.vendors import vendor_named
from migration_app.reports import rules
from migration_app.runs.conflicts import Conflict
from migration_app.runs.models import Assessment
from migration_app.runs.plans import Plan
from migration_app.said import said
from migration_app.workloads.queries import uses_images, uses_json_mode, uses_schemas, uses_tools

from .assessment_marks import unmarked


def conflict_rows(conflicts: Iterable[Conflict], currency: str) -> list[dict[str, Any]]:
    """What stands against a rule, with where to put it right."""
    return [_conflict_row(conflict, currency) for conflict in conflicts]


def blockers(plan: Plan, draft: Assessment) -> list[dict[str, Any]]:
    """What should be put right before the start; only for the first is the start itself refused."""
    connections = {model.connection.pk: model.connection for model in plan.candidates}
    rows = [_connection_row(connection) for connection in connections.values()]
    of_connections = [row for row in rows if row["sentence"]]
    return _no_candidate(plan, draft) + unmarked(draft) + of_connections + _not_taken(plan, draft)


def _no_candidate(plan: Plan, draft: Assessment) -> list[dict[str, Any]]:
    """A draft whose models are all gone has nothing to compare."""
    if len(plan.candidates) > 1:
        return []
    sentence = _("Choose at least one model to compare with the one you use today.")
    url = reverse("assessment-options", args=[draft.pk])
    return [{"sentence": sentence, "name": _("Options"), "url": url, "to_test": False}]


def _conflict_row(conflict: Conflict, currency: str) -> dict[str, Any]:
    candidate, result = conflict.candidate, conflict.result
    label = _("{label} (judge)").format(label=candidate.label) if conflict.judges else candidate.label
    of_model = result.rule == "licences"
    return {
        "sentence": rules.told(result.rule, result.params, label, currency, by_policy=conflict.by_policy),
        "is_broken": conflict.is_broken,
        "url": reverse("candidate-edit", args=[candidate.pk])
        if of_model
        else reverse("connection-terms", args=[candidate.connection_id]),
    }


def _connection_row(connection: Connection) -> dict[str, Any]:
    return {
        "sentence": _blocker(connection),
        "name": connection.name,
        "url": "" if connection.archived_at else f"{reverse('connection', args=[connection.pk])}#checks",
        "to_test": connection.works is None,
    }


def _blocker(connection: Connection) -> str:
    if connection.archived_at:
        return _("{name} is archived. Choose other models.").format(name=connection.name)
    if connection.works is None:
        return _("{name} has not been tested. Test it first to save time.").format(name=connection.name)
    if connection.works is False:
        return _("{name} failed its last test. Its requests will probably fail too.").format(
            name=connection.name
        )
    return ""


def _not_taken(plan: Plan, draft: Assessment) -> list[dict[str, Any]]:
    """What the samples ask for and a vendor is known not to take."""
    asked = {
        "seed": draft.settings.get("seed") is not None,
        "tools": uses_tools(plan.workload),
        "json_schema": uses_schemas(plan.workload),
        "json_object": uses_json_mode(plan.workload),
        "images": uses_images(plan.workload),
    }
    vendors = {model.connection.vendor: vendor_named(model.connection.vendor) for model in plan.candidates}
    return [
        {"sentence": said(sentence), "name": "", "url": "", "to_test": False}
        for vendor in vendors.values()
        for sentence in not_taken(vendor, **asked)
    ]
