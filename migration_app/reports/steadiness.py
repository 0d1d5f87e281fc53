"""Whether today's model is still itself: drift from its recorded answers, and its own noise.

Neither is a candidate's fault: candidates are compared with today's model as it answers today.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json


def build(facts: Facts) -> list[dict[str, str]]:
    """Findings of their own: {"tone", "title", "text"}; empty where the run cannot tell."""
    found = [_drift(facts, facts.steadiness.get("drift")), _noise(facts, facts.steadiness.get("noise"))]
    return [one for one in found if one is not None]


def _drift(facts: Facts, drift: Json | None) -> dict[str, str] | None:
    if drift is None:
        return None
    finding, baseline = drift.get("finding"), facts.baseline.label
    if finding is None:
        text = _("{n} recorded answers of {baseline} could not be scored, so a change cannot be told.")
        text = text.format(n=show.count(drift["recorded"]), baseline=baseline)
        return {"tone": "info", "title": _("Recorded answers could not be scored"), "text": text}
    figures = {
        "baseline": baseline,
        "change": words.points(finding["difference"]),
        "range": words.change_range(finding),
        "n": show.count(finding["n"]),
    }
    if not drift["changed"] and not _is_narrow(facts, finding):
        text = _(
            "Asked again, {baseline} scores {change} against its recorded answers (95% range {range}, {n} "
            "requests). That may be chance, and may as well be a change: more recorded answers would tell."
        )
        return {
            "tone": "info",
            "title": _("Whether {baseline} has changed cannot be told").format(**figures),
            "text": text.format(**figures),
        }
    if not drift["changed"]:
        text = _(
            "Asked again, {baseline} scores {change} against its recorded answers (95% range {range}, {n} "
            "requests): no more than chance."
        )
        return {
            "tone": "good",
            "title": _("{baseline} answers as it did").format(**figures),
            "text": text.format(**figures),
        }
    text = _(
        "Asked again, {baseline} scores {change} against its recorded answers (95% range {range}, {n} "
        "requests). That is a change of today's model, or of the settings it was recorded with, and no "
        "candidate's fault: every candidate is compared with {baseline} as it answers now."
    )
    return {
        "tone": "warn",
        "title": _("{baseline} has changed since it was recorded").format(**figures),
        "text": text.format(**figures),
    }


def _is_narrow(facts: Facts, finding: Json) -> bool:
    """Whether the whole range of the change lies within the drop that is acceptable, either way."""
    low, high = show.bounds(finding["interval"])
    limit = facts.question["margin"]
    return low is not None and high is not None and -limit < low and high < limit


def _noise(facts: Facts, noise: Json | None) -> dict[str, str] | None:
    if noise is None:
        return None
    alike = ngettext(
        "Asked the same {n} request {times} times, {baseline} was scored alike each time: no noise of its "
        "own was seen.",
        "Asked the same {n} requests {times} times, {baseline} was scored alike each time: no noise of its "
        "own was seen.",
        noise["samples"],
    )
    text = ngettext(
        "Asked the same {n} request {times} times, {baseline} was not scored alike on {flips} of them. Two "
        "runs of it would differ by up to {reach} points in 19 of 20 cases: a change inside that band is "
        "no more than its own noise.",
        "Asked the same {n} requests {times} times, {baseline} was not scored alike on {flips} of them. Two "
        "runs of it would differ by up to {reach} points in 19 of 20 cases: a change inside that band is "
        "no more than its own noise.",
        noise["samples"],
    )
    return {
        "tone": "info",
        "title": _("How much {baseline} differs from itself").format(baseline=facts.baseline.label),
        "text": (text if noise["flips"] else alike).format(
            n=show.count(noise["samples"]),
            times=show.count(noise["repetitions"]),
            baseline=facts.baseline.label,
            flips=show.percent(noise["flips"], 0),
            reach=show.number(noise["reach"] * 100, 1),
        ),
    }
