"""Who judges an assessment's answers, where its scoring asks for judges."""

from __future__ import annotations

from uuid import UUID

from migration_app.candidates.models import Candidate

from .models import Assessment

MAX_JUDGES = 5


def needs_judge(assessment: Assessment) -> bool:
    """Whether any part of the scoring is a judge's."""
    # Here and not above: the scorers weigh 50 MB, and whoever only replays needs none of them.
    from migration_app.evaluation.scorers import is_judged

    scoring = assessment.scoring
    chosen = [scoring.get("default") or {}, *(scoring.get("by_category") or {}).values()]
    return any(is_judged(choice.get("name")) for choice in chosen)


def judges_of(assessment: Assessment) -> list[Candidate]:
    """The models that judge, in the order they were chosen; those deleted since are left out."""
    keys = [UUID(key) for key in assessment.judging.get("judges", ())]
    found = Candidate.objects.of(assessment.team).select_related("connection").in_bulk(keys)
    return [found[key] for key in keys if key in found]
