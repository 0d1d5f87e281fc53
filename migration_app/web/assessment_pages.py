"""What the pages about assessments show: plain dictionaries for the templates, no writes."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.urls import reverse

from migration_app.candidates.addresses import host_of
from migration_app.candidates.models import Connection
from migration_app.candidates.queries import currency_of, current_price
from migration_app.evaluation.scorers import SCORERS, label_of
from migration_app.evaluation.statistics import detectable_drop, samples_needed
from migration_app.providers.vendors import not_taken, vendor_named
from migration_app.reports.formatting import number, percent
from migration_app.reports.words import KINDS, RULES
from migration_app.runs.estimates import Estimate, Plan, estimate, plan_of
from migration_app.runs.models import Assessment, Run, RunState
from migration_app.runs.money import from_nanos
from migration_app.workloads.models import Workload
from migration_app.workloads.profiles import category_label
from migration_app.workloads.queries import uses_schemas, uses_tools

from .assessment_forms import OptionsForm, RulesForm

# Before anything is measured: the share of requests on which two models are taken to differ.
ASSUMED_DISCORDANCE = 0.2

_TONES = {
    RunState.FINISHED: "good",
    RunState.CANCELLED: "neu",
    RunState.FAILED: "bad",
    RunState.PAUSED: "warn",
    RunState.BUDGET_REACHED: "warn",
}


def card(assessment: Any) -> dict[str, Any]:
    """One line of the list. `assessment` comes from `assessments_of`."""
    run = assessment.newest_runs[0] if assessment.newest_runs else None
    entries = list(run.candidates.all()) if run else []
    return {
        "assessment": assessment,
        "run": run,
        "url": _place(assessment, run),
        "state": _state(run),
        "entries": entries,
        "verdicts": [_verdict(entry) for entry in entries if hasattr(entry, "verdict")],
        "models": [model.label for model in assessment.candidates.all()],
        "ended": sum(entry.items_ended for entry in entries),
        "failed": sum(entry.items_failed for entry in entries),
    }


def _place(assessment: Assessment, run: Run | None) -> str:
    if run is None:
        return reverse("assessment-check", args=[assessment.pk])
    return reverse("results" if run.state == RunState.FINISHED else "run", args=[run.pk])


def _state(run: Run | None) -> dict[str, str]:
    if run is None:
        return {"text": "Draft", "tone": "neu"}
    return {"text": run.get_state_display(), "tone": _TONES.get(RunState(run.state), "acc")}


def _verdict(entry: Any) -> dict[str, Any]:
    tone, words = KINDS.get(entry.verdict.kind, ("neu", entry.verdict.kind))
    return {"label": entry.label, "position": entry.position, "tone": tone, "text": words}


def steps(assessment: Assessment | None, now: str, workload: Workload | None = None) -> list[dict[str, Any]]:
    """The wizard's steps for the stepper, with links back to those that are done."""
    workload = assessment.workload if assessment else workload
    options = reverse("assessment-options", args=[assessment.pk]) if assessment else ""
    rules = reverse("assessment-rules", args=[assessment.pk]) if assessment else ""
    chosen = f"{1 + assessment.candidates.count()} chosen" if assessment else "Which models"
    requests = f"{workload.sample_count:,} requests" if workload else "Your requests"
    rows = [
        ("upload", "Upload", requests, reverse("assessment-new")),
        ("columns", "Columns", "Matched" if workload else "What is what", ""),
        ("options", "Options", chosen, options),
        ("rules", "Rules", "What counts as good", rules),
        ("check", "Check and start", "Cost and time", ""),
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
        **_power(workload.sample_count if draft is None else plan_of(draft).samples, draft),
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


def check_context(draft: Assessment) -> dict[str, Any]:
    """The last page before the start: what is sent, to whom, what it may cost and show."""
    plan = plan_of(draft)
    costs = estimate(plan)
    cap = None if draft.budget_nanos is None else from_nanos(draft.budget_nanos)
    return {
        "assessment": draft,
        "plan": plan,
        "estimate": costs,
        "cap": cap,
        "cap_is_low": cap is not None and costs.high is not None and cap < costs.high,
        "hollow_cap": cap is not None and bool(costs.uncapped),
        "characters": draft.workload.samples.aggregate(all=Sum("input_characters"))["all"] or 0,
        "hosts": _hosts(plan, costs),
        "blockers": _blockers(plan) + _not_taken(plan, draft),
        "scoring": _scoring_rows(draft),
        "rules": _rule_rows(draft),
        "certainty": percent(1 - draft.alpha).replace(".0%", "%"),
        "steps": steps(draft, "check"),
        **_power(plan.samples, draft),
    }


def _hosts(plan: Plan, costs: Estimate) -> list[dict[str, Any]]:
    """Who gets the requests: one row per connection, with what runs there."""
    hosts: dict[Any, dict[str, Any]] = {}
    for position, part in enumerate(costs.per_candidate):
        connection = part.candidate.connection
        row = hosts.setdefault(
            connection.pk,
            {
                "connection": connection,
                "host": host_of(connection.base_url),
                "in_clear": connection.base_url.startswith("http://"),
                "models": [],
                "requests": 0,
            },
        )
        row["models"].append({"position": position, "label": part.candidate.label, "estimate": part})
        row["requests"] += part.requests
    return list(hosts.values())


def _blockers(plan: Plan) -> list[dict[str, str]]:
    """What should be put right before the start; the start itself is not refused for it."""
    connections = {model.connection.pk: model.connection for model in plan.candidates}
    return [
        {
            "sentence": sentence,
            "name": connection.name,
            "url": "" if connection.archived_at else reverse("connection", args=[connection.pk]),
        }
        for connection in connections.values()
        if (sentence := _blocker(connection))
    ]


def _not_taken(plan: Plan, draft: Assessment) -> list[dict[str, str]]:
    """What the samples ask for and a vendor is known not to take."""
    asked = {
        "seed": draft.settings.get("seed") is not None,
        "tools": uses_tools(plan.workload),
        "json_schema": uses_schemas(plan.workload),
    }
    vendors = {model.connection.vendor: vendor_named(model.connection.vendor) for model in plan.candidates}
    return [
        {"sentence": sentence, "name": "", "url": ""}
        for vendor in vendors.values()
        for sentence in not_taken(vendor, **asked)
    ]


def _blocker(connection: Connection) -> str:
    if connection.archived_at:
        return f"{connection.name} is archived. Choose other models."
    if connection.works is None:
        return f"{connection.name} has not been tested. Test it first to save time."
    if connection.works is False:
        return f"{connection.name} failed its last test. Its requests will probably fail too."
    return ""


def _power(samples: int, draft: Assessment | None) -> dict[str, Any]:
    """What this many requests can show, if two models differ on one request in five."""
    margin = draft.margin if draft else 0.05
    alpha = draft.alpha if draft else 0.05
    drop = detectable_drop(samples, discordance=ASSUMED_DISCORDANCE, alpha=alpha)
    needed = samples_needed(0.0, margin, variance=ASSUMED_DISCORDANCE, alpha=alpha)
    return {
        "samples": samples,
        "drop_points": None if drop is None else number(drop * 100, 1).removesuffix(".0"),
        "margin_points": number(margin * 100, 2).rstrip("0").removesuffix("."),
        "samples_needed": needed,
        "is_underpowered": needed is not None and samples < needed,
    }


def _scoring_rows(draft: Assessment) -> list[dict[str, Any]]:
    scoring = draft.scoring
    rows = [("Everything" if not scoring.get("by_category") else "Everything else", scoring.get("default"))]
    rows += [
        (category_label(name), chosen) for name, chosen in sorted((scoring.get("by_category") or {}).items())
    ]
    return [
        {
            "name": name,
            "label": label_of((chosen or {}).get("name")),
            "critical": name in draft.critical_categories,
        }
        for name, chosen in rows
    ]


def _rule_rows(draft: Assessment) -> list[tuple[str, str]]:
    return [
        (str(label).capitalize(), f"at most {words(draft.rules[name], draft.currency)}")
        for name, (label, words) in RULES.items()
        if draft.rules.get(name) is not None
    ]
