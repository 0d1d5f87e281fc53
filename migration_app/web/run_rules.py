"""What stands against going on with a run that waits, by the rules on data and licences of today."""

from __future__ import annotations

from typing import Any

from migration_app.runs.actions.going_on import conflicts_going_on
from migration_app.runs.conflicts import to_accept
from migration_app.runs.models import Run

from .assessment_conflicts import conflict_rows


def rules_context(run: Run, judging: Run | None, *, may_resume: bool) -> dict[str, Any]:
    """The conflicts, and the form that is sent with a sentence on them; nothing where none need be accepted.

    may_resume: whether the run itself waits for a person; else only its judges may.
    """
    waiting = run if may_resume else judging
    if waiting is None:
        return {}
    found = conflicts_going_on(waiting)
    if not to_accept(found, run.assessment):
        return {}
    form = "resume" if waiting is run else "resume-judges"
    return {"conflicts": conflict_rows(found, run.currency), "resume_form": form}
