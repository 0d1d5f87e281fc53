"""A finished run at today's prices: the same answers, the same tokens, other prices.

Only calls whose usage is known on both sides of the change are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from migration_app.candidates.exchange.queries import Rates, rates_of
from migration_app.candidates.prices import freeze, in_currency, thaw
from migration_app.candidates.queries import price_on, prices_at_hand
from migration_app.runs.models import Run, RunCandidate, RunState

from .models import Verdict
from .rejudging import rejudged
from .same_calls import totals

# What of a frozen price is words and days, not money.
_WORDS = {"source", "as_of", "origin", "exchange", "stated"}


@dataclass(frozen=True, slots=True)
class Repriced:
    """One option. then, now: cost per 1,000 requests in the run's currency; None is unknown.

    holds_then, holds_now: whether the must-have rule on cost held; None where there is no such
    rule or the cost is unknown. calls: those that were priced both times.
    """

    entry: RunCandidate
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    then: Decimal | None
    now: Decimal | None
    calls: int
    holds_then: bool | None
    holds_now: bool | None
    verdict_then: str = ""  # its kind; "" for the baseline
    verdict_now: str = ""

    @property
    def verdict_turned(self) -> bool:
        return self.verdict_then != self.verdict_now

    @property
    def changed(self) -> bool:
        return money_of(self.old) != money_of(self.new)

    @property
    def rule_turned(self) -> bool:
        return (
            self.holds_then is not None and self.holds_now is not None and self.holds_then != self.holds_now
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """A run at today's prices, the baseline first."""

    run: Run
    options: Sequence[Repriced]

    @property
    def baseline(self) -> Repriced:
        return self.options[0]

    @property
    def changed(self) -> bool:
        return any(option.changed for option in self.options)

    def saving(self, option: Repriced, *, now: bool) -> Decimal | None:
        """What 1,000 requests cost less than the baseline's; negative where they cost more."""
        before, after = (self.baseline.now, option.now) if now else (self.baseline.then, option.then)
        return None if before is None or after is None else before - after

    def saving_turned(self, option: Repriced) -> bool:
        """Whether what saved money would now cost more, or the other way round."""
        then, now = self.saving(option, now=False), self.saving(option, now=True)
        return then is not None and now is not None and (then > 0) != (now > 0)


def revise(run: Run, today: date) -> Revision:
    """The run's options at the prices that count today."""
    amounts, rates = _stored_costs(run), rates_of(run.team_id)
    entries = run.candidates.select_related("candidate__connection").order_by("position")
    options = [
        _repriced(run, entry, amounts.get(entry.pk), _today_s(run, entry, rates, today)) for entry in entries
    ]
    return Revision(run, _with_verdicts(run, options))


def _with_verdicts(run: Run, options: Sequence[Repriced]) -> list[Repriced]:
    """The stored verdicts, and what they would be where a rule on cost turns: only that can change one."""
    stored = dict(
        Verdict.objects.filter(comparison__run=run).values_list("run_candidate_id", "kind")
    )
    turned = {}
    if any(option.holds_then != option.holds_now for option in options):
        then, now = ({one.entry.pk: getattr(one, when) for one in options} for when in ("then", "now"))
        turned = rejudged(run, then, now)
    return [
        replace(
            one,
            verdict_then=stored.get(one.entry.pk, ""),
            verdict_now=turned.get(one.entry.pk, stored.get(one.entry.pk, "")),
        )
        for one in options
    ]


def changed_runs(team_id: Any, today: date, most: int = 20) -> list[tuple[Run, list[RunCandidate]]]:
    """The newest finished run of each assessment in which some option has another price today.

    Only the prices are looked at here, not the answers: cheap enough for a list.
    """
    runs = Run.objects.filter(team_id=team_id, state=RunState.FINISHED).select_related("assessment")
    newest: dict[Any, Run] = {}
    for run in runs.order_by("-started_at")[: most * 5]:
        newest.setdefault(run.assessment_id, run)
    found, rates = [], rates_of(team_id)
    listed = list(newest.values())[:most]
    entries = RunCandidate.objects.select_related("candidate__connection").order_by("position")
    quotes = prices_at_hand("candidates__candidate__")
    prefetch_related_objects(listed, Prefetch("candidates", entries), quotes)
    for run in listed:
        changed = [
            entry
            for entry in run.candidates.all()
            if money_of(entry.price) != money_of(_today_s(run, entry, rates, today))
        ]
        if changed:
            found.append((run, changed))
    return found


def money_of(frozen: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of a frozen price decides an amount; a part that is not there is unknown, like None."""
    return {
        name: value
        for name, value in (frozen or {}).items()
        if name not in _WORDS and value not in (None, [], ())
    }


def _today_s(run: Run, entry: RunCandidate, rates: Rates, today: date) -> dict[str, Any] | None:
    """Today's price in the run's currency, at today's rate."""
    return in_currency(freeze(price_on(entry.candidate, today)), run.currency, rates)


def _repriced(
    run: Run, entry: RunCandidate, stored: Decimal | None, new: dict[str, Any] | None
) -> Repriced:
    before, after = thaw(entry.price), thaw(new)
    old_total, new_total, calls = totals(entry, before, after)
    now = _now(stored, old_total, new_total, calls)
    if money_of(entry.price) == money_of(new):
        now = stored
    limit = _limit(run.assessment.rules.get("max_cost_per_1000"))
    return Repriced(
        entry=entry,
        old=entry.price,
        new=new,
        then=stored,
        now=now,
        calls=calls,
        holds_then=None if limit is None or stored is None else stored <= limit,
        holds_now=None if limit is None or now is None else now <= limit,
    )


def _now(stored: Decimal | None, old: Decimal | None, new: Decimal | None, calls: int) -> Decimal | None:
    """The stored cost moved as the compared calls moved; from the calls alone where it had none."""
    if new is None or not calls:
        return None
    if stored is None or not old:
        return new * 1000 / calls
    return stored * new / old


def _stored_costs(run: Run) -> dict[int, Decimal | None]:
    """Cost per 1,000 requests of each option, as the comparison has it."""
    comparison = getattr(run, "comparison", None)
    if comparison is None:
        return {}
    costs = {
        option["id"]: option["metrics"]["cost_per_1000"]["amount"] for option in comparison.data["options"]
    }
    return {pk: None if amount is None else Decimal(amount) for pk, amount in costs.items()}


def _limit(stored: Any) -> Decimal | None:
    try:
        return None if stored in (None, "") else Decimal(str(stored))
    except InvalidOperation:
        return None
