"""A run that waited goes on: what it would ask now is held against the rules on data as they are now."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from migration_app.accounts.models import User
from migration_app.candidates.terms.vocabulary import RULES

from ..conflicts import LEAST_REASON, Conflict, acceptance, conflicts_asking, names, to_accept
from ..models import Run
from .errors import RuleBroken
from .start import note_acceptance


def conflicts_going_on(run: Run) -> list[Conflict]:
    """What stands against asking all that the run has left to ask, and its judges after it."""
    left = run.candidates.filter(items_total__gt=F("items_done") + F("items_failed"))
    # A run of judges asks nobody else: those are told as judges.
    asked = [] if run.parent_id is not None else left.select_related("candidate__connection")
    return conflicts_asking([entry.candidate for entry in asked], run.assessment)


def accept_going_on(run: Run, reason: str, user: User | None) -> None:
    """Keep why more is sent against a rule. Raises RuleBroken where nobody says it."""
    broken = to_accept(conflicts_going_on(run), run.assessment)
    if not broken:
        return
    if len(reason.strip()) < LEAST_REASON:
        raise RuleBroken(_refusal(broken))
    held = Run.objects.select_for_update().get(pk=run.parent_id or run.pk)
    accepted = acceptance(broken, reason, user)
    Run.objects.filter(pk=held.pk).update(accepted=[*held.accepted, accepted])
    note_acceptance(held, accepted, user)


def _refusal(broken: Sequence[Conflict]) -> str:
    rules = dict.fromkeys(str(RULES[conflict.result.rule]) for conflict in broken)
    return _(
        "A rule is broken by {names}: {rules}. So nothing more is sent. Say in a sentence, where the "
        "conflict is shown, why it is to be sent all the same; or have the rule or the stated terms put "
        "right; or finish with the answers there are."
    ).format(names=names(broken), rules=", ".join(rules))
