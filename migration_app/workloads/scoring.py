"""How a workload's answers are scored: one way for all, others for single categories.

Assessments keep the scoring that they were frozen with; what is changed here counts for new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import SCORERS, ScorerError, build
from migration_app.evaluation.wording import english

from .errors import InvalidScoring
from .models import Workload

_CHOSEN = english("Chosen by your team.")


def choose_scoring(*, workload: Workload, default: str, by_category: Mapping[str, str]) -> Workload:
    """Score by these scorers (names) from now on; settings stay with the name. Raises InvalidScoring."""
    for name in by_category:
        _known_category(workload, name)
    stored = workload.scoring
    old = stored.get("by_category", {})
    workload.scoring = {
        "default": _choice(default, stored.get("default")),
        "by_category": {name: _choice(scorer, old.get(name)) for name, scorer in by_category.items()},
    }
    workload.save(update_fields=["scoring"])
    return workload


def set_scorer(
    *, workload: Workload, category: str | None, name: str, parameters: Mapping[str, Any]
) -> Workload:
    """Score one category (None: whatever has no way of its own) by this scorer with these settings.

    Raises InvalidScoring with the scorer's own sentence about the setting that is wrong.
    """
    choice = _checked(name, parameters) | {"reason": _CHOSEN}
    scoring = {"default": {}, "by_category": {}} | workload.scoring
    if category is None:
        scoring["default"] = choice
    else:
        _known_category(workload, category)
        scoring["by_category"] = scoring["by_category"] | {category: choice}
    workload.scoring = scoring
    workload.save(update_fields=["scoring"])
    return workload


def _known_category(workload: Workload, name: str) -> None:
    if name not in workload.profile.get("categories", {}):
        raise InvalidScoring(_("The workload has no category “{name}”.").format(name=name))


def _choice(name: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """A scorer's settings; those it had already stay as they were."""
    if before and before.get("name") == name:
        return dict(before)
    return _checked(name, {}) | {"reason": _CHOSEN}


def _checked(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    if name not in SCORERS:
        raise InvalidScoring(
            _("There is no way of scoring called “{name}”. Choose one from the list.").format(name=name)
        )
    try:
        build(name, **parameters)
    except ScorerError as error:
        raise InvalidScoring(str(error)) from error
    return {"name": name, "parameters": dict(parameters)}
