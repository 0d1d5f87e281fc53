"""How often the verdict errs, and how often it decides: simulated assessments for the product's own `decide`.

Each scenario draws assessments whose truth is known and says how often something happened that
may happen at most so often (a false *switch*), or must happen at least so often. `tests` run 2,000
of each, `make bench-verdict` many more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from migration_app.evaluation.judging import JudgeEvidence
from migration_app.evaluation.looks import PLANNED, Looks
from migration_app.evaluation.splits import Choices, recommend
from migration_app.evaluation.verdicts import PairedSamples, Plan, VerdictKind, decide

SWITCH, KEEP, UNSURE = VerdictKind.SWITCH, VerdictKind.KEEP, VerdictKind.NOT_ENOUGH_EVIDENCE
Draw = Callable[[np.random.Generator], bool]  # one assessment: whether it happened


@dataclass(frozen=True, slots=True)
class Scenario:
    """`bar` is the largest share of assessments in which `draw` may happen, or the least (`at_least`)."""

    name: str
    draw: Draw
    bar: float = 0.05
    at_least: bool = False

    def share(self, assessments: int, seed: int = 1) -> float:
        rng = np.random.default_rng(seed)
        return sum(self.draw(rng) for _ in range(assessments)) / assessments


def paired(baseline: Any, candidate: Any, clusters: Any = None, categories: Any = None) -> PairedSamples:
    baseline, candidate = np.asarray(baseline, dtype=float), np.asarray(candidate, dtype=float)
    return PairedSamples(
        baseline,
        candidate,
        np.arange(baseline.size) if clusters is None else clusters,
        np.full(baseline.size, "") if categories is None else categories,
    )


def kind_of(pairs: PairedSamples, plan: Plan | None = None) -> VerdictKind:
    return decide({"it": pairs}, plan or Plan())["it"].kind


def right_or_wrong(
    rng: np.random.Generator, n: int, difference: float, discordance: float, categories: Any = None
) -> PairedSamples:
    """Pairs that differ with probability `discordance`, in the mean by `difference`."""
    draws, worse = rng.random(n), (discordance - difference) / 2
    candidate, baseline = draws >= worse, (draws < worse) | (draws >= discordance)
    return paired(baseline, candidate, categories=categories)


# ── at the margin: no switch ────────────────────────────────────────────────────────────


def several_at_the_margin(rng: np.random.Generator) -> bool:
    pairs = {str(k): right_or_wrong(rng, 200, -0.05, 0.2) for k in range(3)}
    return any(found.kind is SWITCH for found in decide(pairs, Plan()).values())


def rare_failures(n: int) -> Draw:
    return lambda rng: kind_of(right_or_wrong(rng, n, -0.05, 0.05)) is SWITCH


def rare_graded_failures(n: int, best: float = 0.9) -> Draw:
    """Failures that cost all of a score around `best`, so often that the mean sits on the margin."""

    def draw(rng: np.random.Generator) -> bool:
        baseline = np.clip(rng.uniform(best - 0.1, best + 0.1, n), 0, 1) if best < 1 else np.full(n, 0.999)
        failed = rng.random(n) < 0.05 / float(min(best, 0.999))
        return kind_of(paired(baseline, np.where(failed, 0.0, baseline))) is SWITCH

    return draw


def one_critical_category(rng: np.random.Generator) -> bool:
    plan = Plan(critical_categories=frozenset({"critical"}))
    critical, other = right_or_wrong(rng, 100, -0.10, 0.2), right_or_wrong(rng, 400, 0.05, 0.15)
    names = np.array(["critical"] * 100 + ["other"] * 400)
    scores = zip((critical.baseline, critical.candidate), (other.baseline, other.candidate), strict=True)
    both = [np.concatenate(each) for each in scores]
    return kind_of(paired(*both, categories=names), plan) is SWITCH


def any_false_condition(rng: np.random.Generator) -> bool:
    names = np.repeat(["a", "b", "c"], 60)
    pairs = {str(k): right_or_wrong(rng, 180, -0.10, 0.2, names) for k in range(2)}
    return any(found.proven_categories for found in decide(pairs, Plan()).values())


def failing_conversations(count: int, size: int) -> Draw:
    """Conversations that fail as a whole, 5% of them."""

    def draw(rng: np.random.Generator) -> bool:
        failed = np.repeat(rng.random(count) < 0.05, size)
        clusters = np.repeat(np.arange(count), size)
        return kind_of(paired(np.ones(count * size), ~failed, clusters)) is SWITCH

    return draw


def uneven_conversations(rng: np.random.Generator) -> bool:
    sizes = rng.geometric(0.2, 120)
    effect = np.repeat(rng.normal(-0.05, 0.15, 120), sizes)
    clusters = np.repeat(np.arange(120), sizes)
    return kind_of(paired(np.full(clusters.size, 0.6), np.clip(0.6 + effect, 0, 1), clusters)) is SWITCH


def kind_judge_with_people(labels: int = 100, n: int = 2_000) -> Draw:
    """A judge that raises a fifth of the losses to ties and one tie in ten to a win (together about
    +0.10), and people who reviewed a random part; the candidate sits on the margin."""

    def draw(rng: np.random.Generator) -> bool:
        draws = rng.random(n)
        truth = np.where(draws < 0.125, -1.0, np.where(draws < 0.2, 1.0, 0.0))
        said = np.clip(truth + (rng.random(n) < 0.11), -1.0, 1.0)
        human = np.full(n, np.nan)
        asked = rng.permutation(n)[:labels]
        human[asked] = truth[asked]
        judged = paired((1 - said) / 2, (1 + said) / 2)
        judged = replace(judged, judge=JudgeEvidence(labels=labels, wanted=labels), human=human)
        return kind_of(judged) is SWITCH

    return draw


def kind_judge_alone(rng: np.random.Generator) -> bool:
    return kind_judge_with_people(labels=0)(rng)


def falsely_kept_by_a_judge(rng: np.random.Generator) -> bool:
    """A candidate on the margin, a judge that sees one more answer in ten get lost, and 60 labels."""
    draws, n = rng.random(2_000), 2_000
    truth = np.where(draws < 0.125, -1.0, np.where(draws < 0.2, 1.0, 0.0))
    said, human = np.clip(truth - (rng.random(n) < 0.11), -1.0, 1.0), np.full(n, np.nan)
    asked = rng.permutation(n)[:60]
    human[asked] = truth[asked]
    judged = replace(paired((1 - said) / 2, (1 + said) / 2), judge=JudgeEvidence(labels=60), human=human)
    return kind_of(judged) is KEEP


def rare_failures_reviewed(labels: int, seen: float, n: int = 1_000) -> Draw:
    """A candidate that loses one answer in twenty; the judge sees a share of the losses, people see all."""

    def draw(rng: np.random.Generator) -> bool:
        truth = -(rng.random(n) < 0.05).astype(float)
        said, human = truth * (rng.random(n) < seen), np.full(n, np.nan)
        asked = rng.permutation(n)[:labels]
        human[asked] = truth[asked]
        judged = replace(paired(np.ones(n), 1 + said), judge=JudgeEvidence(labels=labels), human=human)
        return kind_of(judged) is SWITCH

    return draw


def unscored_failures(rng: np.random.Generator) -> bool:
    """A candidate on the margin, and a scorer that gives no number on most of what it gets wrong."""
    pairs = right_or_wrong(rng, 400, -0.05, 0.09)
    lost = (pairs.candidate < pairs.baseline) & (rng.random(400) < 0.8)
    return kind_of(replace(pairs, candidate=np.where(lost, np.nan, pairs.candidate))) is SWITCH


def hardly_ever_right(n: int, overlap: bool) -> Draw:
    """Of the 6% that today's model gets right, the candidate gets half, or another 3%."""

    def draw(rng: np.random.Generator) -> bool:
        draws = rng.random(n)
        candidate = draws < 0.03 if overlap else draws > 0.97
        return kind_of(paired(draws < 0.06, candidate)) is SWITCH

    return draw


def split_at_the_margin(rng: np.random.Generator) -> bool:
    """Three candidates on the margin in each of three categories, another one cheapest in each: whichever
    is chosen was lucky in the first half."""
    n = 900
    names = np.repeat(np.array(["a", "b", "c"], dtype=object), n // 3)
    scores = {str(k): (rng.random(n) >= 0.05).astype(float) for k in range(3)}
    costs = {name: 1.0 + (np.arange(n) // (n // 3) + int(name)) % 3 for name in scores}
    choices = Choices(np.ones(n), np.full(n, 9.0), scores, costs, names, np.arange(n))
    seed = int(rng.integers(1_000_000))
    found = recommend(choices, Plan(), allowed=list(scores), volumes={"": 1.0}, seed=seed)
    # One that leaves a category on today's model loses less than the margin: to pass it is right.
    return found is not None and found.proven and None not in found.assignment.values()


def four_looks(difference: float, discordance: float, n: int = 400) -> Draw:
    """A switch at any of the looks at 25, 50, 75 and 100%."""

    def draw(rng: np.random.Generator) -> bool:
        whole = right_or_wrong(rng, n, difference, discordance)
        for number in range(1, 5):
            seen = int(PLANNED[number - 1] * n)
            part = paired(whole.baseline[:seen], whole.candidate[:seen])
            if kind_of(part, Plan(looks=Looks(PLANNED[:number]))) is SWITCH:
                return True
        return False

    return draw


def peeking(rng: np.random.Generator) -> bool:
    """What looks without spending would do: not the product, a peer to compare with."""
    whole = right_or_wrong(rng, 400, -0.05, 0.2)
    parts = [paired(whole.baseline[:seen], whole.candidate[:seen]) for seen in range(40, 401, 20)]
    return any(kind_of(part) is SWITCH for part in parts)


# ── where it must decide ────────────────────────────────────────────────────────────────


def equal(n: int, discordance: float) -> Draw:
    return lambda rng: kind_of(right_or_wrong(rng, n, 0.0, discordance)) is SWITCH


def equal_graded(rng: np.random.Generator) -> bool:
    shared = np.repeat(rng.normal(0, 0.1, 200), 5)
    baseline = rng.uniform(0.4, 0.6, 1000)
    candidate = np.clip(baseline + shared + rng.normal(0, 0.1, 1000), 0, 1)
    return kind_of(paired(baseline, candidate, np.repeat(np.arange(200), 5))) is SWITCH


def clearly_worse(rng: np.random.Generator) -> bool:
    return kind_of(right_or_wrong(rng, 400, -0.15, 0.35)) is KEEP


def falsely_kept(rng: np.random.Generator) -> bool:
    return kind_of(right_or_wrong(rng, 200, -0.05, 0.2)) is KEEP


def too_few(difference: float) -> Draw:
    return lambda rng: kind_of(right_or_wrong(rng, 24, difference, 0.6)) is UNSURE


def failures_of_today(rng: np.random.Generator) -> bool:
    """Asked three times, a fifth of today's requests fail; of the others the candidate is at the margin."""
    today, other = rng.random((400, 3)) < 0.9, rng.random((400, 3)) < 0.85
    down = rng.random((400, 3)) < 0.2
    silent = down.all(axis=1)
    answered = (today & ~down).sum(axis=1) / np.maximum(1, (~down).sum(axis=1))
    pairs = replace(
        paired((today & ~down).mean(axis=1), other.mean(axis=1)),
        silent=silent,
        answered=np.where(silent, np.nan, answered),
    )
    return kind_of(pairs) is SWITCH


def unscored_repetitions(rng: np.random.Generator) -> bool:
    """Asked twice, 5% of answers are wrong, and most of these cannot be scored."""
    wrong = rng.random((400, 2)) < 0.05
    hidden = wrong & (rng.random((400, 2)) < 0.7)
    right, lost = (~wrong).sum(axis=1), hidden.all(axis=1)
    seen = right / np.maximum(1, (~hidden).sum(axis=1))
    candidate, lowest = (np.where(lost, np.nan, each) for each in (seen, right / 2))
    return kind_of(replace(paired(np.ones(400), candidate), lowest=lowest)) is SWITCH


def half_a_point(rng: np.random.Generator) -> bool:
    """Graded failures at a margin so small that five thousand samples hold few of them."""
    baseline = np.full(5_001, 0.999)
    failed = rng.random(5_001) < 0.005
    return kind_of(paired(baseline, np.where(failed, 0.0, baseline)), Plan(margin=0.005)) is SWITCH


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("false switch, three candidates at the margin, n = 200", several_at_the_margin),
    *(Scenario(f"false switch, rare failures, n = {n}", rare_failures(n)) for n in (30, 60, 100, 150, 400)),
    *(
        Scenario(f"false switch, rare graded failures, n = {n}", rare_graded_failures(n))
        for n in (30, 100, 200)
    ),
    *(
        Scenario(f"false switch, graded failures from full marks, n = {n}", rare_graded_failures(n, 1.0))
        for n in (53, 88)
    ),
    Scenario("false switch, one critical category at its margin", one_critical_category),
    Scenario("any false condition, 2 candidates × 3 categories", any_false_condition),
    *(
        Scenario(f"false switch, {count} × {size} conversations fail", failing_conversations(count, size))
        for count, size in ((10, 10), (60, 5), (100, 10))
    ),
    Scenario("false switch, conversations of uneven length", uneven_conversations),
    Scenario("false switch, kind judge (+0.10) and 100 labels", kind_judge_with_people()),
    Scenario("switch by a kind judge alone", kind_judge_alone, bar=0.0),
    *(
        Scenario(
            f"false switch, rare failures, {labels} labels, a judge that sees {seen:.0%}",
            rare_failures_reviewed(labels, seen),
        )
        for labels, seen in ((53, 0.0), (60, 0.8), (100, 0.8))
    ),
    Scenario("false keep, harsh judge (−0.10) and 60 labels", falsely_kept_by_a_judge),
    Scenario("false switch, most losses unscored", unscored_failures),
    Scenario("false switch, most losses unscored, asked twice", unscored_repetitions),
    Scenario("false switch, today's model fails, asked three times", failures_of_today),
    Scenario("false switch, half a point, n = 5,001", half_a_point),
    *(
        Scenario(f"false switch, {which} half of 6% kept, n = {n}", hardly_ever_right(n, overlap))
        for n, which, overlap in ((400, "the same", True), (2_000, "another", False))
    ),
    Scenario("false split, every option at the margin", split_at_the_margin),
    Scenario("false switch, four looks, n = 400", four_looks(-0.05, 0.2)),
    Scenario("false switch, four looks, rare failures", four_looks(-0.05, 0.05)),
    Scenario("false keep, candidate at the margin, n = 200", falsely_kept),
    Scenario("switch at equal quality, n = 1,000, 5% differ", equal(1000, 0.05), 0.8, True),
    Scenario("switch at equal quality, n = 1,000, 30% differ", equal(1000, 0.3), 0.8, True),
    Scenario("switch at equal graded quality, 200 × 5", equal_graded, 0.8, True),
    Scenario("switch at equal quality, four looks, n = 1,000", four_looks(0.0, 0.3, 1000), 0.8, True),
    Scenario("keep at −0.15, n = 400", clearly_worse, 0.95, True),
    Scenario("not enough evidence at n = 24, worse", too_few(-0.5), 1.0, True),
    Scenario("not enough evidence at n = 24, better", too_few(0.5), 1.0, True),
)
