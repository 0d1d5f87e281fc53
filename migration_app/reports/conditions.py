"""What to do before acting on the verdict: each item follows from something in the evidence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import changes, reasons, rules, settling, split, steps, words
from . import formatting as show
from .facts import Facts
from .option import Json, Option
from .steps import item as _item

TRIAL_SHARE, TRIAL_DAYS, DAYS_PER_MONTH = 0.05, 14, 30.4
NOTICEABLY_MORE_FAILURES = 0.005


def build(facts: Facts, kind: str, option: Option | None) -> dict[str, Any]:
    if option is None:
        return {"title": "", "items": []}
    if kind.startswith("switch"):
        return {"title": _("Before you switch"), "items": _before_switching(facts, kind, option)}
    now = _split(facts)
    later = _after_keeping(facts, option) if kind == "keep" else settling.items(facts)
    title = _("What would change this") if kind == "keep" else _("What would settle it")
    return {"title": _("What can be done now, and later") if now else title, "items": [*now, *later]}


def _split(facts: Facts) -> list[dict[str, str]]:
    """What can be done at once where no single model may take over, but a split of the traffic may."""
    found = split.build(facts)
    if found is None:
        return []
    routes = [f"{row['category']}: {row['option']['label']}" for row in found["rows"]]
    return [
        _item(
            _("Route by category"), f"{words.listed(routes, most=6)}. {found['headline']}.", steps.ENGINEERING
        )
    ]


def _before_switching(facts: Facts, kind: str, option: Option) -> list[dict[str, str]]:
    items = [_confirm(rule, option, facts) for rule in option.unconfirmed]
    if option.reviews_needed:
        items.append(_reviews(option))
    if facts.moves_in_part(option):
        items.append(_routing(facts, option))
    elif kind == "switch":
        items += [_category(finding, option) for finding in _weak_categories(option)[:2]]
    items += _headroom(option) + _worth(facts, option)
    items.append(_price(facts, option))
    if (
        option.error_rate is not None
        and (option.error_rate - (facts.baseline.error_rate or 0)) > NOTICEABLY_MORE_FAILURES
    ):
        items.append(_failures(facts, option))
    if facts.run.get("shared_machine"):
        items.append(
            _item(
                _("Measure speed where it will run"),
                _(
                    "In this test the options shared one machine, so their times are not those of "
                    "your own servers."
                ),
                steps.ENGINEERING,
            )
        )
    items.append(_trial(facts))
    return items


def _confirm(rule: Json, option: Option, facts: Facts) -> dict[str, str]:
    where = option.label if rule["rule"] == "licences" else option.host or option.label
    return _item(
        rules.to_confirm(rule["rule"]).format(host=where),
        rules.told(rule["rule"], rule["params"], option.label, facts.currency),
        steps.LEGAL if rule["rule"] == "licences" else steps.DATA_PROTECTION,
    )


def _reviews(option: Option) -> dict[str, str]:
    count = option.reviews_needed or 0
    title = ngettext("Have {n} answer reviewed", "Have {n} answers reviewed", count)
    return _item(
        title.format(n=show.count(count)),
        _(
            "The scores come from a judge alone. People's word on a random part of the answers says whether "
            "it is too kind to {label}, and sets it right."
        ).format(label=option.label),
        steps.READERS,
    )


def _headroom(option: Option) -> list[dict[str, str]]:
    limit = changes.tightest(option)
    if limit is None or limit["share"] <= changes.TIGHT:
        return []
    return [
        _item(
            _("Get a higher rate limit from {host}").format(host=option.host or option.label),
            words.capital(changes.headroom(option)) + ".",
            steps.PROCUREMENT,
        )
    ]


def _worth(facts: Facts, option: Option) -> list[dict[str, str]]:
    """Where it costs more: the decision that no test can take."""
    saving = facts.claimed_saving(option)
    if saving is None or saving >= 0 or option.overall is None:
        return []
    return [
        _item(
            _("Decide whether it is worth {amount} {per} more").format(
                amount=show.money_about(-saving, facts.currency), per=words.per(facts)
            ),
            _("For that, quality changes by {change} (95% range {range}).").format(
                change=words.points(option.difference), range=words.change_range(option.overall)
            ),
            steps.FINANCE,
        )
    ]


def _routing(facts: Facts, option: Option) -> dict[str, str]:
    categories = words.listed(option.proven_categories, most=8)
    return _item(
        _("Route by category"),
        _(
            "Send only {categories} to {label}. The rest was not shown to hold and stays on {baseline}."
        ).format(
            categories=categories or _("the proven part"), label=option.label, baseline=facts.baseline.label
        ),
        steps.ENGINEERING,
    )


def _weak_categories(option: Option) -> list[Any]:
    """Categories that did not hold, worst first."""
    return [finding for finding in option.weak_findings if finding["scope"] not in option.proven_categories]


def _category(finding: Any, option: Option) -> dict[str, str]:
    return _item(
        _("Check {category} by hand").format(category=finding["scope"]),
        _("{label} changed by {change} there (95% range {range}, {n} samples), which is not settled.").format(
            label=option.label,
            change=words.points(finding["difference"]),
            range=words.change_range(finding),
            n=show.count(finding["n"]),
        ),
        steps.READERS,
    )


def _price(facts: Facts, option: Option) -> dict[str, str]:
    if facts.cost(option) is None:
        return _item(
            _("Get a price for {label}").format(label=option.label),
            _("Its cost is unknown, so this report claims no saving."),
            steps.PROCUREMENT,
        )
    if facts.cost(facts.baseline) is None:
        return _item(
            _("Enter what {baseline} costs today").format(baseline=facts.baseline.label),
            _("Without it there is nothing to compare the cost of {label} with.").format(label=option.label),
            steps.FINANCE,
        )
    title, by = _("Confirm the price with {host}").format(host=option.host or option.label), steps.PROCUREMENT
    if option.is_priced_by_the_hour:
        title, by = _("Check the price of a machine hour"), steps.FINANCE
    elif option.plan is not None:
        title, by = _("Check the plan for your own servers"), steps.FINANCE
    return _item(
        title,
        _("The cost rests on {price} ({source}).").format(
            price=words.price(option), source=words.price_source(option)
        ),
        by,
    )


def _failures(facts: Facts, option: Option) -> dict[str, str]:
    return _item(
        _("Plan for failed requests"),
        _("{rate} of requests to {label} failed, against {today} with {baseline}.").format(
            **words.failure_rates(facts, option)
        ),
        steps.ENGINEERING,
    )


def _fewer_failures(facts: Facts, option: Option) -> dict[str, str]:
    return _item(
        _("Requests that are answered"),
        _(
            "{rate} of requests to {label} failed, against {today} with {baseline}, and each counts as a "
            "wrong answer. Mend its connection or its limits, then run again."
        ).format(**words.failure_rates(facts, option)),
    )


def _trial(facts: Facts) -> dict[str, str]:
    volume = facts.question.get("requests_per_month")
    if not volume:
        text = _("This confirms the result on real requests, with today's model to fall back on.")
    else:
        requests = show.count_of(round(volume * TRIAL_SHARE * TRIAL_DAYS / DAYS_PER_MONTH, -2) or 100)
        text = _("This confirms the result on about {n} real requests.").format(n=requests)
    back = _("Go back to {baseline} if quality falls by more than {size} points.").format(
        baseline=facts.baseline.label, size=show.size_in_points(facts.question["margin"])
    )
    return _item(
        _("Run {share} of live traffic for two weeks").format(share=show.percent(TRIAL_SHARE, 0)),
        f"{text} {back}",
        steps.TRIAL,
    )


def _after_keeping(facts: Facts, option: Option) -> list[dict[str, str]]:
    items = [
        _item(_("A rule met or changed"), reasons.broken_rule(rule, option, facts), steps.OWNERS)
        for rule in option.verdict.get("broken_rules", ())
    ]
    if (option.error_rate or 0) - (facts.baseline.error_rate or 0) >= words.MANY_FAILURES:
        items.append(_fewer_failures(facts, option))
    weak = [finding["scope"] for finding in _weak_categories(option)]
    if weak:
        text = _("The closest candidate, {label}, loses most in {categories}.")
        items.append(
            _item(
                _("Better answers where it fails"),
                text.format(label=option.label, categories=words.listed(weak, most=3)),
                by="",
            )
        )
    items.append(
        _item(
            _("Another candidate"),
            _("Add one to this assessment and run it again; the same samples and limits apply."),
            by="",
        )
    )
    return items
