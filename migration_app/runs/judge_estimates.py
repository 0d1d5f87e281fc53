"""What judging will take, said before the start: calls and money for each judge, with a range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from migration_app.candidates.exchange.queries import Rates, rates_of
from migration_app.candidates.models import Candidate
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.pricing import cost_of_call
from migration_app.evaluation.scorers.judged import PairwiseJudge, RubricJudge

from .judge_favour import favour_of, favour_said
from .judges import judges_of
from .models import Assessment
from .plans import Plan, plan_of
from .priced import partly_unknown, price_today, untimed
from .token_guess import BLIND_OUTPUT

# English prose runs at about four characters a token, code and other languages at fewer.
_CHARACTERS_PER_TOKEN, _INPUT_SPREAD = 4, (0.8, 1.5)
_QUESTION_TOKENS = 400  # the examiner's instructions, a rubric of a few lines, the form of the reply
_REPLY_TOKENS = (40, 300)  # a reason of a sentence or two; judges that think aloud write more


@dataclass(frozen=True, slots=True)
class JudgeEstimate:
    """One judge's share. `low`, `high`: money in the assessment's currency; None is unknown."""

    judge: Candidate
    calls: int
    low: Decimal | None
    high: Decimal | None
    why_unknown: str
    warning: str  # a sentence where the judge may favour somebody
    exchange: Mapping[str, Any] | None = None  # the rate that its price was converted at


def estimate_judging(assessment: Assessment) -> list[JudgeEstimate]:
    """Each judge's calls and cost; none where no part of the scoring is a judge's."""
    plan = plan_of(assessment)
    graded, compared = _judged_samples(assessment, plan)
    others = len(plan.candidates) - 1
    # Grading reads one answer, comparing two, in both orders.
    calls = (graded * (others + 1) + 2 * compared * others) * plan.repetitions
    read = (graded * (others + 1) + 4 * compared * others) * plan.repetitions
    if not calls:
        return []
    rates = rates_of(assessment.team_id)
    return [_part(judge, plan, rates, calls, read / calls) for judge in judges_of(assessment)]


def _judged_samples(assessment: Assessment, plan: Plan) -> tuple[int, int]:
    """Samples that are graded, and samples that are compared, as many as the plan draws."""
    counts = assessment.workload.profile.get("categories") or {"": assessment.workload.sample_count}
    default = assessment.scoring.get("default") or {}
    by_category = assessment.scoring.get("by_category") or {}
    share = plan.samples / (assessment.workload.sample_count or 1)
    found = {RubricJudge.name: 0, PairwiseJudge.name: 0}
    for category, count in counts.items():
        name = (by_category.get(category) or default).get("name")
        if name in found:
            found[name] += round(count * share)
    return found[RubricJudge.name], found[PairwiseJudge.name]


def _part(judge: Candidate, plan: Plan, rates: Rates, calls: int, answers: float) -> JudgeEstimate:
    priced = price_today(judge, plan.currency, rates)
    price, why = priced.price, untimed() if priced.is_by_time else priced.why_unknown
    costs = (
        [None, None]
        if why or price is None
        else [cost_of_call(price, one, None) for one in _usages(plan, answers)]
    )
    low, high = (None if cost is None else cost * calls for cost in costs)
    if not why and (low is None or high is None):
        why = partly_unknown()
    warning = favour_said(favour_of(judge, plan.candidates))
    return JudgeEstimate(judge, calls, low, high, why, warning, priced.exchange)


def _usages(plan: Plan, answers: float) -> tuple[Usage, Usage]:
    asked = (plan.workload.profile.get("mean_input_characters") or 0) / _CHARACTERS_PER_TOKEN
    longest = min(BLIND_OUTPUT[1], plan.max_output_tokens or BLIND_OUTPUT[1])
    low = _QUESTION_TOKENS + _INPUT_SPREAD[0] * asked + answers * min(BLIND_OUTPUT[0], longest)
    high = _QUESTION_TOKENS + _INPUT_SPREAD[1] * asked + answers * longest
    return (
        Usage(input_tokens=round(low), output_tokens=_REPLY_TOKENS[0], estimated=True),
        Usage(input_tokens=round(high), output_tokens=_REPLY_TOKENS[1], estimated=True),
    )
