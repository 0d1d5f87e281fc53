"""The ways of scoring, as a form offers them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import SCORERS


def scorer_choices() -> list[tuple[str, str]]:
    return [(name, _(scorer.label)) for name, scorer in SCORERS.items()]
