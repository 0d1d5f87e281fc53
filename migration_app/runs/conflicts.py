"""What stands against the rules on data and licences, told before anything is sent.

Two sets of rules count: the assessment's own, and the team's policy, which an assessment may be
more generous than, but not in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from migration_app.accounts.models import User
from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.queries import facts_of, policy_rules
from migration_app.evaluation.reasons import RuleResult
from migration_app.evaluation.stated_rules import check_stated

from .judges import judges_of, needs_judge
from .models import Assessment, Run

# Today's model and a judge see the data; neither is what the team would take on.
_OF_DATA = ("places", "max_retention_days", "no_training")
# What somebody writes who sends requests against a rule: a sentence, and not a page.
LEAST_REASON, MOST_REASON = 10, 300


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that one model does not keep, or of which it is unknown whether it does.

    by_policy: the rule is the team's alone; the assessment allows more.
    """

    candidate: Candidate
    result: RuleResult
    judges: bool = False
    by_policy: bool = False

    @property
    def is_broken(self) -> bool:
        return self.result.passed is False

    def plain(self) -> dict[str, Any]:
        """What is kept of it where somebody accepts it; the same conflict always reads the same."""
        return {
            "candidate": str(self.candidate.pk),
            "label": self.candidate.label,
            "rule": self.result.rule,
            "limit": self.result.params["limit"],
            "measured": self.result.params["measured"],
            "by_policy": self.by_policy,
        }


def conflicts_of(assessment: Assessment) -> list[Conflict]:
    """Of every model that would get the requests: today's, the candidates, the judges."""
    chosen = assessment.candidates.select_related("connection").order_by("label")
    return conflicts_asking([assessment.baseline, *chosen], assessment)


def conflicts_asking(candidates: Sequence[Candidate], assessment: Assessment) -> list[Conflict]:
    """Of those models that get requests of the assessment now, and of the judges who read their answers.

    A model that would join is one of them.
    """
    today = [one for one in candidates if one.pk == assessment.baseline_id]
    others = [one for one in candidates if one.pk != assessment.baseline_id]
    rules, policy = assessment.rules, policy_rules(assessment.team_id)
    found = conflicts_among(today, _on_data(rules), _on_data(policy))
    found += conflicts_among(others, rules, policy)
    if needs_judge(assessment):
        found += conflicts_among(judges_of(assessment), _on_data(rules), _on_data(policy), judges=True)
    return found


def conflicts_among(
    candidates: Sequence[Candidate],
    rules: Mapping[str, Any],
    policy: Mapping[str, Any],
    *,
    judges: bool = False,
) -> list[Conflict]:
    """A rule of the assessment that is not kept is told once, also where the policy has it too."""
    found = []
    for candidate in candidates:
        facts = facts_of(candidate)
        own = {result.rule: result for result in check_stated(rules, facts) if result.passed is not True}
        found += [Conflict(candidate, result, judges) for result in own.values()]
        found += [
            Conflict(candidate, result, judges, by_policy=True)
            for result in check_stated(policy, facts)
            if result.passed is not True and result.rule not in own
        ]
    return found


def _on_data(rules: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rules[name] for name in _OF_DATA if name in rules}


# ── sending all the same ─────────────────────────────────────────────────────


def to_accept(conflicts: Sequence[Conflict], assessment: Assessment) -> list[Conflict]:
    """Those broken that nobody accepted for an earlier run of the assessment."""
    earlier = assessment.runs.filter(parent=None).values_list("accepted", flat=True)
    known = [conflict for records in earlier for record in records for conflict in record["conflicts"]]
    return [one for one in conflicts if one.is_broken and one.plain() not in known]


def acceptance(conflicts: Sequence[Conflict], reason: str, user: User | None) -> dict[str, Any]:
    """Who sends requests against a rule, when and why, to be kept with the run."""
    return {
        "reason": reason.replace("\0", "").strip()[:MOST_REASON],
        "by": user.get_username() if user else "",
        "at": timezone.now().isoformat(timespec="seconds"),
        "conflicts": [conflict.plain() for conflict in conflicts],
    }


def accepted_before(assessment: Assessment) -> list[dict[str, Any]]:
    """What was accepted for the newest run: another run of the same question goes on from it."""
    newest: Run | None = assessment.runs.filter(parent=None).order_by("-number").first()
    return list(newest.accepted) if newest else []


def names(conflicts: Sequence[Conflict]) -> str:
    return ", ".join(dict.fromkeys(conflict.candidate.label for conflict in conflicts))
