"""A refusal is an answer, not an accident: the action's own sentence, shown on the form it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from migration_app.candidates.errors import InvalidCandidateError
from migration_app.runs.actions import CannotChange, InvalidAssessment
from migration_app.workloads.errors import WorkloadError

REFUSALS = (CannotChange, InvalidAssessment, InvalidCandidateError, WorkloadError)


@contextmanager
def refusals_on(form: BaseForm, field: str = "") -> Iterator[None]:
    """An action refused inside the block ends it, and becomes an error of the form.

    It belongs to the field that the refusal names, else to `field`, else to the form as a whole.
    What follows the block is then what is shown when the action did not happen.
    """
    try:
        yield
    except REFUSALS as refusal:
        named = getattr(refusal, "field", "") or field
        form.add_error(named if named in form.fields else None, str(refusal))
