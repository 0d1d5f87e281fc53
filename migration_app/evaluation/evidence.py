"""What one candidate's samples prove, before candidates are set beside each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .exact import clean_samples_needed
from .findings import Finding, compare
from .judging import JudgeEvidence
from .pairs import PairedSamples, scopes_of
from .plan import Plan
from .reasons import Reason, ReasonCode
from .sizing import pseudo_sample_samples_needed, tango_samples_needed


@dataclass(frozen=True, slots=True)
class Evidence:
    """Findings on the whole workload and on each category, and what may be claimed from them.

    `samples` and `category_samples` count scored and unscored ones: which claims are made is
    settled by the plan and the workload, never by the results.
    """

    plan: Plan
    samples: int
    unscored: int
    complete: bool
    overall: Finding | None
    categories: dict[str, Finding]
    category_samples: dict[str, int]
    judge: JudgeEvidence | None = None

    @property
    def decidable(self) -> bool:
        """Whether anything may be decided: the run is complete and has its minimum of samples."""
        return self.complete and not self._is_short(None)

    @property
    def p_value(self) -> float:
        """Intersection–union: the largest p over the whole and each critical category (Berger 1982),
        as it counts at this look."""
        largest = max(1.0 if found is None else found.p_noninferior for found in self._tested.values())
        return self.plan.at_this_look(largest)

    @property
    def p_switch(self) -> float:
        """`p_value` where every tested scope has enough samples, else 1: it stays in the family of
        claims and is never accepted."""
        enough = self.complete and not any(self._is_short(scope) for scope in self._tested)
        return self.p_value if enough else 1.0

    @property
    def claims(self) -> dict[str, float]:
        """p of "this category holds", for each category the workload has enough samples of."""
        wanted = self.plan.minimum_category_samples
        counts = self.decidable
        return {
            name: self.plan.at_this_look(self.categories[name].p_noninferior)
            if counts and not self._is_short(name)
            else 1.0
            for name, samples in self.category_samples.items()
            if samples >= wanted
        }

    @property
    def worst(self) -> Finding | None:
        """The tested scope with the strongest evidence of being too low."""
        found = [f for scope, f in self._tested.items() if f is not None and not self._is_short(scope)]
        return min(found, key=lambda finding: finding.p_inferior, default=None)

    @property
    def p_inferior(self) -> float:
        """Bonferroni over the tested scopes: the smallest mirrored p times their number."""
        if self.worst is None or not self.decidable:
            return 1.0
        return min(1.0, self.plan.at_this_look(self.worst.p_inferior) * len(self._tested))

    def on_a_judge_alone(self, categories: tuple[str, ...] = ()) -> list[Finding]:
        """Of the tested scopes and of these categories, what a judge scored that no labels set right."""
        scopes = self._tested | {name: self.categories[name] for name in categories}
        return [
            f
            for f in scopes.values()
            if f and self.judge and self.judge.marks(f.scope) and not f.is_set_right
        ]

    def reviews_wanted(self, alone: list[Finding]) -> int:
        """How many more answers people should review, drawn from all: at least one, and enough to set each
        of these scopes right."""
        if self.judge is None or self.overall is None:
            return 0
        lacking = ((f, f.fewest_labels - (f.labels or 0)) for f in alone)
        needed = [math.ceil(more * self.overall.n / f.n - 1e-9) for f, more in lacking]
        return max(1, self.judge.wanted - self.judge.labels, *needed)

    def covers_all(self, categories: tuple[str, ...]) -> bool:
        """Whether these categories are the whole workload, so that naming them is no condition."""
        return sum(self.category_samples[name] for name in categories) == self.samples

    def shortfalls(self) -> list[Reason]:
        """Why nothing may be decided, or no switch: unfinished, unscored, too few samples."""
        if self.overall is None:
            return [Reason(ReasonCode.NO_SAMPLES, {"samples": self.samples})]
        reasons = [] if self.complete else [Reason(ReasonCode.INCOMPLETE, {"n": self.overall.n})]
        reasons += [
            Reason(ReasonCode.NO_MARKS, {"scope": found.scope, "n": found.n})
            for found in self._tested.values()
            if found is not None and self._failed_alike(found)
        ]
        short = [scope for scope in self._tested if self._is_short(scope)]
        return reasons + [Reason(ReasonCode.TOO_FEW_SAMPLES, self._counts(scope)) for scope in short]

    def unproven(self, alpha: float) -> list[Reason]:
        """The tested scopes that did not hold, with their figures."""
        found = [f for f in self._tested.values() if f is not None and not self._failed_alike(f)]
        return [self._unproven(f, alpha) for f in found if self.plan.at_this_look(f.p_noninferior) > alpha]

    def _unproven(self, found: Finding, alpha: float) -> Reason:
        """Why one scope did not hold: what was seen, too little to lose, what could not be scored, or what
        today's model never answered."""
        figures = {"scope": found.scope, "margin": found.margin, "p": found.p_noninferior}
        at_this_look = self.plan.at_this_look
        if at_this_look(found.p_margin) > alpha:
            return Reason(ReasonCode.NOT_PROVEN, {**figures, "difference": found.difference})
        if at_this_look(found.p_half) > alpha:
            return Reason(ReasonCode.LOW_TODAY, {**figures, "today": found.today})
        if at_this_look(found.p_worst) > alpha:
            return Reason(ReasonCode.HIDDEN_ANSWERS, {**figures, "hidden": found.hidden})
        return Reason(ReasonCode.BASELINE_FAILED, {**figures, "silent": found.silent, "n": found.n})

    def _failed_alike(self, found: Finding) -> bool:
        return not found.has_marks and found.difference > -found.margin

    def wide_intervals(self) -> list[Reason]:
        """Tested scopes whose two-sided 95% interval spans a margin that the one-sided test rejects."""
        return [
            Reason(ReasonCode.WIDE_INTERVAL, {"scope": f.scope, "low": f.interval.low, "margin": f.margin})
            for f in self._tested.values()
            if f is not None and (f.interval.low is None or f.interval.low <= -f.margin)
        ]

    def samples_needed(self, alpha: float) -> int | None:
        """Samples in all, in the workload's own mix, that would settle the question at `alpha`.

        All tested scopes must hold for a switch; one that is too low is enough to keep. `None`
        when no number would do, or a critical category has no sample to judge by.
        """
        low = [f for f in self._tested.values() if f is not None and f.difference < -f.margin]
        if low:
            share = self.plan.alpha / len(self._tested)
            known = [total for f in low if (total := self._total(f, share)) is not None]
            return min(known, default=None)
        totals = [None if f is None else self._total(f, alpha) for f in self._tested.values()]
        known = [total for total in totals if total is not None]
        return max(known) if known and len(known) == len(totals) else None

    def more_reviews_needed(self, alpha: float) -> int | None:
        """Answers that people have yet to review until the question is settled at `alpha`, drawn at random
        as those before. `None` where none would do, or where too few are in to say."""
        found = [f for f in self._tested.values() if f is not None and f.spread is not None]
        if self.overall is None or not self.overall.labels or len(found) < len(self._tested):
            return None
        low = [f for f in found if f.difference < -f.margin]
        share = self.plan.alpha / len(self._tested) if low else alpha
        totals = [self._labels_in_all(f, share) for f in low or found]
        known = [total for total in totals if total is not None]
        if not known or (not low and len(known) < len(totals)):
            return None
        return max(1, (min(known) if low else max(known)) - self.overall.labels)

    def _labels_in_all(self, finding: Finding, alpha: float) -> int | None:
        """Of the whole workload, where those of a category come along in the share they have today."""
        enough = finding.spread.labels_needed(finding.margin, alpha=alpha) if finding.spread else None
        if enough is None or not finding.labels or self.overall is None or not self.overall.labels:
            return None
        if finding.p_margin <= alpha < finding.p_noninferior:
            return None
        if finding.difference > -finding.margin and finding.spread:
            lost = finding.margin + max(0.0, finding.difference)
            enough = max(enough, math.ceil(clean_samples_needed(lost, alpha) * finding.spread.cluster))
        return math.ceil(enough * self.overall.labels / finding.labels - 1e-9)

    @property
    def _tested(self) -> dict[str | None, Finding | None]:
        critical = sorted(self.plan.critical_categories)
        return {None: self.overall, **{name: self.categories.get(name) for name in critical}}

    def _counts(self, scope: str | None) -> dict[str, str | int | None]:
        finding = self._tested[scope] if scope in self._tested else self.categories.get(str(scope))
        return {"scope": scope, "n": finding.n if finding else 0, "minimum": self._minimum(scope)}

    def _minimum(self, scope: str | None) -> int:
        return self.plan.minimum_samples if scope is None else self.plan.minimum_category_samples

    def _is_short(self, scope: str | None) -> bool:
        finding = self.overall if scope is None else self.categories.get(scope)
        return finding is None or finding.n < self._minimum(scope)

    def _total(self, finding: Finding, alpha: float) -> int | None:
        enough = _effective_samples_needed(finding, alpha)
        if enough is None or finding.p_margin <= alpha < finding.p_noninferior:
            return None  # it is not for want of samples
        in_scope = max(enough * finding.n / finding.effective_n, self._minimum(finding.scope))
        present = self.samples if finding.scope is None else self.category_samples[finding.scope]
        # Unscored samples and other categories come along in the share they have today.
        return math.ceil(in_scope * (present / finding.n) * (self.samples / present) - 1e-9)


def gather(pairs: PairedSamples, plan: Plan) -> Evidence:
    """Compare one candidate with the baseline on the whole workload and in every category."""
    whole, *parts = scopes_of(pairs)
    compared = {part.name: compare(part, plan.category_margin) for part in parts if part.name is not None}
    return Evidence(
        plan=plan,
        samples=whole.samples,
        unscored=pairs.unscored,
        complete=pairs.complete,
        overall=compare(whole, plan.margin),
        categories={name: finding for name, finding in compared.items() if finding is not None},
        category_samples={part.name: part.samples for part in parts if part.name is not None},
        judge=pairs.judge,
    )


def _effective_samples_needed(finding: Finding, alpha: float) -> int | None:
    if finding.method == "tango":
        return tango_samples_needed(finding.better, finding.worse, finding.n, finding.margin, alpha=alpha)
    enough = pseudo_sample_samples_needed(
        finding.difference, finding.margin, variance=finding.variance, alpha=alpha
    )
    holds = finding.difference > -finding.margin
    return max(enough, clean_samples_needed(finding.margin, alpha)) if enough and holds else enough
