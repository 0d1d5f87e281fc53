"""The ways of scoring, as a form offers them."""

from __future__ import annotations

from migration_app.evaluation.scorers import SCORERS


def scorer_choices() -> list[tuple[str, str]]:
    return [(name, scorer.label) for name, scorer in SCORERS.items()]
