"""Where it could go wrong, each risk with a link to its evidence."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from . import changes, judges, reasons, stated_risks, words
from . import formatting as show
from .facts import Facts
from .option import Json, Option

LEVELS = {"high": ("bad", 0), "medium": ("warn", 1), "low": ("neu", 2)}
SLOWER = 1.1


def build(facts: Facts, option: Option | None) -> list[dict[str, Any]]:
    """Risks of moving to the featured candidate, and of trusting this test; gravest first."""
    found = _of_the_test(facts)
    if option is not None:
        failures = _failures(facts, option)
        # Where many requests fail, that is why answers are worse: it comes before what it causes.
        first = failures if any(risk["level"] == "high" for risk in failures) else []
        found += [*first, *_quality(facts, option), *_rules(facts, option), *_speed(facts, option)]
        found += [*_headroom(option), *([] if first else failures), *_cost(facts, option)]
        found += [
            _risk(one.level, one.title, one.text, "results", _("See the terms"), anchor="terms")
            for one in stated_risks.found(facts, option)
        ]
    return sorted(found, key=lambda risk: LEVELS[risk["level"]][1])


def _risk(
    level: str, title: str, text: str, page: str, link: str, query: Json | None = None, anchor: str = ""
) -> dict[str, Any]:
    words_of = {"high": _("High"), "medium": _("Medium"), "low": _("Low")}
    return {
        "level": level,
        "tone": LEVELS[level][0],
        "label": words_of[level],
        "title": title,
        "text": text,
        "page": page,
        "query": urlencode(query or {}),
        "anchor": anchor,
        "link": link,
    }


def _quality(facts: Facts, option: Option) -> list[dict[str, Any]]:
    return [_category(facts, option, finding) for finding in option.weak_findings[:3]]


def _category(facts: Facts, option: Option, finding: Json) -> dict[str, Any]:
    is_low = finding["standing"] == "too_low"
    title = _("{category} answers get worse") if is_low else _("{category} answers may get worse")
    text = _(
        "{change} with {label} (95% range {range}) on {n} samples; {worse} got worse, {better} got better."
    ).format(
        change=words.points(finding["difference"]),
        label=option.label,
        range=words.change_range(finding),
        n=show.count(finding["n"]),
        worse=show.count(finding["worse"]),
        better=show.count(finding["better"]),
    )
    stays = facts.moves_in_part(option) and finding not in facts.proven(option)
    if stays:
        text += " " + _("The recommended split avoids this: it stays on {baseline}.").format(
            baseline=facts.baseline.label
        )
    level = "low" if stays else "high" if is_low else "medium"
    query = {"option": option.position, "show": "worse", "category": finding["scope"]}
    link = _("See the samples that got worse")
    return _risk(level, title.format(category=words.capital(finding["scope"])), text, "samples", link, query)


def _rules(facts: Facts, option: Option) -> list[dict[str, Any]]:
    broken = [
        _risk(
            "high",
            _("A must-have rule is broken"),
            reasons.broken_rule(rule, option, facts),
            "method",
            _("See your rules"),
        )
        for rule in option.verdict.get("broken_rules", ())
    ]
    unknown = [item for item in option.verdict.get("reasons", ()) if item["code"] == "rule_unknown"]
    return broken + [
        _risk(
            "medium",
            _("A must-have rule could not be checked"),
            reasons.reason(item, option, facts),
            "method",
            _("See your rules"),
        )
        for item in unknown
    ]


def _speed(facts: Facts, option: Option) -> list[dict[str, Any]]:
    today, after = facts.baseline.latency("total", "p95"), option.latency("total", "p95")
    if today is None or after is None or after < today * SLOWER:
        return []
    text = _("The slowest 5% of answers take {after} or longer with {label}, against {today} today.").format(
        after=show.seconds(after), label=option.label, today=show.seconds(today)
    )
    if (low := _slower_at_least(option)) is not None:
        text += " " + _("The increase is at least {low} (95% range).").format(low=show.seconds(low))
    title, link = _("Slow answers get slower"), _("See how long answers take")
    return [_risk("medium", title, text, "evidence", link, anchor="speed")]


def _slower_at_least(option: Option) -> float | None:
    """The lower bound of the increase, where it is above zero."""
    low, _high = show.bounds((option.move.get("slowest") or {}).get("interval"))
    return low if low is not None and low > 0 else None


def _headroom(option: Option) -> list[dict[str, Any]]:
    limit = changes.tightest(option)
    if limit is None or limit["share"] <= changes.TIGHT:
        return []
    level = "high" if limit["share"] >= 1 else "medium"
    title = _("The rate limit is too low") if level == "high" else _("The rate limit leaves little room")
    text = words.capital(changes.headroom(option)) + "."
    return [_risk(level, title, text, "evidence", _("See what the move changes"), anchor="changes")]


def _failures(facts: Facts, option: Option) -> list[dict[str, Any]]:
    if not option.error_rate or option.error_rate <= (facts.baseline.error_rate or 0):
        return []
    level = "high" if option.error_rate >= words.MANY_FAILURES else "medium"
    text = _(
        "{rate} of requests to {label} failed for good, against {today} today. A failed request "
        "counts as a wrong answer."
    ).format(**words.failure_rates(facts, option))
    return [_risk(level, _("Some requests fail"), text, "run", _("See the run's log"))]


def _cost(facts: Facts, option: Option) -> list[dict[str, Any]]:
    found = []
    if facts.cost(option) is None:
        text = _("No price is known for {label}, or its use was not reported. No saving is claimed.")
        found.append(
            _risk(
                "medium",
                _("The cost is unknown"),
                text.format(label=option.label),
                "method",
                _("See the prices"),
                anchor="prices",
            )
        )
    elif (facts.saving(option) or 0) < 0:
        text = _("{label} costs {percent} than {baseline} at the same volume.").format(
            label=option.label, percent=_cost_more(facts, option), baseline=facts.baseline.label
        )
        found.append(
            _risk("medium", _("It costs more"), text, "evidence", _("See the costs"), anchor="costs")
        )
    found += _unpriced(option)
    if option.is_priced_by_the_hour:
        text = _(
            "{label} runs on a machine of your own and is priced at {price}. Its cost per request "
            "falls as the machine is kept busy, and rises when it idles."
        )
        found.append(
            _risk(
                "medium",
                _("The cost depends on a busy machine"),
                text.format(label=option.label, price=words.price(option)),
                "method",
                _("See the prices"),
                anchor="prices",
            )
        )
    return found


def _unpriced(option: Option) -> list[dict[str, Any]]:
    cost = option.metrics.get("cost_per_1000") or {}
    if cost.get("amount") is None or not cost.get("unpriced_calls"):
        return []
    text = _(
        "{n} calls to {label} could not be priced and are left out of its cost, so it may be higher."
    ).format(n=show.count(cost["unpriced_calls"]), label=option.label)
    title, link = _("Part of the cost is unknown"), _("See the prices")
    return [_risk("medium", title, text, "method", link, anchor="prices")]


def _cost_more(facts: Facts, option: Option) -> str:
    share = facts.saved_share(option)
    return _("more") if share is None else _("{percent} more").format(percent=show.percent(-share, 0))


def _of_the_test(facts: Facts) -> list[dict[str, Any]]:
    found = []
    if not facts.run["complete"]:
        text = _("Requests were left unasked or unscored. What is missing may differ from what was seen.")
        found.append(_risk("high", _("The run is incomplete"), text, "run", _("See the run")))
    if text := words.today_failed(facts):
        title, link = _("Today's model failed in this test"), _("See the run's log")
        found.append(_risk("high", title, text, "run", link))
    found += [
        _risk("medium", title, text, "method", _("See who judged")) for title, text in judges.doubts(facts)
    ]
    if facts.run.get("shared_machine"):
        text = _(
            "The options ran on one machine, one call at a time, so that none slowed another. Times "
            "say how they compare here, not how fast they would be on servers of their own."
        )
        found.append(
            _risk(
                "medium",
                _("Options shared a machine"),
                text,
                "evidence",
                _("See how long answers take"),
                anchor="speed",
            )
        )
    if names := [option.label for option in facts.options if option.is_estimated]:
        text = _(
            "The vendor did not report tokens for {names}; they were estimated here, and so is the cost."
        )
        found.append(
            _risk(
                "low",
                _("Some token counts are estimates"),
                text.format(names=words.listed(names)),
                "method",
                _("See the prices"),
                anchor="prices",
            )
        )
    return found
