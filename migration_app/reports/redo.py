"""Numbers, unrounded, with which a statistician does the test again from the scores, and in which order."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .facts import Facts
from .option import Json, Option

_CLAIM = (
    "scope", "method", "n", "clusters", "labels", "better", "same", "worse", "difference", "margin",
    "today", "hidden", "silent", "p_margin", "p_half", "p_worst", "p_heard", "p_noninferior", "p_inferior",
)  # fmt: skip
_VERDICT = ("kind", "p_value", "p_adjusted", "p_inferior", "proven_categories")

STEPS: tuple[tuple[str | Promise, str | Promise], ...] = (
    (
        _("Take one candidate’s lines"),
        _(
            "d = candidate − baseline, on the lines that have both scores. Do what follows on the whole "
            "and on each category."
        ),
    ),
    (
        _("Right or wrong, no cluster twice: Tango"),
        _(
            "b = lines with d > 0, c = lines with d < 0, n = all, δ = the acceptable drop, θ = −δ. B = "
            "θ(2n − b + c) − b − c; q = (√(B² + 8n·c·θ(1 − θ)) − B)/4n; Z = (b − c − nθ)/√(n(2q + θ(1 − "
            "θ))); p = 1 − Φ(Z). Up to 1,000 lines p is at least the exact one: the largest chance, "
            "over the share of wins w, of an outcome with as high a Z, where wins have chance w and "
            "losses w + δ. A clean sheet of the whole keeps Tango’s."
        ),
    ),
    (
        _("Anything else: t with a pseudo-sample"),
        _(
            "By cluster g: s = sum of d, m = lines. Append one of size w = Σm²/Σm and sum −w. Of the G "
            "there are now: mean = Σs/Σm, Var = G/(G − 1)·Σ(s − m·mean)²/(Σm)², degrees = (Σm)²/Σm² − "
            "1, t = (mean + δ)/√Var. Up to 5,000 clusters, or 250 failures that δ allows, p is at least "
            "Gaffke’s: P(ΣE(s + δm) ≤ 0) with E exponential, mean 1."
        ),
    ),
    (
        _("What a judge scored and people reviewed: PPI++"),
        _(
            "Y = people, f = d, on the lines with a label; λ = cov(Y, f)/((1 + n/N)·var f) within 0 and "
            "1, n with and N without a label. The test above on Y − λf, shifted by λ times the mean of "
            "f of the rest, whose variance is added. From 30 labels on, 20 in a category."
        ),
    ),
    (
        _("Where a pass would mean nothing"),
        _(
            "Where the baseline’s mean is below 2δ: the t-test of candidate − baseline/2 against 0 as "
            "well. Then all of it once more with candidate_lowest for candidate, and with "
            "baseline_answered for baseline besides, where they differ. The largest p counts."
        ),
    ),
    (
        _("Several claims"),
        _(
            "A candidate’s p is the largest of the whole and its critical categories, 1 where one has "
            "too few lines. Holm over the candidates; for conditions, Holm over every candidate and "
            "every category with enough samples. Keep: the smallest mirrored p, with +1 for −1, times "
            "the number of parts."
        ),
    ),
    (
        _("The answer"),
        _(
            "Switch where Holm’s p is at most α; else in part, where categories are proven and not all; "
            "else keep, where the mirrored p is at most α; else not enough evidence. Rules, an "
            "incomplete run and a judge that nobody reviewed only lower it."
        ),
    ),
)


def build(facts: Facts) -> dict[str, Any]:
    """The settled plan, every claim with its p-values, and each candidate's verdict."""
    asked, looks = facts.question, facts.looks
    return {
        "plan": {
            "margin": asked["margin"],
            "category_margin": asked["category_margin"],
            "alpha": asked["alpha"],
            "critical_categories": list(asked.get("critical_categories") or []),
            "minimum_samples": asked["minimum_samples"],
            "minimum_category_samples": asked["minimum_category_samples"],
            "seed": asked["seed"],
            "looks": None if not looks else _shares(looks),
        },
        "claims": [claim for option in facts.candidates for claim in _claims(option)],
        "verdicts": [_named(option, option.verdict, _VERDICT) for option in facts.candidates],
        "steps": [{"name": str(name), "text": str(text)} for name, text in STEPS],
    }


def _shares(looks: Json) -> list[float]:
    """Shares of the plan seen at each look up to the one that counts."""
    taken = [one["share"] for one in looks["taken"]]
    return taken if looks["stopped"] else [*taken, 1.0]


def _claims(option: Option) -> list[dict[str, Any]]:
    found = [finding for finding in (option.overall, *option.findings.values()) if finding]
    return [
        _named(option, finding, _CLAIM) | {end: finding["interval"][end] for end in ("low", "high")}
        for finding in found
    ]


def _named(option: Option, values: Json, keys: tuple[str, ...]) -> dict[str, Any]:
    """What an older comparison does not have is unknown."""
    return {"option": option.position, "label": option.label} | {key: values.get(key) for key in keys}
