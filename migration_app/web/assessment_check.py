"""The last page before the start: what is sent, to whom, what it may cost, and what stands in the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.candidates.addresses import host_of
from migration_app.evaluation.scorers import label_of
from migration_app.reports import load, rules
from migration_app.reports.formatting import percent
from migration_app.reports.words import capital
from migration_app.runs.actions.trial import trial_estimate
from migration_app.runs.conflicts import conflicts_of, to_accept
from migration_app.runs.estimates import Estimate, estimate
from migration_app.runs.judge_estimates import estimate_judging
from migration_app.runs.judges import needs_judge
from migration_app.runs.models import Assessment
from migration_app.runs.money import from_nanos
from migration_app.runs.plans import Plan, plan_of
from migration_app.workloads import log_settings
from migration_app.workloads.profiles import category_label

from .assessment_bill import bill_of, judging_bill
from .assessment_conflicts import blockers, conflict_rows
from .assessment_pages import power, steps


def check_context(draft: Assessment) -> dict[str, Any]:
    """The last page before the start: what is sent, to whom, what it may cost and show."""
    plan = plan_of(draft)
    costs = estimate(plan)
    cap = None if draft.budget_nanos is None else from_nanos(draft.budget_nanos)
    judging, conflicts = estimate_judging(draft), conflicts_of(draft)
    return {
        "assessment": draft,
        "plan": plan,
        "estimate": costs,
        "trial": None if all(part.measured for part in costs.per_candidate) else trial_estimate(draft),
        "cap": cap,
        "cap_is_low": cap is not None and costs.high is not None and cap < costs.high,
        "hollow_cap": cap is not None and bool(costs.uncapped),
        "hosts": _hosts(plan, costs),
        "blockers": blockers(plan, draft),
        "scoring": _scoring_rows(draft),
        "needs_judge": needs_judge(draft),
        "judging": judging,
        "judging_bill": judging_bill(costs, judging),
        "bill": bill_of(costs, judging),
        "judging_cap": _judging_cap(draft),
        "rules": _rule_rows(draft),
        "conflicts": conflict_rows(conflicts, draft.currency),
        "is_broken": bool(to_accept(conflicts, draft)),
        "load": _setting_rows(draft) + _load_rows(draft),
        "certainty": _certainty(draft.alpha),
        "steps": steps(draft, "check"),
        **power(plan.samples, draft),
    }


def _certainty(alpha: float) -> str:
    """0.05 → "95%", 0.025 → "97.5%"."""
    return percent(1 - alpha, 0 if round(alpha * 100, 6).is_integer() else 1)


def _judging_cap(draft: Assessment) -> Decimal | None:
    cap = draft.judging.get("cap_nanos")
    return None if cap is None else from_nanos(cap)


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
        row["models"].append({"position": position, "label": part.candidate.label})
        row["requests"] += part.requests
    return list(hosts.values())


def _scoring_rows(draft: Assessment) -> list[dict[str, Any]]:
    scoring = draft.scoring
    rows = [
        (_("Every answer") if not scoring.get("by_category") else _("All others"), scoring.get("default"))
    ]
    rows += [
        (category_label(name), chosen) for name, chosen in sorted((scoring.get("by_category") or {}).items())
    ]
    return [
        {
            "name": name,
            "label": _(label_of((chosen or {}).get("name"))),
            "critical": name in draft.critical_categories,
        }
        for name, chosen in rows
    ]


def _rule_rows(draft: Assessment) -> list[tuple[str, str]]:
    return [
        (capital(rules.rule_name(code)), rules.allowed(code, limit, draft.currency))
        for code, limit in rules.set_rules(draft.rules)
    ]


def _setting_rows(draft: Assessment) -> list[tuple[str, str]]:
    """Settings that are sent because the log's requests had them."""
    sent = {name: draft.settings.get(name) for name in ("top_p", "stop")}
    labels = log_settings.LABELS
    return [
        (str(labels[name]), log_settings.written(value))
        for name, value in sent.items()
        if value not in (None, [])
    ]


def _stopping(draft: Assessment) -> str:
    if needs_judge(draft):
        return _("no: judges read once all answers are in, and without people's reviews they settle nothing")
    return _("where a quarter, a half or three quarters of the requests settle every model")


def _load_rows(draft: Assessment) -> list[tuple[str, str]]:
    """How requests are sent, how fast answers should be, and what is sent before."""
    rows = [(_("Requests are sent"), load.sending(draft.load, draft.peak_per_minute))]
    if draft.looks:
        rows.append((_("Stop early"), _stopping(draft)))
    if limits := load.limits({"slo_ttft": draft.slo_ttft, "slo_total": draft.slo_total}):
        rows.append((_("Limits for latency"), limits))
    text = ngettext(
        "{n} short request to each model before anything is measured, paid for and in no figure",
        "{n} short requests to each model before anything is measured, paid for and in no figure",
        draft.warm_up_calls,
    )
    rows.append((_("Warm-up"), text.format(n=draft.warm_up_calls) if draft.warm_up_calls else _("none")))
    return rows
