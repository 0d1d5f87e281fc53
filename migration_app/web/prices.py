"""Our prices: what each model costs the team, who says so, and what moved since it was last decided on."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from migration_app.candidates import queries
from migration_app.candidates.catalogue import queries as catalogue
from migration_app.candidates.exchange.queries import Rates, rate_rows, rates_of
from migration_app.candidates.models import Candidate, PriceOrigin
from migration_app.candidates.prices import freeze
from migration_app.comparisons.repricing import Repriced, Revision, changed_runs, money_of, revise
from migration_app.reports.words import KINDS
from migration_app.runs.models import Run

from .access import team_object_or_404, team_of
from .navigation import market_tabs
from .rate_forms import RateForm


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Every model of the team with its price; lists that say otherwise; runs that rest on old prices;
    exchange rates."""
    return prices_page(request, RateForm())


def prices_page(request: HttpRequest, form: RateForm) -> HttpResponse:
    """The page, with the form of a rate as it is: empty, or with what was wrong."""
    team, today = team_of(request), timezone.localdate()
    rows = [_row(candidate) for candidate in queries.candidates_of(team)]
    context = {
        "tabs": market_tabs("prices"),
        "rows": rows,
        "moved": changed_runs(team.pk, today),
        "rates": rate_rows(team.pk),
        "rate_form": form,
        "unlinked": _unlinked(rows, rates_of(team.pk)),
    }
    return render(request, "prices/list.html", context, status=422 if form.errors else 200)


def _unlinked(rows: list[dict[str, Any]], rates: Rates) -> list[tuple[str, str]]:
    """Pairs of the currencies that prices are in, between which there is no rate."""
    used = sorted({row["price"].currency for row in rows if row["price"]})
    return [pair for pair in combinations(used, 2) if rates.between(*pair) is None]


@require_safe
def prices_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One finished run at today's prices, and whether that would change what was decided."""
    runs = Run.objects.select_related("assessment", "comparison").filter(comparison__isnull=False)
    revision = revise(team_object_or_404(request, runs, pk), timezone.localdate())
    context = {
        "run": revision.run,
        "revision": revision,
        "rows": [_revised(revision, option) for option in revision.options],
        "findings": _findings(revision),
    }
    return render(request, "prices/run.html", context)


def _row(candidate: Candidate) -> dict[str, Any]:
    quote = queries.current_price(candidate)
    entries = catalogue.listed_for(candidate.connection.vendor, candidate.model)
    return {
        "candidate": candidate,
        "price": quote,
        "quotes": len(getattr(candidate, "fetched_prices", ())),
        "listed": entries[0] if len(entries) == 1 and _says_otherwise(candidate, entries[0]) else None,
    }


def _says_otherwise(candidate: Candidate, entry: Any) -> bool:
    """Whether the public list has another price than the list price that the team keeps."""
    quote = queries.current_price(candidate)
    listed = catalogue.listed_price(entry, timezone.localdate())
    if quote is None or listed is None or quote.origin != PriceOrigin.LIST:
        return False
    ours, theirs = money_of(freeze(quote)), money_of(listed.terms)
    return any(ours.get(name) != theirs.get(name) for name in ("input_per_million", "output_per_million"))


def _revised(revision: Revision, option: Repriced) -> dict[str, Any]:
    share = None
    if option.then and option.now is not None:
        share = option.now / option.then - 1
    is_baseline = option is revision.baseline
    return {
        "option": option,
        "change": share,
        "saving_then": None if is_baseline else revision.saving(option, now=False),
        "saving_now": None if is_baseline else revision.saving(option, now=True),
        "is_baseline": is_baseline,
        "verdict_then": KINDS.get(option.verdict_then),
        "verdict_now": KINDS.get(option.verdict_now),
    }


def _findings(revision: Revision) -> list[dict[str, str]]:
    """What the new prices would change, in sentences; the stored verdict itself stays as it is."""
    found = []
    for option in revision.options[1:]:
        found += _verdict_turned(option)
        if option.changed and option.now is None:
            text = _("What {label} costs today is unknown.")
            found.append(_finding("warn", text, option))
        if option.rule_turned and not option.holds_now:
            text = _("{label} would now break your rule on cost.")
            found.append(_finding("bad", text, option))
        if option.rule_turned and option.holds_now:
            text = _("{label} would now keep your rule on cost, which it broke.")
            found.append(_finding("good", text, option))
        if revision.saving_turned(option):
            now = revision.saving(option, now=True) or 0
            saves = _("{label} would now save money; before, it cost more than today's model.")
            costs = _("{label} would no longer save money: it now costs as much as today's model, or more.")
            found.append(_finding("good" if now > 0 else "bad", saves if now > 0 else costs, option))
    if not found and revision.changed:
        text = _(
            "The amounts move, but no rule on cost and no saving turns: the verdict would stay as it is."
        )
        found.append({"tone": "info", "text": text})
    return found


def _verdict_turned(option: Repriced) -> list[dict[str, str]]:
    if not option.verdict_turned:
        return []
    text = _(
        "The verdict on {label} would be “{now}” instead of “{then}”. The report keeps the one it was given."
    )
    return [
        {
            "tone": KINDS[option.verdict_now][0],
            "text": text.format(
                label=option.entry.label,
                now=KINDS[option.verdict_now][1],
                then=KINDS[option.verdict_then][1],
            ),
        }
    ]


def _finding(tone: str, text: str, option: Repriced) -> dict[str, str]:
    return {"tone": tone, "text": text.format(label=option.entry.label)}


urlpatterns = [
    path("prices/", prices, name="prices"),
    path("prices/runs/<uuid:pk>/", prices_run, name="prices-run"),
]
