"""Writes about workloads: add one, let it go. What is done with uploads is in `importing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from . import storing
from .drafts import Draft
from .errors import BadRow, NothingToImport, WorkloadInUse
from .importing import delete_files_on_commit
from .inserting import insert_samples
from .looking import counts_of
from .mapping import guess, validate_columns
from .models import Workload
from .profiles import Census
from .readers import Row
from .sources.columns import draft_from


def create_workload_from_samples(
    *,
    team: Team,
    user: User | None,
    name: str,
    rows: Iterable[Mapping[str, Any]],
    source: str,
    scoring: dict[str, Any] | None = None,
    description: str = "",
) -> Workload:
    """Store rows that came with the program; their keys are columns, mapped by their names.

    The same rows under the same name are stored once. Raises NothingToImport for a bad row.
    """
    numbered = [Row(line, dict(values)) for line, values in enumerate(rows, start=1)]
    columns = list(dict.fromkeys(key for row in numbered for key in row.values))
    mapping = validate_columns(guess(columns, numbered), columns)
    samples, census = [_draft(row, mapping) for row in numbered], Census()
    for sample in samples:
        census.add(sample)
    facts = _facts(team, user, name, counts_of(census), scoring) | {
        "source": source,
        "description": description,
    }
    with transaction.atomic():
        workload, created = _store(facts, samples)
        if created:
            record(team=team, user=user, verb=english("added a workload"), subject=str(workload))
    return workload


def _draft(row: Row, mapping: Mapping[str, str]) -> Draft:
    try:
        return draft_from(row, mapping)
    except BadRow as bad:
        raise NothingToImport(_("Row {line} is not a sample. {bad}").format(line=row.line, bad=bad)) from bad


def _facts(
    team: Team, user: User | None, name: str, summary: Mapping[str, Any], scoring: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "team": team,
        "created_by": user,
        "name": name.strip()[:200] or "Workload",
        "content_hash": summary["content_hash"],
        "sample_count": summary["samples"],
        "profile": summary["profile"],
        "scoring": scoring or summary["scoring"],
    }


def _store(facts: dict[str, Any], samples: list[Draft]) -> tuple[Workload, bool]:
    """The workload with these facts, made now or there already. Runs inside a transaction."""
    Team.objects.select_for_update().get(pk=facts["team"].pk)  # versions are given out one at a time
    same_name = Workload.objects.of(facts["team"]).filter(name=facts["name"])
    if twin := same_name.filter(content_hash=facts["content_hash"]).first():
        return twin, False
    newest = same_name.aggregate(newest=Max("version"))["newest"] or 0
    workload = Workload.objects.create(**facts, version=newest + 1)
    insert_samples(workload, samples, first=0)
    return workload, True


def choose_traffic(*, workload: Workload, traffic: Mapping[str, Any], user: User | None) -> Workload:
    """Keep another traffic profile from now on; assessments keep the one they were frozen with."""
    workload.traffic = dict(traffic)
    with transaction.atomic():
        workload.save(update_fields=["traffic"])
        record(team=workload.team, user=user, verb=english("changed the traffic of"), subject=str(workload))
    return workload


def delete_workload(*, workload: Workload, user: User | None) -> None:
    """Delete a version with its samples and its uploaded files. Raises WorkloadInUse."""
    try:
        with transaction.atomic():
            record(team=workload.team, user=user, verb=english("deleted a workload"), subject=str(workload))
            for upload in workload.uploads.all():
                delete_files_on_commit(upload)
                upload.delete()
            if not workload.assessments.exists():
                storing.remove_samples(workload)
            workload.delete()
    except ProtectedError as error:
        raise WorkloadInUse(
            _("{workload} is used by an assessment, whose result would lose its evidence. It stays.").format(
                workload=workload
            )
        ) from error
