"""Which model for which category: the best split of the traffic, judged on samples it did not see.

The order of work:
 1. Clusters are dealt into two halves, by a seed.
 2. On the first half each category goes to the cheapest option that holds quality there, by the
    verdict's own test within the category's margin; else it stays with the baseline.
 3. On the second half the split is judged as one candidate: the same test, the same margin, the
    same critical categories. What was chosen cannot flatter itself: it is judged by others. Where
    a judge scores, people's labels set it right there as they do for a candidate, or nothing is proven.

Source of the idea: sample splitting (Cox 1975, Biometrika 62:441–444). The split is one claim of
its own, at α, beside the claims about single candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .clustered import codes_of, rows_by_label
from .evidence import gather
from .findings import Finding, compare
from .intervals import Floats
from .judging import JudgeEvidence
from .labels import CodedLabels
from .pairs import PairedSamples, scopes_of
from .plan import Plan
from .savings import Saving, saving

Rows = NDArray[np.bool_] | NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """All options on the same samples. `scores` and `costs` are by option; the baseline is not in them.

    baseline, baseline_costs and each column: one entry per sample, NaN unknown. judges: by option,
    of those that a judge scored. human: by option, what people said of its difference from the baseline,
    NaN where nobody was asked; without enough of it a judge proves no split. silent, answered, and by option
    lowest: as in PairedSamples.
    """

    baseline: Floats
    baseline_costs: Floats
    scores: Mapping[str, Floats]
    costs: Mapping[str, Floats]
    categories: NDArray[np.object_] | CodedLabels
    clusters: NDArray[np.integer[Any]]
    judges: Mapping[str, JudgeEvidence] = field(default_factory=dict)
    human: Mapping[str, Floats] = field(default_factory=dict)
    silent: NDArray[np.bool_] | None = None
    answered: Floats | None = None
    lowest: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """An assignment of categories to options and what the second half says of it.

    assignment: category → option, `None` is the baseline. proven: the split holds quality at α.
    saving: over `volumes`, on the judging half; `None` where a cost is unknown.
    """

    assignment: Mapping[str, str | None]
    finding: Finding
    p_value: float
    proven: bool
    saving: Saving | None
    chosen_on: int
    judged_on: int


def recommend(
    choices: Choices, plan: Plan, *, allowed: Sequence[str], volumes: Mapping[str, float], seed: int
) -> Split | None:
    """The best split, or `None` where there is none: no categories, or one option is best for all.

    `allowed`: the options that break no must-have rule. `volumes`: as `savings.saving` takes them.
    """
    parts = {name: rows for name, rows in rows_by_label(choices.categories).items() if name}
    if len(parts) < 2 or not allowed:
        return None
    first = dealt(choices.clusters, seed)
    assignment = {name: _cheapest(choices, rows[first[rows]], plan, allowed) for name, rows in parts.items()}
    if len(set(assignment.values())) < 2:
        return None
    return _judged(choices, ~first, assignment, parts, plan, volumes)


def dealt(clusters: NDArray[np.integer[Any]], seed: int) -> NDArray[np.bool_]:
    """Which samples are in the first half: whole clusters, half of them, by the seed."""
    codes = codes_of(clusters)
    count = int(codes.max(initial=-1)) + 1
    first = np.zeros(count, dtype=bool)
    first[np.random.default_rng(seed).permutation(count)[: count // 2]] = True
    return first[codes]


def _cheapest(choices: Choices, rows: Rows, plan: Plan, allowed: Sequence[str]) -> str | None:
    best, least = None, _mean(choices.baseline_costs[rows])
    for name in allowed:
        cost = _mean(choices.costs[name][rows])
        if least is None or cost is None or cost >= least:
            continue
        if _holds(choices, rows, name, plan):
            best, least = name, cost
    return best


def _holds(choices: Choices, rows: Rows, name: str, plan: Plan) -> bool:
    whole = next(scopes_of(_pairs(choices, rows, choices.scores[name], choices.lowest.get(name))))
    found = compare(replace(whole, name="part"), plan.category_margin)
    return found is not None and found.p_noninferior <= plan.alpha


def _judged(
    choices: Choices,
    half: NDArray[np.bool_],
    assignment: Mapping[str, str | None],
    parts: Mapping[str, Rows],
    plan: Plan,
    volumes: Mapping[str, float],
) -> Split | None:
    scores, costs = choices.baseline.copy(), choices.baseline_costs.copy()
    lowest = scores.copy() if choices.lowest else None
    for category, name in assignment.items():
        if name is not None:
            rows = parts[category]
            scores[rows], costs[rows] = choices.scores[name][rows], choices.costs[name][rows]
            if lowest is not None:
                lowest[rows] = choices.lowest.get(name, choices.scores[name])[rows]
    judge, human = _least_steady(choices.judges, assignment), _people(choices, assignment, parts)
    pairs = _pairs(choices, half, scores, lowest)
    evidence = gather(replace(pairs, judge=judge, human=None if human is None else human[half]), plan)
    if evidence.overall is None:
        return None
    p_value = evidence.p_switch
    spent = (choices.baseline_costs[half], costs[half], pairs.categories, pairs.clusters)
    return Split(
        assignment=dict(assignment),
        finding=evidence.overall,
        p_value=p_value,
        proven=p_value <= plan.alpha and not evidence.on_a_judge_alone() and not _contradicts(judge),
        saving=saving(*spent, volumes),
        chosen_on=int(np.count_nonzero(~half)),
        judged_on=int(np.count_nonzero(half)),
    )


def _least_steady(
    judges: Mapping[str, JudgeEvidence], assignment: Mapping[str, str | None]
) -> JudgeEvidence | None:
    """Of the judges behind the options that are assigned, one that contradicts itself where any does."""
    behind = [judges[name] for name in assignment.values() if name is not None and name in judges]
    return max(behind, key=_contradicts, default=None)


def _contradicts(judge: JudgeEvidence | None) -> bool:
    return judge is not None and judge.contradicts_itself


def _people(
    choices: Choices, assignment: Mapping[str, str | None], parts: Mapping[str, Rows]
) -> Floats | None:
    """People's word on the split, by sample. `None` where an option of it has none.

    What stays on the baseline does not differ from it. It counts where the first option was reviewed,
    as often as what moves, so that the labelled samples stay a random part of all.
    """
    moved = [name for name in assignment.values() if name is not None]
    if not moved or any(name not in choices.human for name in moved):
        return None
    said = np.where(np.isnan(choices.human[moved[0]]), np.nan, 0.0)
    for category, name in assignment.items():
        if name is not None:
            said[parts[category]] = choices.human[name][parts[category]]
    return said


def _pairs(choices: Choices, rows: Rows, scores: Floats, lowest: Floats | None) -> PairedSamples:
    return PairedSamples(
        choices.baseline[rows],
        scores[rows],
        choices.clusters[rows],
        choices.categories[rows],
        silent=None if choices.silent is None else choices.silent[rows],
        answered=None if choices.answered is None else choices.answered[rows],
        lowest=None if lowest is None else lowest[rows],
    )


def _mean(costs: Floats) -> float | None:
    known = costs[~np.isnan(costs)]
    return float(known.mean()) if known.size else None
