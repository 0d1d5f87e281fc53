"""The stored form of a comparison: plain JSON, numbers as floats, money as decimal text.

`None` is unknown. `reports` turns this into words and pictures and adds no number of its own.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np

from migration_app.evaluation.clustered import codes_of
from migration_app.evaluation.metrics import Cost
from migration_app.runs.machines import shared_machines
from migration_app.runs.models import Assessment, Run
from migration_app.runs.money import from_nanos
from migration_app.scoring.judging.evidence import describe_judging
from migration_app.scoring.reviews import agreement_of
from migration_app.workloads.privacy import gist_of

from .batch import batches, measured_factor
from .break_even import break_evens
from .columns import SampleColumns
from .load import lateness_of, load_data, warm_up_of
from .looks import TakenLooks
from .measured import Measured
from .option import Option
from .worst import worst_samples

SCHEMA = 1


def plain(value: Any) -> Any:
    """JSON's own types: dataclasses to dicts, decimals to text, NaN and infinity to None."""
    if type(value) is float:  # as most are
        return value if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def comparison_data(run: Run, found: Measured, taken: TakenLooks) -> dict[str, Any]:
    """All of it; see the module's first lines."""
    samples, options = found.samples, found.options
    data = plain(
        {
            "schema": SCHEMA,
            "question": _question(run.assessment, found),
            "run": _run(run, options),
            "load": load_data(run),
            "samples": _samples(samples),
            "traffic": _traffic(found),
            "options": [_option(option, found) for option in options],
            "split": found.split,
            "steadiness": found.steadiness,
            "looks": taken.plain(),
            "worst": worst_samples(samples, options),
            "judging": describe_judging(run),
            "reviews": agreement_of(run),
        }
    )
    return data | {
        "break_even": break_evens(data["options"], run.assessment.requests_per_month),
        "batch": batches(data["options"], measured_factor(run)),
    }


def _question(assessment: Assessment, found: Measured) -> dict[str, Any]:
    workload, plan, traffic = assessment.workload, found.plan, found.traffic
    return {
        "assessment": assessment.name,
        "workload": workload.name,
        "workload_version": workload.version,
        "workload_hash": workload.content_hash,
        "workload_source": workload.source,
        "privacy": gist_of(workload.privacy),
        "sampling": workload.sampling,
        "weighted": bool(workload.profile.get("weighted")),
        "baseline": assessment.baseline.label,
        "margin": assessment.margin,
        "category_margin": assessment.category_margin,
        "critical_categories": assessment.critical_categories,
        "alpha": assessment.alpha,
        "minimum_samples": plan.minimum_samples,
        "minimum_category_samples": plan.minimum_category_samples,
        "repetitions": assessment.repetitions,
        "seed": assessment.seed,
        "settings": assessment.settings,
        "scoring": assessment.scoring,
        "rules": assessment.rules,
        "requests_per_month": round(traffic.requests) if traffic.monthly else None,
        "migration_cost": None
        if assessment.migration_cost_nanos is None
        else from_nanos(assessment.migration_cost_nanos),
        "looks": assessment.looks,
        "currency": assessment.currency,
    }


def _run(run: Run, options: Sequence[Option]) -> dict[str, Any]:
    machines = shared_machines([option.entry for option in options])
    return {
        "id": str(run.pk),
        "number": run.number,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.replayed_at.isoformat() if run.replayed_at else None,
        "items_total": run.items_total,
        "spent": from_nanos(run.spent_nanos),
        "cap": None if run.cap_nanos is None else from_nanos(run.cap_nanos),
        "environment": run.environment,
        "shared_machine": bool(machines),
        "shared_machines": machines,
        "edition": run.edition,
        "accepted": run.accepted,
        "extensions": [
            {
                "kind": extension.kind,
                "requests": extension.requests,
                "subject": extension.subject,
                "after_report": extension.after_report,
                "at": extension.created_at.isoformat(),
            }
            for extension in run.extensions.all()
        ],
        "complete": all(option.unanswered == 0 for option in options),
    }


def _samples(samples: SampleColumns) -> dict[str, Any]:
    return {
        "total": int(samples.ids.size),
        "clusters": int(codes_of(samples.clusters).max(initial=-1)) + 1,
        "categories": [
            {"name": name, "count": int(rows.size)} for name, rows in samples.categories.rows.items() if name
        ],
    }


def _traffic(found: Measured) -> dict[str, Any]:
    """Requests by category that money is told for: of a month, or 1,000 in the samples' mix."""
    traffic = found.traffic
    return {
        "monthly": traffic.monthly,
        "by_category_known": traffic.by_category_known,
        "requests": traffic.requests,
        "volumes": traffic.volumes,
        "peak_per_minute": traffic.peak,
        "source": traffic.source,
    }


def _option(option: Option, found: Measured) -> dict[str, Any]:
    """`comparison` and `move` are beside the baseline; `None` for the baseline itself."""
    entry = option.entry
    return {
        "id": entry.pk,
        "position": entry.position,
        "label": entry.label,
        "vendor": entry.vendor_label,
        "model": entry.model,
        "is_baseline": entry.is_baseline,
        "price": entry.price,
        "terms": entry.terms,
        "metrics": _metrics(option),
        "curve": option.curve,
        "categories": _categories(option),
        "comparison": found.verdicts.get(entry.pk),
        "move": option.move,
    }


def _metrics(option: Option) -> dict[str, Any]:
    entry, measured = option.entry, option.metrics
    quality = measured.quality
    return {
        "quality": {
            "mean": quality.mean,
            "interval": quality.interval,
            "scored": quality.n_scored,
            "unscored": quality.n_unscored - _never_asked(option),
            "failed": quality.n_failed,
            "unanswered": option.unanswered,
        },
        "error_rate": measured.error_rate,
        "refusal_rate": measured.refusal_rate,
        "retries": entry.retries,
        "ttft": measured.ttft,
        "total": measured.total,
        "goodput": option.goodput,
        "lateness": lateness_of(entry),
        "warm_up": warm_up_of(entry),
        "tpot": measured.tpot,
        "itl": measured.itl,
        "thinking": measured.thinking,
        "tokens": {
            "input_mean": measured.mean_input_tokens,
            "output_mean": measured.mean_output_tokens,
            "estimated": option.usage_estimated,
        },
        "tokens_per_second": measured.tokens_per_second,
        "cost_per_1000": _cost(measured.cost, Decimal(1)),
        "cost_per_month": _per_month(option.monthly_cost, measured.cost),
        "spent": None if entry.price is None else from_nanos(entry.spent_nanos),
    }


def _never_asked(option: Option) -> int:
    """Samples without a score because no answer was ever asked for to the end."""
    return min(option.unanswered, int(np.count_nonzero(np.isnan(option.scores.values))))


def _cost(cost: Cost, factor: Decimal) -> dict[str, Any]:
    interval = cost.interval
    return {
        "amount": None if cost.per_1000 is None else cost.per_1000 * factor,
        "low": _scaled(interval.low if interval else None, factor),
        "high": _scaled(interval.high if interval else None, factor),
        "unpriced_calls": cost.unpriced,
    }


def _scaled(value: float | None, factor: Decimal) -> Decimal | None:
    return None if value is None else Decimal(repr(value)) * factor


def _per_month(projected: Mapping[str, Any] | None, cost: Cost) -> dict[str, Any] | None:
    """Mean costs by category at the traffic's volumes; `None` where either is unknown."""
    return None if projected is None else {**projected, "unpriced_calls": cost.unpriced}


def _categories(option: Option) -> list[dict[str, Any]]:
    return [
        {"name": name, "n": quality.n_scored, "mean": quality.mean, "interval": quality.interval}
        for name, quality in option.categories.items()
    ]
