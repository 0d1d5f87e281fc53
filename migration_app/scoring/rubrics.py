"""Rubrics as judges got them, each text a version of its own."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.db.models import Max

from migration_app.accounts.models import Team
from migration_app.evaluation.scorers import build, is_judged
from migration_app.runs.models import Run

from .models import Rubric


@transaction.atomic
def keep_rubric(*, team: Team, scorer: str, text: str) -> Rubric:
    """The version of this very text, made now where the team has none."""
    Team.objects.select_for_update().get(pk=team.pk)  # versions are given out one at a time
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    if found := Rubric.objects.of(team).filter(scorer=scorer, sha256=digest).first():
        return found
    newest = Rubric.objects.of(team).filter(scorer=scorer).aggregate(newest=Max("version"))["newest"] or 0
    return Rubric.objects.create(team=team, scorer=scorer, version=newest + 1, text=text, sha256=digest)


def rubrics_of(run: Run) -> list[Rubric]:
    """The rubrics that the run's scoring uses, kept now if they were not."""
    scoring = run.assessment.scoring
    chosen = [scoring.get("default") or {}, *(scoring.get("by_category") or {}).values()]
    found = {
        rubric.pk: rubric
        for choice in chosen
        if is_judged(choice.get("name"))
        for rubric in [_of_choice(run, choice)]
    }
    return list(found.values())


def _of_choice(run: Run, choice: dict[str, Any]) -> Rubric:
    scorer: Any = build(choice["name"], **(choice.get("parameters") or {}))
    return keep_rubric(team=run.team, scorer=scorer.name, text=scorer.rubric)
