"""May this workload move? A test with a stated error rate, candidate by candidate.

    evidence                                                verdict
    ──────────────────────────────────────────────────────  ───────────────────────
    Holm-adjusted p ≤ α, enough samples                     switch
    else, some categories proven, but not all               switch with conditions
    else, inferiority shown, enough samples                 keep
    else                                                    not enough evidence

The order of work in `decide`:
 1. Compare every candidate on the whole workload and in each category (`findings`).
 2. A candidate's p is the largest over the whole and each critical category
    (intersection–union); Holm adjusts it across candidates.
 3. Every candidate × category claim gets a Holm adjustment of its own.
 4. Inferiority: the smallest mirrored p over the same scopes, times their number (Bonferroni).
 5. The table above; then must-have rules, which can only lower what it says.

Where scores come from a judge, people must have reviewed some answers before a *switch*; a judge that
is not steady makes not even a condition without them, and one that contradicts itself decides nothing.
Where a run is looked at before its end, every p-value is the *repeated* one (`looks`).

An incomplete run is never worse and never decided. Words are made elsewhere: a `Reason` is a
code with its figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .evidence import Evidence, gather
from .findings import Finding, Standing
from .judging import STEADY, JudgeEvidence
from .pairs import InvalidSamplesError, PairedSamples
from .plan import InvalidPlanError, Plan
from .reasons import Reason, ReasonCode, RuleResult
from .statistics import holm

__all__ = [
    "Finding",
    "InvalidPlanError",
    "InvalidSamplesError",
    "PairedSamples",
    "Plan",
    "Reason",
    "ReasonCode",
    "RuleResult",
    "Standing",
    "Verdict",
    "VerdictKind",
    "decide",
    "decide_on",
]


class VerdictKind(StrEnum):
    """The four answers."""

    SWITCH = "switch"
    SWITCH_WITH_CONDITIONS = "switch_with_conditions"
    KEEP = "keep"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


_MOVES = (VerdictKind.SWITCH, VerdictKind.SWITCH_WITH_CONDITIONS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one candidate and all it rests on.

    p_value: the intersection–union p, unadjusted. p_adjusted: Holm across candidates.
    p_inferior: the mirrored test, Bonferroni-adjusted. samples_needed: samples in all with
    which the question would be settled, if what was seen is the truth; more_samples_needed:
    how many of them are still to come. Both are `None` when it is settled or cannot be.
    settled: quality alone gives *switch* or *keep*, so that no further sample is needed.
    reviews_needed: answers that people have yet to review before a judge's *switch* counts.
    more_reviews_needed: how many more would settle what judge and people leave open, if what was seen is
    the truth; `None` where it is settled, no number would do, or too few are in to say.
    """

    kind: VerdictKind
    standing: Standing
    overall: Finding | None
    categories: tuple[Finding, ...]
    proven_categories: tuple[str, ...]
    p_value: float
    p_adjusted: float
    p_inferior: float
    reasons: tuple[Reason, ...]
    samples_needed: int | None
    more_samples_needed: int | None
    broken_rules: tuple[RuleResult, ...]
    unknown_rules: tuple[RuleResult, ...]
    unscored: int
    settled: bool = False
    reviews_needed: int | None = None
    more_reviews_needed: int | None = None


def decide(
    pairs: Mapping[str, PairedSamples],
    plan: Plan,
    rules: Mapping[str, Sequence[RuleResult]] | None = None,
) -> dict[str, Verdict]:
    """A verdict for each candidate of one assessment, by name.

    All candidates of the question belong in `pairs`: leaving one out after seeing results
    breaks the stated error rate. `rules` holds the must-have rules already checked.
    """
    return decide_on({name: gather(samples, plan) for name, samples in pairs.items()}, plan, rules)


def decide_on(
    evidence: Mapping[str, Evidence],
    plan: Plan,
    rules: Mapping[str, Sequence[RuleResult]] | None = None,
) -> dict[str, Verdict]:
    """`decide` from what was gathered of each candidate, by the same plan."""
    adjusted = holm({name: found.p_switch for name, found in evidence.items()})
    proven = _proven_categories(evidence, plan)
    return {
        name: _verdict(_Case(found, adjusted, name, proven[name], tuple((rules or {}).get(name, ()))))
        for name, found in evidence.items()
    }


@dataclass(frozen=True, slots=True)
class _Case:
    """One candidate's evidence beside what the other candidates make of it."""

    evidence: Evidence
    adjusted: Mapping[str, float]
    name: str
    proven: tuple[str, ...]
    rules: tuple[RuleResult, ...]

    @property
    def alpha(self) -> float:
        return self.evidence.plan.alpha

    @property
    def p_adjusted(self) -> float:
        return self.adjusted[self.name]

    @property
    def next_alpha(self) -> float:
        """What Holm asks of the next candidate to be proven: α over those still open."""
        return self.alpha / max(1, sum(p > self.alpha for p in self.adjusted.values()))


def _proven_categories(evidence: Mapping[str, Evidence], plan: Plan) -> dict[str, tuple[str, ...]]:
    claims = {(name, category): p for name, found in evidence.items() for category, p in found.claims.items()}
    held = [claim for claim, p in holm(claims).items() if p <= plan.alpha]
    return {name: tuple(sorted(category for owner, category in held if owner == name)) for name in evidence}


def _verdict(case: _Case) -> Verdict:
    evidence = case.evidence
    by_quality, reasons = _by_scores(case)
    alone = evidence.on_a_judge_alone(case.proven) if by_quality in _MOVES else []
    by_judge, doubts = _trust_in_judge(by_quality, evidence, alone)
    kind, lowered_by = _lower(by_judge, case.rules)
    settled = by_quality in (VerdictKind.SWITCH, VerdictKind.KEEP)
    is_open = evidence.complete and not settled
    needed = evidence.samples_needed(case.next_alpha) if is_open else None
    if evidence.unscored:
        unscored = {"unscored": evidence.unscored, "samples": evidence.samples}
        reasons.append(Reason(ReasonCode.UNSCORED, unscored))
    return Verdict(
        kind=kind,
        standing=evidence.overall.standing if evidence.overall else Standing.NOT_PROVEN,
        overall=evidence.overall,
        categories=tuple(evidence.categories.values()),
        proven_categories=case.proven,
        p_value=evidence.p_value,
        p_adjusted=case.p_adjusted,
        p_inferior=evidence.p_inferior,
        reasons=(*lowered_by, *doubts, *reasons),
        samples_needed=needed,
        more_samples_needed=None if needed is None else max(1, needed - evidence.samples),
        broken_rules=tuple(rule for rule in case.rules if rule.passed is False),
        unknown_rules=tuple(rule for rule in case.rules if rule.passed is None),
        unscored=evidence.unscored,
        settled=settled,
        reviews_needed=evidence.reviews_wanted(alone) if alone else None,
        more_reviews_needed=evidence.more_reviews_needed(case.next_alpha) if is_open else None,
    )


def _by_scores(case: _Case) -> tuple[VerdictKind, list[Reason]]:
    """The table, first row that fits."""
    evidence, everywhere = case.evidence, case.evidence.covers_all(case.proven)
    if case.p_adjusted <= case.alpha:
        figures = {"p_adjusted": case.p_adjusted, "alpha": case.alpha}
        reasons = [Reason(ReasonCode.NONINFERIOR, figures)]
        return VerdictKind.SWITCH, reasons + evidence.wide_intervals()
    if case.proven and not everywhere:
        reasons = [Reason(ReasonCode.CATEGORIES_PROVEN, {"categories": case.proven})]
        return VerdictKind.SWITCH_WITH_CONDITIONS, reasons + _why_not_proven(case)
    if evidence.worst is not None and evidence.p_inferior <= case.alpha:
        return VerdictKind.KEEP, [_inferior(evidence.worst, evidence.p_inferior)]
    reasons = _why_not_proven(case)
    if case.proven:
        reasons.append(Reason(ReasonCode.ALL_CATEGORIES_BUT_NOT_OVERALL, {"categories": case.proven}))
    return VerdictKind.NOT_ENOUGH_EVIDENCE, reasons


def _why_not_proven(case: _Case) -> list[Reason]:
    reasons = case.evidence.shortfalls() + case.evidence.unproven(case.alpha)
    if reasons:
        return reasons
    figures = {"p": case.evidence.p_value, "p_adjusted": case.p_adjusted, "candidates": len(case.adjusted)}
    return [Reason(ReasonCode.NOT_PROVEN_AMONG_MANY, figures)]


def _trust_in_judge(
    kind: VerdictKind, evidence: Evidence, alone: list[Finding]
) -> tuple[VerdictKind, list[Reason]]:
    """A judge `alone` makes no *switch*, and an unsteady one no condition either; one that agrees with
    itself no better than a coin makes nothing."""
    judge = evidence.judge
    if judge is None:
        return kind, []
    if judge.contradicts_itself:
        return VerdictKind.NOT_ENOUGH_EVIDENCE, [_on_consistency(ReasonCode.JUDGE_CONTRADICTS_ITSELF, judge)]
    if not alone:
        return kind, []
    figures = {"labels": judge.labels, "more": evidence.reviews_wanted(alone)}
    if judge.is_unsteady:
        return VerdictKind.NOT_ENOUGH_EVIDENCE, [_on_consistency(ReasonCode.JUDGE_UNSTEADY, judge, figures)]
    return VerdictKind.SWITCH_WITH_CONDITIONS, [Reason(ReasonCode.JUDGE_ALONE, figures)]


def _on_consistency(code: ReasonCode, judge: JudgeEvidence, more: Mapping[str, int] | None = None) -> Reason:
    known = judge.consistency
    figures = {
        "consistency": known.value if known else None,
        "low": known.interval.low if known else None,
        "n": known.n if known else 0,
        "steady": STEADY,
    }
    return Reason(code, {**figures, **(more or {})})


def _inferior(finding: Finding, p_adjusted: float) -> Reason:
    figures = {"scope": finding.scope, "difference": finding.difference, "margin": finding.margin}
    return Reason(ReasonCode.INFERIOR, {**figures, "p_adjusted": p_adjusted})


def _lower(kind: VerdictKind, rules: Sequence[RuleResult]) -> tuple[VerdictKind, list[Reason]]:
    """Rules only lower: a broken one turns any switch into *keep*; a figure that is unknown, into *not
    enough evidence*; a fact that nobody stated yet, into a condition: to find it out."""
    failing = [rule for rule in rules if rule.passed is not True]
    reasons = [rule.as_reason() for rule in failing]
    if kind not in _MOVES or not failing:
        return kind, reasons
    if any(rule.passed is False for rule in failing):
        return VerdictKind.KEEP, reasons
    if all(rule.stated for rule in failing):
        return VerdictKind.SWITCH_WITH_CONDITIONS, reasons
    return VerdictKind.NOT_ENOUGH_EVIDENCE, reasons
