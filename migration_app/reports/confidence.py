"""How sure the answer is: high, moderate or low, with the reasons in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import formatting as show
from . import words
from .facts import Facts
from .option import Option

SMALL_TEST = 200
CONFIDENCE = (
    ("good", lazy("High confidence")),
    ("neu", lazy("Moderate confidence")),
    ("warn", lazy("Low confidence")),
)


def build(facts: Facts, kind: str, option: Option | None) -> dict[str, str]:
    level, weaknesses = _level(facts, kind, option)
    tone, label = CONFIDENCE[level]
    return {"tone": tone, "label": str(label), "reason": " ".join([*weaknesses, *_error_rate(facts, option)])}


def _error_rate(facts: Facts, option: Option | None) -> list[str]:
    """The promise that was made before the run: how often such a test may recommend wrongly."""
    if not facts.run["complete"] or option is None or option.overall is None:
        return []
    text = _("A test like this recommends a model beyond your limit at most {alpha} of the time.")
    return [text.format(alpha=show.level(facts.question["alpha"]))]


def _level(facts: Facts, kind: str, option: Option | None) -> tuple[int, list[str]]:
    """0 high, 1 moderate, 2 low, with the reasons: none of the weaknesses, some, or a fatal one."""
    finding = option.overall if option else None
    if not facts.run["complete"]:
        return 2, [_("The run is incomplete.")]
    if option is None or finding is None:
        return 2, [_("No answers could be compared.")]
    if facts.baseline.answered_nothing:
        return 2, [_("{baseline} answered nothing to compare with.").format(baseline=facts.baseline.label)]
    weak = _weaknesses(facts, option, finding)
    if kind == "not_enough_evidence":
        return 2, [_("The test could not settle the question."), *weak]
    if weak:
        return 1, weak
    return 0, [
        _("{n} requests were compared and the 95% range is narrow beside your limit.").format(
            n=show.count(finding["n"])
        )
    ]


def _weaknesses(facts: Facts, option: Option, finding: Any) -> list[str]:
    found = []
    if finding["clusters"] < SMALL_TEST:
        found.append(_("{n} independent requests is a small test.").format(n=show.count(finding["clusters"])))
    if words.today_failed(facts):
        rate = show.percent(facts.baseline.error_rate)
        found.append(_("Today's model failed on {rate} of the requests.").format(rate=rate))
    low, high = show.bounds(finding["interval"])
    if low is None or high is None:
        found.append(_("The 95% range cannot be estimated."))
    elif high - low > 2 * facts.question["margin"]:
        width = show.number((high - low) * 100, 1)
        found.append(_("The 95% range is {width} points wide.").format(width=width))
    if option.metrics["quality"]["unscored"]:
        unscored = show.count(option.metrics["quality"]["unscored"])
        found.append(_("{n} answers could not be scored.").format(n=unscored))
    return found
