"""The four figures under the verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import split, words
from .facts import Facts
from .option import Json, Option

Figure = dict[str, Any]


def build(facts: Facts, option: Option | None, kind: str) -> list[Figure]:
    """Money, quality, speed, failures: of the featured candidate, beside the baseline.

    `kind`: the answer as a whole. A saving that nobody is advised to make is named as that.
    """
    if option is None:
        return []
    if kind in ("keep", "not_enough_evidence") and split.build(facts) is not None:
        return _of_the_split(facts, facts.split or {})
    last = _failed(facts, option) if facts.payback(option) is None else _first_year(facts, option)
    return [_money(facts, option, kind), _quality(facts, option), _slowest(facts, option), last]


def _of_the_split(facts: Facts, found: Json) -> list[Figure]:
    """Where only a split of the traffic can take over: what it saves, keeps and moves, and on how much."""

    def money(amount: Any) -> str:
        return show.money_about(amount, facts.currency)

    saving, finding = found["saving"], found["finding"]
    share = Decimal(saving["amount"]) / Decimal(saving["today"])
    counts = {category["name"]: category["count"] for category in facts.samples.get("categories") or []}
    moved = sum(counts.get(name, 0) for name, pk in found["assignment"].items() if pk is not None)
    goes_to = dict.fromkeys(facts.by_id(pk).label for pk in found["assignment"].values() if pk is not None)
    return [
        _figure(
            _saving_label(facts, "switch"),
            money(saving["amount"]),
            _("by the split: {today} today, {after} after, saving {range} (95% range)").format(
                today=money(saving["today"]),
                after=money(saving["after"]),
                range=show.range_text(saving, money),
            ),
            _("{percent} less").format(percent=show.percent(share, 0)),
        ),
        _figure(
            _("Change in quality"),
            show.points(finding["difference"]),
            _("95% range {range}; limit {limit}").format(
                range=words.change_range_in_points(finding), limit=words.points(-facts.question["margin"])
            ),
        ),
        _figure(
            _("Requests that move"),
            show.percent(moved / facts.samples["total"], 0) if facts.samples["total"] else show.UNKNOWN,
            _("to {names}; the rest stays on {baseline}").format(
                names=words.listed(list(goes_to)), baseline=facts.baseline.label
            ),
        ),
        _figure(
            _("Judged on"),
            show.count(found["judged_on"]),
            _("requests, others than the {n} it was chosen on").format(n=show.count(found["chosen_on"])),
        ),
    ]


def _figure(label: str, value: str, note: str, change: str = "", known: bool = True) -> Figure:
    return {"label": label, "value": value, "change": change, "note": note, "known": known}


def _money(facts: Facts, option: Option, kind: str) -> Figure:
    saving = facts.claimed_saving(option)
    unit = _saving_label(facts, kind)
    if saving is None:
        unit = _saving_label(facts, "switch")
        return _figure(unit, show.UNKNOWN, _unknown_cost(facts, option), known=False)
    if saving < 0:
        unit = _("Extra cost a month") if facts.monthly else _("Extra cost per 1,000 requests")
    moved, today = facts.claimed_share(option), facts.today(option)
    change = ""
    if today:
        text = _("{percent} less") if saving >= 0 else _("{percent} more")
        change = text.format(percent=show.percent(abs(float(saving / today)), 0))
    return _figure(
        unit, show.money_about(abs(saving), facts.currency), _money_note(facts, option, moved), change
    )


def _saving_label(facts: Facts, kind: str) -> str:
    if kind == "keep":
        return _("Monthly saving given up") if facts.monthly else _("Saving given up per 1,000 requests")
    if kind == "not_enough_evidence":
        return _("Possible monthly saving") if facts.monthly else _("Possible saving per 1,000 requests")
    return _("Monthly saving") if facts.monthly else _("Saving per 1,000 requests")


def _money_note(facts: Facts, option: Option, moved: float) -> str:
    today, saving = facts.today(option), facts.claimed_saving(option)
    after = None if today is None or saving is None else today - saving
    note = _("{today} today, {after} with {label}")
    if moved < 1:
        note = _("{today} today, {after} if {share} of requests move to {label}")
    text = note.format(
        today=words.counted(show.money_about(today, facts.currency), facts.baseline),
        after=words.counted(show.money_about(after, facts.currency), option),
        label=option.label,
        share=show.percent(moved, 0),
    )
    bounds = facts.saving_range(option)
    if moved < 1 or bounds["low"] is None:
        return text
    return _with_range(facts, text, bounds["low"], bounds["high"])


def _with_range(facts: Facts, text: str, low: Decimal, high: Decimal | None) -> str:
    """What is saved at least and at most; where it surely costs more, what it costs more."""
    told = _("{text}, saving {range} (95% range)")
    if high is not None and high < 0:
        low, high, told = -high, -low, _("{text}, {range} more (95% range)")
    found = show.range_text((low, high), lambda amount: show.money_about(amount, facts.currency))
    return told.format(text=text, range=found)


def _unknown_cost(facts: Facts, option: Option) -> str:
    missing = [each.label for each in (facts.baseline, option) if facts.cost(each) is None]
    return _("The cost of {names} is unknown").format(names=words.listed(missing))


def _quality(facts: Facts, option: Option) -> Figure:
    if facts.moves_in_part(option) and facts.proven(option):
        return _quality_of_part(facts, option)
    if option.quality is None:
        return _figure(
            _("Answer quality"),
            show.UNKNOWN,
            _("No answer of {label} could be scored").format(label=option.label),
            known=False,
        )
    if option.overall is None:
        return _figure(_("Answer quality"), show.percent(option.quality), _("Nothing to compare it with"))
    note = _("95% range {range}; limit {limit}").format(
        range=words.change_range_in_points(option.overall),
        limit=words.points(-facts.question["margin"]),
    )
    return _figure(_("Answer quality"), show.percent(option.quality), note, show.points(option.difference))


def _quality_of_part(facts: Facts, option: Option) -> Figure:
    """The part that moves: its categories' means and changes, weighted by their samples."""
    proven = facts.proven(option)
    names = [finding["scope"] for finding in proven]
    means = [
        entry for entry in option.raw["categories"] if entry["name"] in names and entry["mean"] is not None
    ]
    label = _("Answer quality in {categories}").format(categories=words.listed(names, most=2))
    change = _weighted([(finding["difference"], finding["n"]) for finding in proven])
    limit = words.points(-facts.question["category_margin"])
    note = _("Each category within its limit of {limit}").format(limit=limit)
    if len(proven) == 1:
        note = _("95% range {range}; limit {limit}").format(
            range=words.change_range_in_points(proven[0]), limit=limit
        )
    value = show.percent(_weighted([(entry["mean"], entry["n"]) for entry in means]))
    return _figure(label, value, note, show.points(change))


def _weighted(pairs: list[tuple[float, int]]) -> float | None:
    total = sum(n for _value, n in pairs)
    return sum(value * n for value, n in pairs) / total if total else None


def _slowest(facts: Facts, option: Option) -> Figure:
    label = _("Slowest 5% of answers")
    value, today = option.latency("total", "p95"), facts.baseline.latency("total", "p95")
    if value is None:
        return _figure(
            label, show.UNKNOWN, _("No answer of {label} was timed").format(label=option.label), known=False
        )
    change = "" if today is None else show.seconds(value - today, signed=True)
    note = _("{today} today, typical answer {typical}").format(
        today=show.seconds(today), typical=show.seconds(option.latency("total", "p50"))
    )
    return _figure(label, show.seconds(value), note, change)


def _first_year(facts: Facts, option: Option) -> Figure:
    payback = facts.payback(option) or {}
    note = _("{one_off} to move, never repaid at this saving")
    if payback["months"] is not None:
        note = _("{one_off} to move, repaid in {time}")
    return _figure(
        _("First-year net"),
        show.money_about(payback["first_year"], facts.currency),
        note.format(
            one_off=show.money_about(payback["one_off"], facts.currency), time=words.months(payback["months"])
        ),
    )


def _failed(facts: Facts, option: Option) -> Figure:
    note = _("95% range {range}; {today} today; {retries} calls repeated").format(
        range=show.range_text(option.metrics["error_rate"].get("interval"), show.percent),
        today=show.percent(facts.baseline.error_rate),
        retries=show.count(option.metrics.get("retries")),
    )
    known = option.error_rate is not None
    return _figure(_("Requests that failed"), show.percent(option.error_rate), note, known=known)
