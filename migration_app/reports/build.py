"""Freeze a comparison into the report: the one object that page, PDF and exports render.

Every figure is text already, made by `formatting`; raw numbers stand beside them where a drawing
needs a place or a reader goes on calculating. What renders it computes nothing, so all show the same numbers.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import (
    batch,
    break_even,
    changes,
    charts,
    conditions,
    figures,
    formatting,
    heatmap,
    load,
    method,
    ranking,
    risks,
    samples,
    split,
    statements,
    steadiness,
    table,
    terms,
    timeline,
    verdict,
    words,
)
from .facts import Facts
from .option import Json

SCHEMA = 1
HASH_SHOWN = 8


def freeze(comparison: Json) -> dict[str, Any]:
    """The report of `Comparison.data`. The same data always gives the same report."""
    facts = Facts(comparison)
    card = verdict.build(facts)
    option = verdict.featured(facts)
    recommended = option if card["recommended"] is not None else None
    return {
        "schema": SCHEMA,
        "title": facts.question["assessment"],
        "baseline": facts.baseline.label,
        "meta": _meta(facts),
        "identity": _identity(facts),
        "verdict": card,
        "conditions": conditions.build(facts, card["kind"], option),
        "figures": figures.build(facts, option, card["kind"]),
        "statements": statements.build(facts),
        # Without the candidates: the table beside it names them.
        "question": method.listed(method.question(facts, with_candidates=False)),
        "table": table.build(facts, card["recommended"]),
        "charts": _charts(facts, option, recommended),
        "ranking": ranking.build(facts),
        "split": split.build(facts),
        "changes": changes.build(facts),
        "steadiness": steadiness.build(facts),
        "timeline": timeline.build(facts),
        "heatmap": heatmap.build(facts),
        "speed": _speed(facts),
        "speed_note": load.speed_note(facts),
        "costs": _costs(facts),
        "batch": batch.build(facts),
        "break_even": break_even.build(facts),
        "terms": terms.build(facts),
        "risks": risks.build(facts, option),
        "worst": samples.build(facts, option),
        "method": method.build(facts),
    }


def _meta(facts: Facts) -> list[dict[str, str]]:
    """The line under the title: a figure with the words after it, or before it."""
    found = [
        {"value": formatting.count(facts.samples["total"]), "text": _("sampled requests")},
        {"value": formatting.count(len(facts.options)), "text": _("options tested")},
        _dated(pgettext("before a day", "Finished"), facts.run.get("finished_at")),
    ]
    of = _prices_of(facts)
    return found if of is None else [*found, _dated(_("Prices as of"), of)]


def _dated(words_before: str, day: str | None) -> dict[str, str]:
    return {"before": words_before, "value": formatting.day(day), "text": ""}


def _prices_of(facts: Facts) -> str | None:
    """The newest day that a price is of; `None` where no price is known."""
    days = (str(o.price["as_of"]) for o in facts.options if o.price and o.price.get("as_of"))
    return max(days, default=None)


def _identity(facts: Facts) -> dict[str, str]:
    of = _prices_of(facts)
    prices = _("prices as of {day}").format(day=formatting.day(of)) if of else _("no prices known")
    run = str(facts.run["id"])[:HASH_SHOWN].upper()
    digest = str(facts.question.get("workload_hash") or "")
    short = f"{digest[:4]}…{digest[-4:]}" if len(digest) > HASH_SHOWN else digest
    return {
        "run": run,
        "date": formatting.day(facts.run.get("finished_at")),
        "iso_date": str(facts.run.get("finished_at") or "")[:10],
        "workload": facts.question["workload"],
        "workload_hash": digest,
        "footer": _("Run {run}, {prices}, workload SHA-256 {digest}").format(
            run=run, prices=prices, digest=short
        ),
    }


def _charts(facts: Facts, option: Any, recommended: Any) -> dict[str, Any]:
    return {
        "quality_cost": charts.quality_against_cost(facts, recommended, option),
        "quality_change": charts.quality_change(facts, recommended),
        "latency": charts.latency(facts, option),
        "payback": charts.running_cost(facts, option),
    }


def _speed(facts: Facts) -> list[dict[str, Any]]:
    """Latency and throughput of every option, with intervals."""

    def timing(option: Any, label: str, name: str, percentile: str) -> dict[str, str]:
        entry = (option.metrics.get(name) or {}).get(percentile) or {}
        return {
            "label": label,
            "value": formatting.seconds(entry.get("value")),
            "range": formatting.range_text(entry.get("interval"), formatting.seconds),
        }

    thinks = any((option.metrics.get("thinking") or {}).get("n") for option in facts.options)
    shown = (
        (_("First token, typical"), "ttft", "p50"),
        (_("First token, slowest 5%"), "ttft", "p95"),
        (_("Full answer, typical"), "total", "p50"),
        (_("Slowest 5%"), "total", "p95"),
        (_("Slowest 1%"), "total", "p99"),
        (_("Between tokens"), "itl", "p50"),
        *([(_("Thinking before the answer, typical"), "thinking", "p50")] if thinks else []),
    )
    return [
        table.identity(option)
        | {
            "n": formatting.count((option.metrics.get("total") or {}).get("n")),
            "cells": [timing(option, *column) for column in shown],
            "goodput": load.goodput(option),
            "tokens_per_second": formatting.number(option.metrics.get("tokens_per_second"), 1),
        }
        for option in facts.options
    ]


def _costs(facts: Facts) -> list[dict[str, Any]]:
    """What each option costs, at which price, and what the test itself cost."""
    return [
        table.identity(option)
        | {
            "price": words.price(option),
            "source": words.price_source(option) or formatting.UNKNOWN,
            "input": formatting.number(option.metrics["tokens"].get("input_mean"), 0),
            "output": words.counted(
                formatting.number(option.metrics["tokens"].get("output_mean"), 0), option
            ),
            "per_1000": _amount(facts, option, "cost_per_1000"),
            "per_month": _amount(facts, option, "cost_per_month") if facts.monthly else "",
            "saving": "" if option.is_baseline else table.saving_text(facts, option),
            "spent": formatting.money(option.metrics.get("spent"), facts.currency),
        }
        for option in facts.options
    ]


def _amount(facts: Facts, option: Any, key: str) -> dict[str, str]:
    cost = option.metrics.get(key) or {}

    def text(amount: Any) -> str:
        return formatting.money_about(amount, facts.currency)

    return {
        "value": words.counted(text(cost.get("amount")), option),
        "range": formatting.range_text(cost, text),
    }
