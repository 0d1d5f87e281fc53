"""Every option, side by side: rows of text, with the few raw places the glyphs need."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import reasons, words
from .facts import Facts
from .numbers import numbers
from .option import Option
from .palette import option_style


def build(facts: Facts, recommended: int | None) -> dict[str, Any]:
    low, high = _quality_domain(facts)
    limit = None
    if facts.baseline.quality is not None:
        limit = facts.baseline.quality - facts.question["margin"]
    rows = [_row(facts, option, recommended) for option in _in_order(facts, recommended)]
    return {
        "scale": _("{low} to {high}").format(low=show.percent(low, 0), high=show.percent(high, 0)),
        "axis": [low, high],
        "limit": limit,
        "monthly": facts.monthly,
        "currency": facts.currency,
        "cost_heading": _("Cost / month") if facts.monthly else _("Cost / 1,000"),
        "note": _(
            "Compared with {baseline} on the same {n} requests. The dashed line marks your limit: a {limit}."
        ).format(
            baseline=facts.baseline.label,
            n=show.count(facts.samples["total"]),
            limit=words.drop(facts.question["margin"]),
        ),
        "rows": rows,
    }


def _in_order(facts: Facts, recommended: int | None) -> list[Option]:
    """The baseline, the recommended option, then by quality; unknown quality comes last."""
    rest = sorted(
        (option for option in facts.candidates if option.position != recommended),
        key=lambda option: (option.quality is None, -(option.quality or 0.0), option.position),
    )
    picked = [option for option in facts.candidates if option.position == recommended]
    return [facts.baseline, *picked, *rest]


def identity(option: Option) -> dict[str, Any]:
    """Who an option is: what every list, table and chart shows of it."""
    style = option_style(option.position)
    return {
        "position": option.position,
        "style": style.index,
        "label": option.label,
        "host": option.host,
        "model": str(option.raw.get("model") or ""),
        "is_baseline": option.is_baseline,
    }


def _row(facts: Facts, option: Option, recommended: int | None) -> dict[str, Any]:
    quality = option.metrics["quality"]
    return identity(option) | {
        "id": option.raw["id"],
        "is_pick": option.position == recommended,
        "verdict": _verdict(option),
        "quality": show.percent(option.quality),
        "quality_range": show.range_text(quality["interval"], show.percent),
        "interval": {
            "mean": option.quality,
            "low": quality["interval"]["low"],
            "high": quality["interval"]["high"],
        },
        "change": "" if option.is_baseline else show.bare_points(option.difference),
        "change_range": words.change_range(option.overall) if option.overall else show.NOT_ESTIMABLE,
        "split": _split(option.overall),
        "typical": show.seconds(option.latency("total", "p50")),
        "slowest": show.seconds(option.latency("total", "p95")),
        "ttft": show.seconds(option.latency("ttft", "p50")),
        "cost": words.counted(show.money_about(facts.cost(option), facts.currency), option),
        "cost_range": show.range_text(
            facts.cost_range(option), lambda amount: show.money_about(amount, facts.currency)
        ),
        "saving": "" if option.is_baseline else saving_text(facts, option),
        "failed": show.percent(option.error_rate),
        "scored": show.count(quality["scored"]),
        "unscored": show.count(quality["unscored"]),
        "reasons": [reasons.reason(item, option, facts) for item in option.verdict.get("reasons", ())],
        "numbers": numbers(facts, option),
    }


def saving_text(facts: Facts, option: Option) -> str:
    """ "71%", or "12% more" when the candidate costs more."""
    share = facts.saved_share(option)
    if share is None:
        return show.UNKNOWN
    if share < 0:
        return _("{percent} more").format(percent=show.percent(-share, 0))
    return show.percent(share, 0)


def _verdict(option: Option) -> dict[str, str]:
    if option.is_baseline:
        return {"tone": "neu", "label": _("Today"), "standing": "", "standing_code": "", "kind": ""}
    tone, label = words.verdict(option)
    code = option.verdict.get("standing", "not_proven")
    standing = str(words.STANDINGS[code][1])
    return {
        "tone": tone,
        "label": label,
        "standing": standing,
        "standing_code": code,
        "kind": option.kind,
    }


def _split(finding: Any) -> dict[str, Any] | None:
    """How many answers got better, stayed the same, got worse."""
    if not finding or not finding["n"]:
        return None
    shares = {word: finding[word] / finding["n"] for word in ("better", "same", "worse")}
    texts = {f"{word}_text": show.percent(share, 0) for word, share in shares.items()}
    summary = _("Better on {better_text}, same on {same_text}, worse on {worse_text} of {n} samples")
    return {
        **{word: finding[word] for word in shares},
        **texts,
        "text": summary.format(n=show.count(finding["n"]), **texts),
    }


def _quality_domain(facts: Facts) -> tuple[float, float]:
    """The range the little interval pictures share, in whole five-points around all of them."""
    seen = [
        value
        for option in facts.options
        for value in (option.quality, *show.bounds(option.metrics["quality"]["interval"]))
    ]
    if facts.baseline.quality is not None:
        seen.append(facts.baseline.quality - facts.question["margin"])
    known = [value for value in seen if value is not None]
    if not known:
        return 0.0, 1.0
    low = max(0.0, math.floor(min(known) * 20) / 20)
    high = min(1.0, math.ceil(max(known) * 20) / 20)
    return (low, high) if high > low else (max(0.0, low - 0.05), min(1.0, high + 0.05))
