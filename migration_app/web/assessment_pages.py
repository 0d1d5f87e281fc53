"""What the wizard shows on its way: plain dictionaries for the templates, no writes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.candidates.queries import currency_of, current_price
from migration_app.evaluation.scorers import SCORERS
from migration_app.evaluation.statistics import detectable_drop, samples_needed
from migration_app.reports.formatting import size_in_points
from migration_app.reports.settling import enough
from migration_app.runs.estimates import estimate
from migration_app.runs.models import Assessment
from migration_app.runs.plans import Plan, plan_of
from migration_app.workloads.models import Workload

from .options_form import OptionsForm
from .rules_form import RulesForm

# Before anything is measured: the share of requests on which two models are taken to differ.
ASSUMED_DISCORDANCE = 0.2
SIZEABLE = 0.03  # a drop that is told in whole points: it rests on that guess


def steps(assessment: Assessment | None, now: str, workload: Workload | None = None) -> list[dict[str, Any]]:
    """The wizard's steps for the stepper, with links back to those that are done."""
    workload = assessment.workload if assessment else workload
    options = reverse("assessment-options", args=[assessment.pk]) if assessment else ""
    rules = reverse("assessment-rules", args=[assessment.pk]) if assessment else ""
    chosen = (
        _("{count} chosen").format(count=1 + assessment.candidates.count())
        if assessment
        else _("Which models")
    )
    requests = (
        _("{sample_count} requests").format(
            sample_count=number_format(workload.sample_count, force_grouping=True)
        )
        if workload
        else _("Your requests")
    )
    rows = [
        ("upload", _("Upload"), requests, reverse("assessment-new")),
        ("columns", _("Columns"), _("Matched") if workload else _("What each holds"), ""),
        ("options", _("Options"), chosen, options),
        ("rules", _("Rules"), _("What counts as good"), rules),
        ("check", _("Check and start"), _("Cost and time"), ""),
    ]
    place = [key for key, *_ in rows].index(now)
    return [
        {
            "label": label,
            "note": note,
            "state": _step_state(index, place),
            "url": url if index < place else "",
        }
        for index, (_, label, note, url) in enumerate(rows)
    ]


def _step_state(index: int, place: int) -> str:
    return "done" if index < place else "now" if index == place else "next"


def options_context(form: OptionsForm, workload: Workload, draft: Assessment | None) -> dict[str, Any]:
    """The options page, and its live estimate: what each model would cost, and what is ticked."""
    models = list(form.models.values())
    today, ticked = form["baseline"].value(), set(form["candidates"].value() or ())
    costs = estimate(_plan(workload, models, draft))
    rows = [
        {
            "model": part.candidate,
            "price": current_price(part.candidate),
            "estimate": part,
            "today": str(part.candidate.pk) == today,
            "ticked": str(part.candidate.pk) in ticked,
        }
        for part in costs.per_candidate
    ]
    chosen = [row["model"] for row in rows if row["today"]] + [
        row["model"] for row in rows if row["ticked"] and not row["today"]
    ]
    whole = estimate(_plan(workload, chosen, draft)) if chosen else None
    return {
        "form": form,
        "workload": workload,
        "assessment": draft,
        "rows": rows,
        "currency": costs.currency,
        "estimate": whole,
        "chosen_count": len(chosen),
        "steps": steps(draft, "options", workload),
        **power(workload.sample_count if draft is None else plan_of(draft).samples, draft),
    }


def _plan(workload: Workload, models: list[Any], draft: Assessment | None) -> Plan:
    currency = draft.currency if draft else currency_of(models)
    if draft is None:
        return Plan(workload=workload, candidates=models, currency=currency)
    now = plan_of(draft)
    return Plan(
        workload=workload,
        candidates=models,
        repetitions=now.repetitions,
        sample_limit=now.sample_limit,
        max_output_tokens=now.max_output_tokens,
        requests_per_month=now.requests_per_month,
        currency=currency,
    )


def rules_context(form: RulesForm, draft: Assessment) -> dict[str, Any]:
    return {
        "form": form,
        "assessment": draft,
        "groups": form.fieldsets(),
        "rows": form.category_rows(),
        "scorers": SCORERS.values(),
        "uncapped": estimate(draft).uncapped,
        "steps": steps(draft, "rules"),
    }


def power(samples: int, draft: Assessment | None) -> dict[str, Any]:
    """What this many requests can show, if two models differ on one request in five."""
    margin = draft.margin if draft else 0.05
    alpha = draft.alpha if draft else 0.05
    drop = detectable_drop(samples, discordance=ASSUMED_DISCORDANCE, alpha=alpha)
    needed = samples_needed(0.0, margin, variance=ASSUMED_DISCORDANCE, alpha=alpha)
    return {
        "samples": samples,
        "drop_points": None if drop is None else size_in_points(drop, 0 if drop >= SIZEABLE else 1),
        "margin_points": size_in_points(margin, 2),
        "samples_needed": needed and enough(needed),
        "is_underpowered": needed is not None and samples < needed,
    }
