"""A refusal is an answer, not an accident: the action's own sentence, shown on the form it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from migration_app.accounts.errors import Refusal


@contextmanager
def refusals_on(form: BaseForm, field: str = "") -> Iterator[None]:
    """An action refused inside the block ends it, and becomes an error of the form.

    It belongs to the field that the refusal names, else to `field`, else to the form as a whole.
    What follows the block is then what is shown when the action did not happen.
    """
    try:
        yield
    except Refusal as refusal:
        named = refusal.field or field
        form.add_error(named if named in form.fields else None, str(refusal))
