"""Everything a reader needs to do the test again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import label_of
from migration_app.workloads.privacy import sentence_of

from . import extensions, judges, load, method_parts, redo, rules, terms, words
from . import formatting as show
from .facts import Facts
from .formulas import FORMULAS
from .method_parts import probability
from .option import Option
from .table import identity


def build(facts: Facts) -> dict[str, Any]:
    return {
        "sections": [
            _section(_("The question"), question(facts)),
            _section(_("The test"), _test(facts)),
            _section(_("The samples"), _samples(facts)),
            _section(_("The run"), _run(facts)),
            _section(_("Traffic and money"), method_parts.traffic(facts)),
            _section(_("Data and licences, as stated"), terms.rows(facts)),
            *judges.sections(facts),
        ],
        "looks": method_parts.looks(facts),
        "categories": method_parts.categories(facts),
        "exclusions": [_exclusion(option) for option in facts.options],
        "prices": [_price(option) for option in facts.options],
        "scoring": _scoring(facts),
        "results": [_result(option) for option in facts.candidates],
        "formulas": [{"name": str(name), "text": str(text)} for name, text in FORMULAS],
        "environment": _environment(facts),
        "redo": redo.build(facts),
    }


def _environment(facts: Facts) -> list[dict[str, str]]:
    """What the run was made with, known things by their names."""
    names = {
        "crossover": "Crossover",
        "python": "Python",
        "system": _("System"),
        "processors": _("Processors"),
        "planned_at": _("Planned"),
    }
    return [
        {
            "term": names.get(key, words.capital(str(key).replace("_", " "))),
            "value": moment(value) if key == "planned_at" else _plain(value),
        }
        for key, value in sorted((facts.run.get("environment") or {}).items())
    ]


def _section(title: str, facts: list[tuple[str, str]]) -> dict[str, Any]:
    return {"title": title, "facts": listed(facts)}


def listed(facts: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Terms and their values, as the page's and the PDF's lists take them."""
    return [{"term": term, "value": value} for term, value in facts]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in sorted(value.items())) or _("none")
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or _("none")
    return _("none") if value is None or value == "" else str(value)


def question(facts: Facts, *, with_candidates: bool = True) -> list[tuple[str, str]]:
    """What was asked, settled before any result was seen."""
    asked = facts.question
    volume = asked.get("requests_per_month")
    candidates = (_("Candidates"), ", ".join(option.label for option in facts.candidates))
    return [
        (_("Used today (baseline)"), facts.baseline.label),
        *([candidates] if with_candidates else []),
        (_("Acceptable drop overall"), words.drop(asked["margin"])),
        (_("Acceptable drop in a category"), words.drop(asked["category_margin"])),
        (_("Critical categories"), ", ".join(asked.get("critical_categories") or []) or _("none")),
        (_("Must-have rules"), _rules(facts)),
        (_("Requests a month"), show.count(volume) if volume else _("not given")),
    ]


def _rules(facts: Facts) -> str:
    texts = [
        _("{rule}: {allowed}").format(
            rule=rules.rule_name(code), allowed=rules.allowed(code, limit, facts.currency)
        )
        for code, limit in rules.set_rules(facts.question.get("rules"))
    ]
    return "; ".join(texts) or _("none")


def _test(facts: Facts) -> list[tuple[str, str]]:
    question = facts.question
    methods = {(option.overall or {}).get("method") for option in facts.candidates} - {None}
    names = {"tango": str(FORMULAS[0][0]), "pseudo_sample_t": str(FORMULAS[1][0]), "ppi": "PPI++"}
    return [
        (_("Test"), _("Non-inferiority, one-sided: is the mean drop smaller than the acceptable one?")),
        (
            _("Error rate (α)"),
            show.percent(question["alpha"], 1) + " " + _("for a false “switch”, all candidates together"),
        ),
        (
            _("Statistic used"),
            ", ".join(names.get(str(name), str(name)) for name in sorted(methods, key=str)) or _("none"),
        ),
        (_("Ranges shown"), _("two-sided, 95%")),
        *_unlooked(facts),
        (
            _("Fewest samples"),
            _("{n} overall, {c} in a critical category").format(
                n=show.count(question["minimum_samples"]), c=show.count(question["minimum_category_samples"])
            ),
        ),
    ]


def _unlooked(facts: Facts) -> list[tuple[str, str]]:
    """Where looks were asked for and a judge scores, that none was taken, and why."""
    if not facts.question.get("looks") or not facts.raw.get("judging"):
        return []
    return [
        (
            _("Looks before the end"),
            _("none taken: judges read once all answers are in, and without people's reviews settle nothing"),
        )
    ]


def _samples(facts: Facts) -> list[tuple[str, str]]:
    question, samples = facts.question, facts.samples
    categories = [f"{c['name']} {show.count(c['count'])}" for c in samples.get("categories") or []]
    return [
        (
            _("Workload"),
            _("{name}, version {version}").format(
                name=question["workload"], version=question["workload_version"]
            ),
        ),
        (_("Source"), question.get("workload_source") or show.UNKNOWN),
        (_("Content hash (SHA-256)"), question.get("workload_hash") or show.UNKNOWN),
        (_("Drawn from"), _drawn(question.get("sampling") or {})),
        (_("Privacy"), sentence_of(question.get("privacy") or {}) or show.UNKNOWN),
        (_("Samples"), show.count(samples["total"])),
        (_("Independent samples (clusters)"), show.count(samples["clusters"])),
        (_("Categories"), ", ".join(categories) or _("none")),
    ]


def _drawn(sampling: dict[str, Any]) -> str:
    """How the samples were chosen from the customer's file."""
    if not sampling:
        return show.UNKNOWN
    numbers = {key: show.count(sampling[key]) for key in ("size", "of")} | {"seed": sampling["seed"]}
    if sampling["size"] == sampling["of"]:
        return _("all {of} samples of the file").format(**numbers)
    return _("{of} samples: {size} of them, by category, with seed {seed}").format(**numbers)


def _run(facts: Facts) -> list[tuple[str, str]]:
    run, question = facts.run, facts.question
    cap = run.get("cap")
    return [
        (_("Run"), f"{run['id']} (#{run['number']})"),
        (_("Started"), moment(run["started_at"])),
        (_("Finished"), moment(run.get("finished_at"))),
        *extensions.rows(facts),
        *load.rows(facts),
        (_("Complete"), _("yes") if run["complete"] else _("no: nothing was decided")),
        (_("Requests"), show.count(run["items_total"])),
        (_("Times each request was asked"), show.count(question["repetitions"])),
        (_("Seed of the order"), str(question["seed"])),
        (_("Model settings"), _plain(question.get("settings") or {})),
        (
            _("Spent"),
            show.money(run.get("spent"), facts.currency)
            + (
                _(", cap {cap}").format(cap=show.money(cap, facts.currency))
                if cap is not None
                else _(", no cap")
            ),
        ),
        (
            _("Shared machine"),
            _("yes: options took turns, so times compare with each other only")
            if run.get("shared_machine")
            else _("no"),
        ),
    ]


def moment(value: Any) -> str:
    """A day and a time in UTC: "23 Nov 2026, 10:41 UTC"."""
    if not value:
        return show.UNKNOWN
    text = str(value)
    return f"{show.day(text)}, {text[11:16]} UTC" if len(text) > 15 else show.day(text)


def _exclusion(option: Option) -> dict[str, Any]:
    quality = option.metrics["quality"]
    return identity(option) | {
        "scored": show.count(quality["scored"]),
        "failed": show.count(quality["failed"]),
        "unscored": show.count(quality["unscored"]),
        "unanswered": show.count(quality.get("unanswered")),
        "refused": show.percent((option.metrics.get("refusal_rate") or {}).get("value")),
        "retries": show.count(option.metrics.get("retries")),
    }


def _price(option: Option) -> dict[str, Any]:
    quote = option.price or {}
    return identity(option) | {
        "price": words.price(option),
        "source": str(quote.get("source") or show.UNKNOWN),
        "as_of": show.day(quote.get("as_of")),
        "iso_day": str(quote.get("as_of") or "")[:10],
        "exchange": words.exchange_rate(option.exchange) if option.exchange else "",
        "input": show.number(option.metrics["tokens"].get("input_mean"), 0),
        "output": show.number(option.metrics["tokens"].get("output_mean"), 0),
        "estimated": bool(option.metrics["tokens"].get("estimated")),
        "unpriced": show.count((option.metrics.get("cost_per_1000") or {}).get("unpriced_calls")),
        "spent": show.money(option.metrics.get("spent"), (quote.get("currency") or "USD")),
    }


def _scoring(facts: Facts) -> list[dict[str, str]]:
    scoring = facts.question.get("scoring") or {}
    rows = [
        (_("All others") if scoring.get("by_category") else _("All samples"), scoring.get("default") or {})
    ]
    rows = [*sorted((scoring.get("by_category") or {}).items()), *rows]
    return [
        {
            "category": str(name),
            "scorer": _(label_of(spec.get("name"))),
            "parameters": _plain(spec.get("parameters") or {}),
        }
        for name, spec in rows
    ]


def _result(option: Option) -> dict[str, Any]:
    verdict = option.verdict
    tone, label = words.verdict(option)
    return identity(option) | {
        "tone": tone,
        "verdict": label,
        "p_value": probability(verdict.get("p_value")),
        "p_adjusted": probability(verdict.get("p_adjusted")),
        "n": show.count((option.overall or {}).get("n")),
        "clusters": show.count((option.overall or {}).get("clusters")),
        "change": words.points(option.difference),
        "range": words.change_range(option.overall) if option.overall else show.NOT_ESTIMABLE,
    }
