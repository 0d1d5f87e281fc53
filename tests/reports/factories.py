"""Comparison data made to order, in the shape that `Comparison.data` has."""

from __future__ import annotations

import copy
import math
from typing import Any

CATEGORIES = (("Billing", 40), ("Delivery", 32), ("Returns", 24))
SAMPLES = sum(count for _name, count in CATEGORIES)


def interval(low: float | None, high: float | None) -> dict[str, Any]:
    return {"low": low, "high": high, "confidence": 0.95}


def around(value: float | None, spread: float) -> dict[str, Any]:
    return interval(None, None) if value is None else interval(value - spread, value + spread)


def finding(
    scope: str | None, difference: float, *, n: int = SAMPLES, spread: float = 0.03, margin: float = 0.05
):
    low, high = difference - spread, difference + spread
    standing = (
        "better"
        if low > 0
        else "holds_quality"
        if low > -margin
        else "too_low"
        if high < -margin
        else "not_proven"
    )
    worse = max(0, round(n * (0.08 - difference / 2)))
    better = max(0, round(n * (0.08 + difference / 2)))
    return {
        "scope": scope,
        "n": n,
        "clusters": n,
        "difference": difference,
        "interval": interval(low, high),
        "better": better,
        "same": n - better - worse,
        "worse": worse,
        "p_noninferior": 0.004,
        "p_inferior": 0.9,
        "method": "tango",
        "margin": margin,
        "standing": standing,
        "variance": 0.1,
        "null_variance": 0.1,
        "effective_n": float(n),
    }


def latencies(median: float | None, n: int = SAMPLES) -> dict[str, Any]:
    def point(factor: float) -> dict[str, Any]:
        value = None if median is None else median * factor
        return {"value": value, "interval": around(value, 0.1)}

    mean = None if median is None else median * 1.1
    return {
        "n": n if median is not None else 0,
        "mean": mean,
        "p50": point(1),
        "p95": point(2),
        "p99": point(2.8),
    }


def token_price(input_price: str = "0.15", output_price: str = "0.60") -> dict[str, Any]:
    return {
        "kind": "tokens",
        "currency": "USD",
        "input_per_million": input_price,
        "cached_input_per_million": None,
        "cache_write_per_million": None,
        "output_per_million": output_price,
        "per_request": None,
        "per_hour": None,
        "slots": None,
        "source": "vendor's price list",
        "as_of": "2026-11-14",
    }


def machine_price(per_hour: str = "0.20") -> dict[str, Any]:
    return token_price() | {
        "kind": "machine_time",
        "input_per_million": None,
        "output_per_million": None,
        "per_hour": per_hour,
        "slots": 1,
        "source": "assumed for one small server",
    }


def curve(median: float | None) -> list[list[float]]:
    if median is None:
        return []
    return [
        [round(median * math.exp(0.42 * z), 4), share]
        for z, share in (
            (-2, 0.02),
            (-1.3, 0.1),
            (-0.84, 0.2),
            (-0.25, 0.4),
            (0, 0.5),
            (0.25, 0.6),
            (0.84, 0.8),
            (1.3, 0.9),
            (1.65, 0.95),
            (2.3, 0.99),
        )
    ]


def option(
    position: int,
    label: str,
    *,
    quality: float | None = 0.9,
    cost: str | None = "2.00",
    median: float | None = 1.5,
    error_rate: float = 0.0,
    price: Any = "tokens",
    kind: str | None = None,
    difference: float | None = None,
    spread: float = 0.03,
    category_differences: tuple[float, ...] | None = None,
    reasons: list[dict[str, Any]] | None = None,
    proven: tuple[str, ...] = (),
    broken_rules: list[dict[str, Any]] | None = None,
    samples_needed: int | None = None,
    requests_per_month: int | None = 1_000_000,
    unpriced: int = 0,
    vendor: str = "Quarry Cloud",
) -> dict[str, Any]:
    frozen = {"tokens": token_price(), "machine": machine_price(), None: None}.get(price, price)
    amount = float(cost) if cost is not None else None

    def money(scale: float) -> dict[str, Any]:
        if amount is None:
            return {"amount": None, "low": None, "high": None}
        return {
            "amount": f"{amount * scale:.4f}",
            "low": f"{amount * scale * 0.9:.4f}",
            "high": f"{amount * scale * 1.1:.4f}",
        }

    monthly = money(requests_per_month / 1000) if requests_per_month else None
    data: dict[str, Any] = {
        "id": 100 + position,
        "position": position,
        "label": label,
        "vendor": vendor,
        "model": label.lower(),
        "is_baseline": position == 0,
        "price": frozen,
        "metrics": {
            "quality": {
                "mean": quality,
                "interval": around(quality, 0.04),
                "scored": SAMPLES if quality is not None else 0,
                "unscored": 0,
                "failed": 0 if quality is not None else SAMPLES,
                "unanswered": 0,
            },
            "error_rate": {"value": error_rate, "interval": around(error_rate, 0.01)},
            "refusal_rate": {"value": 0.0, "interval": interval(0.0, 0.04)},
            "retries": 3,
            "ttft": latencies(median and median / 5),
            "total": latencies(median),
            "tpot": latencies(median and median / 60),
            "itl": latencies(median and median / 60),
            "tokens": {"input_mean": 240.0, "output_mean": 31.0, "estimated": False},
            "tokens_per_second": 41.5 if median else None,
            "cost_per_1000": money(1) | {"unpriced_calls": SAMPLES if cost is None else unpriced},
            "cost_per_month": monthly,
            "spent": None if amount is None else f"{amount * 0.096:.6f}",
        },
        "curve": curve(median),
        "categories": [
            {"name": name, "n": count, "mean": quality, "interval": around(quality, 0.09)}
            for name, count in CATEGORIES
        ],
        "comparison": None,
        "move": None,
    }
    if kind:
        overall = None if difference is None else finding(None, difference, spread=spread)
        changes = category_differences or ((difference,) * len(CATEGORIES) if difference is not None else ())
        categories = [
            finding(name, change, n=count, spread=0.08, margin=0.10)
            for (name, count), change in zip(CATEGORIES, changes, strict=False)
        ]
        data["comparison"] = {
            "kind": kind,
            "standing": overall["standing"] if overall else "not_proven",
            "p_value": 0.004,
            "p_adjusted": 0.008,
            "overall": overall,
            "categories": categories,
            "proven_categories": list(proven),
            "reasons": reasons or [],
            "samples_needed": samples_needed,
            "more_samples_needed": None if samples_needed is None else samples_needed - SAMPLES,
            "broken_rules": broken_rules or [],
        }
    return data


def move(today: dict[str, Any], other: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What moving from one option to the other would change, as their own costs have it."""
    key = "cost_per_month" if today["metrics"]["cost_per_month"] else "cost_per_1000"
    before, after = ((each["metrics"][key] or {}).get("amount") for each in (today, other))
    saving = None
    if before is not None and after is not None:
        saved = float(before) - float(after)
        saving = {
            "amount": f"{saved:.4f}",
            "low": f"{min(saved * 0.9, saved * 1.1):.4f}",
            "high": f"{max(saved * 0.9, saved * 1.1):.4f}",
            "today": before,
            "after": after,
            "n": SAMPLES,
            "unseen": 0.0,
            "by_category": {name: f"{saved * count / SAMPLES:.4f}" for name, count in CATEGORIES},
        }
    return {
        "saving": saving,
        "payback": None,
        "typical": {"value": -0.5, "interval": interval(-0.7, -0.3), "n": SAMPLES},
        "slowest": {"value": -1.0, "interval": interval(None, None), "n": SAMPLES},
        "headroom": None,
    } | changes


def baseline(label: str = "Aurora Large", **changes: Any) -> dict[str, Any]:
    return option(
        0, label, **({"quality": 0.91, "cost": "10.00", "median": 2.0, "vendor": "Northgate"} | changes)
    )


def candidate(
    position: int, label: str, kind: str = "switch", difference: float | None = -0.005, **changes: Any
):
    quality = None if difference is None else round(0.91 + difference, 4)
    return option(position, label, **({"kind": kind, "difference": difference, "quality": quality} | changes))


def worst_case(option_id: int, sample: int, **changes: Any) -> dict[str, Any]:
    return {
        "option": option_id,
        "sample": sample,
        "external_id": f"ticket-{sample}",
        "category": "Billing",
        "difference": -1.0,
        "question": "My card was charged twice. Who can help?",
        "reference": "billing",
        "baseline_text": "billing",
        "candidate_text": "shipping",
        "baseline_score": 1.0,
        "candidate_score": 0.0,
        "explanation": "The answer is not the expected one.",
    } | changes


def comparison_data(
    *options: dict[str, Any], worst: list[dict[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    """Changes reach one level down: `run={"complete": False}` changes only that."""
    data: dict[str, Any] = {
        "schema": 1,
        "question": {
            "assessment": "Support desk",
            "workload": "Support tickets",
            "workload_version": 2,
            "workload_hash": "9c41" + "a" * 56 + "e07b",
            "workload_source": "tickets-october.jsonl",
            "baseline": "Aurora Large",
            "margin": 0.05,
            "category_margin": 0.10,
            "critical_categories": ["Billing"],
            "alpha": 0.05,
            "minimum_samples": 30,
            "minimum_category_samples": 20,
            "repetitions": 1,
            "seed": 7,
            "settings": {"temperature": 0.0, "max_output_tokens": 256},
            "scoring": {"default": {"name": "exact_match", "parameters": {}}, "by_category": {}},
            "rules": {},
            "requests_per_month": 1_000_000,
            "currency": "USD",
        },
        "run": {
            "id": "7f3a21c0-0000-4000-8000-000000000001",
            "number": 1,
            "started_at": "2026-11-23T10:00:00+00:00",
            "finished_at": "2026-11-23T10:41:00+00:00",
            "items_total": SAMPLES * len(options),
            "spent": "0.42",
            "cap": "5.00",
            "environment": {"crossover": "0.1.0", "python": "3.11.9"},
            "shared_machine": False,
            "complete": True,
        },
        "samples": {
            "total": SAMPLES,
            "clusters": 90,
            "categories": [{"name": n, "count": c} for n, c in CATEGORIES],
        },
        "options": list(options) or [baseline(), candidate(1, "Lumen 70B")],
        "worst": worst if worst is not None else [worst_case(101, 5)],
    }
    data = copy.deepcopy(data)
    today = data["options"][0]
    for other in data["options"]:
        if other["comparison"] and other["move"] is None:
            other["move"] = move(today, other)
    for key, value in changes.items():
        data[key] = data[key] | value
    return data
