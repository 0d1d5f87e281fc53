"""Codes become sentences: the reasons of a verdict, prices, in plain English.

Every sentence goes through gettext with named figures, so that it can be translated whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from migration_app.evaluation.reasons import ReasonCode

from . import formatting as show
from . import rules
from .facts import Facts, Json, Option

KINDS = {
    "switch": ("good", lazy("Switch")),
    "switch_with_conditions": ("warn", lazy("Switch in part")),
    "keep": ("bad", lazy("Keep today's")),
    "not_enough_evidence": ("neu", lazy("Not enough evidence")),
}
STANDINGS = {
    "better": ("good", lazy("Better")),
    "holds_quality": ("good", lazy("Holds quality")),
    "not_proven": ("warn", lazy("Not proven")),
    "too_low": ("bad", lazy("Too low")),
}


def points(difference: Any) -> str:
    """A change in points for a sentence: "−0.2 points"."""
    return show.points(difference, unit=_(" points"))


def drop(margin: Any) -> str:
    """A margin as the drop it allows: 0.05 → "5-point drop"."""
    return _("{size}-point drop").format(size=show.size_in_points(margin))


def counted(figure: str, option: Option) -> str:
    """A count of tokens, or a cost, with the mark of one that rests on a count of ours."""
    if not option.is_estimated or figure in ("", show.UNKNOWN):
        return figure
    return _("{figure} (estimated)").format(figure=figure)


def capital(text: str) -> str:
    """The text with its first letter large, for the start of a sentence."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], *, most: int = 4) -> str:
    """Names in a sentence: "A, B and C"; many are cut to the first few and a count."""
    shown = list(names)
    if len(shown) > most + 1:
        shown = [*shown[:most], _("{n} more").format(n=len(names) - most)]
    if len(shown) < 2:
        return "".join(shown)
    return _("{first} and {last}").format(first=", ".join(shown[:-1]), last=shown[-1])


def per(facts: Facts) -> str:
    """What costs are told for."""
    return _("a month") if facts.monthly else _("per 1,000 requests")


def months(value: float | None) -> str:
    """A time until something is repaid: "8 weeks", "14 months"; never is "never"."""
    if value is None:
        return _("never")
    if value > 600:
        return _("more than 50 years")
    weeks = max(1, round(value * 52 / 12))
    if weeks < 20:
        return ngettext("{n} week", "{n} weeks", weeks).format(n=weeks)
    whole = max(1, round(value))
    return ngettext("{n} month", "{n} months", whole).format(n=show.count(whole))


def change_range(finding: Json) -> str:
    return show.range_text(finding["interval"], show.bare_points)


def reason(item: Json, option: Option, facts: Facts) -> str:
    """One reason of a verdict as a sentence. An unknown code is shown as its own name, never dropped."""
    code, params = item["code"], dict(item.get("params") or {})
    write = _REASONS.get(code)
    return write(params, option, facts) if write else str(code).replace("_", " ").capitalize() + "."


def _where(params: Json) -> str:
    scope = params.get("scope")
    return _("overall") if scope is None else _("in {category}").format(category=scope)


def _noninferior(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "The test shows that {label} stays within your limit, with at most {alpha} risk of being wrong."
    ).format(
        label=option.label,
        alpha=show.percent(params.get("alpha", facts.question["alpha"]), 1).replace(".0%", "%"),
    )


def _categories_proven(params: Json, option: Option, facts: Facts) -> str:
    return _("{label} was shown to hold quality in {categories} only.").format(
        label=option.label, categories=listed(list(params["categories"]), most=6)
    )


def _inferior(params: Json, option: Option, facts: Facts) -> str:
    return _("{label} is worse {where}: {change}, beyond the {limit} you allow.").format(
        label=option.label,
        where=_where(params),
        change=points(params["difference"]),
        limit=drop(params["margin"]),
    )


def _not_proven(params: Json, option: Option, facts: Facts) -> str:
    text = _("{label} changed by {change} {where}; a {limit} could not be ruled out.")
    if params["difference"] < -params["margin"]:
        text = _("{label} changed by {change} {where}, more than the {limit} you allow.")
    return text.format(
        label=option.label,
        change=points(params["difference"]),
        where=_where(params),
        limit=drop(params["margin"]),
    )


def _not_proven_among_many(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "{label} would pass if it were tested alone, but not once {n} candidates are tested together: "
        "with more candidates, one can look good by luck."
    ).format(label=option.label, n=params["candidates"])


def _all_but_not_overall(params: Json, option: Option, facts: Facts) -> str:
    return _("Each category holds within its own, wider limit, but the whole does not hold within yours.")


def _wide_interval(params: Json, option: Option, facts: Facts) -> str:
    return _("The 95% range {where} reaches {low}, past the {limit}; the one-sided test still holds.").format(
        where=_where(params), low=points(params["low"]), limit=drop(params["margin"])
    )


def _no_samples(params: Json, option: Option, facts: Facts) -> str:
    return _("No answer of {label} could be scored beside {baseline}'s, out of {n} samples.").format(
        label=option.label, baseline=facts.baseline.label, n=show.count(params["samples"])
    )


def _no_marks(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "None of {label}'s {n} answers got any mark {where}. Check how answers are scored, and that its "
        "connection works: where both sides fail alike, nothing is shown."
    ).format(label=option.label, n=show.count(params["n"]), where=_where(params))


def _too_few(params: Json, option: Option, facts: Facts) -> str:
    return _("Only {n} samples were scored {where}; a verdict needs {minimum}.").format(
        n=show.count(params["n"]), where=_where(params), minimum=show.count(params["minimum"])
    )


def _incomplete(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "The run is incomplete: {n} samples were scored, and nothing is decided on part of them."
    ).format(n=show.count(params["n"]))


def _unscored(params: Json, option: Option, facts: Facts) -> str:
    return _("{n} of {samples} samples could not be scored and are left out.").format(
        n=show.count(params["unscored"]), samples=show.count(params["samples"])
    )


def _judge_alone(params: Json, option: Option, facts: Facts) -> str:
    more = int(params["more"])
    text = ngettext(
        "The scores come from a judge and people have reviewed {labels} of them: have {n} more answer of "
        "{label} reviewed before you rely on this.",
        "The scores come from a judge and people have reviewed {labels} of them: have {n} more answers of "
        "{label} reviewed before you rely on this.",
        more,
    )
    return text.format(labels=show.count(params["labels"]), n=show.count(more), label=option.label)


def _judge_contradicts(params: Json, option: Option, facts: Facts) -> str:
    if params.get("consistency") is None:
        return _(
            "The judge never named a winner for {label} that held in both orders, so its scores prove "
            "nothing. Choose another judge, or have people review the answers."
        ).format(label=option.label)
    return _(
        "The judge named the same winner in both orders in only {share} of {n} pairs, no better than a "
        "coin. Choose another judge, or have people review the answers of {label}."
    ).format(share=show.percent(params["consistency"], 0), n=show.count(params["n"]), label=option.label)


def _rule_broken(params: Json, option: Option, facts: Facts) -> str:
    return broken_rule({"rule": params.get("rule"), "params": params}, option, facts)


def _rule_unknown(params: Json, option: Option, facts: Facts) -> str:
    code, _value, limit = _rule_parts(params, facts)
    if is_stated(code):
        return rules.told(code, params, option.label, facts.currency)
    return _("Your rule on {name}{limit} could not be checked for {label}: the figure is unknown.").format(
        name=rules.rule_name(code),
        label=option.label,
        limit=_(" (at most {limit})").format(limit=limit) if limit else "",
    )


def broken_rule(result: Json, option: Option, facts: Facts) -> str:
    params = result.get("params") or {}
    code, value, limit = _rule_parts({**params, "rule": result.get("rule")}, facts)
    if is_stated(code):
        return rules.told(code, params, option.label, facts.currency)
    name = rules.rule_name(code)
    if value and limit:
        return _("{label} breaks your rule on {name}: {value}, at most {limit} allowed.").format(
            label=option.label, name=name, value=value, limit=limit
        )
    return _("{label} breaks your rule on {name}.").format(label=option.label, name=name)


def is_stated(code: Any) -> bool:
    return code in rules.RULES and rules.RULES[code].is_stated


def _rule_parts(params: Json, facts: Facts) -> tuple[str, str, str]:
    """The rule, the value seen and the limit as text; empty where the rule does not carry them."""
    code = str(params.get("rule"))
    limit = params.get("limit")
    if limit is None:
        limit = facts.question.get("rules", {}).get(code)

    def text(amount: Any) -> str:
        return "" if amount is None else rules.figure(code, amount, facts.currency)

    return code, text(params.get("measured")), text(limit)


_REASONS: dict[str, Callable[[Json, Option, Facts], str]] = {
    ReasonCode.NONINFERIOR: _noninferior,
    ReasonCode.CATEGORIES_PROVEN: _categories_proven,
    ReasonCode.INFERIOR: _inferior,
    ReasonCode.NOT_PROVEN: _not_proven,
    ReasonCode.NOT_PROVEN_AMONG_MANY: _not_proven_among_many,
    ReasonCode.ALL_CATEGORIES_BUT_NOT_OVERALL: _all_but_not_overall,
    ReasonCode.WIDE_INTERVAL: _wide_interval,
    ReasonCode.NO_SAMPLES: _no_samples,
    ReasonCode.NO_MARKS: _no_marks,
    ReasonCode.TOO_FEW_SAMPLES: _too_few,
    ReasonCode.INCOMPLETE: _incomplete,
    ReasonCode.UNSCORED: _unscored,
    ReasonCode.JUDGE_ALONE: _judge_alone,
    ReasonCode.JUDGE_CONTRADICTS_ITSELF: _judge_contradicts,
    ReasonCode.RULE_BROKEN: _rule_broken,
    ReasonCode.RULE_UNKNOWN: _rule_unknown,
}


def price(option: Option) -> str:
    """What an option is priced at: "$0.15 in, $0.60 out per million tokens", or per machine hour."""
    quote = option.stated_price
    if not quote:
        return show.UNKNOWN
    currency = quote.get("currency") or "USD"
    if option.is_priced_by_the_hour:
        return _machine_price(quote, currency)
    if quote.get("plan") is not None:
        return _plan_price(quote["plan"], currency)
    parts = [
        (_("{amount} in"), quote.get("input_per_million")),
        (_("{amount} cached"), quote.get("cached_input_per_million")),
        (_("{amount} cache write"), quote.get("cache_write_per_million")),
        (_("{amount} out"), quote.get("output_per_million")),
    ]
    known = [text.format(amount=show.money(amount, currency)) for text, amount in parts if amount is not None]
    tokens = _("{amounts} per million tokens").format(amounts=", ".join(known)) if known else ""
    flat = quote.get("per_request")
    fee = _("{amount} per request").format(amount=show.money(flat, currency)) if flat is not None else ""
    return _(" and ").join(part for part in (tokens, fee) if part) or show.UNKNOWN


def _machine_price(quote: Json, currency: str) -> str:
    text = _("{amount} per machine hour").format(amount=show.money(quote.get("per_hour"), currency))
    slots = quote.get("slots") or 1
    return text if slots == 1 else _("{text}, {slots} requests at a time").format(text=text, slots=slots)


def _plan_price(plan: Json, currency: str) -> str:
    """What own servers cost by their plan, and on what: "$1.31 per 1,000 requests on 1 × NVIDIA L4…"."""
    return _("{amount} per 1,000 requests on own servers, {n} × {gpu}").format(
        amount=show.money(plan["per_1000"]["amount"], currency), n=plan["gpus"], gpu=plan["gpu"]
    )


def price_source(option: Option) -> str:
    """Who says so and of which day; and the exchange rate, where the price is in another currency."""
    quote = option.price
    if not quote:
        return ""
    text = _("{source}, as of {day}").format(
        source=str(quote.get("source") or show.UNKNOWN).rstrip(". "), day=show.day(quote.get("as_of"))
    )
    if option.exchange is None:
        return text
    return _("{source}; converted at {rate}").format(source=text, rate=exchange_rate(option.exchange))


def exchange_rate(exchange: Json) -> str:
    """A rate as somebody wrote it down: "1 EUR = 1.0834 USD (ECB, 24 Nov 2026)"."""
    return _("1 {currency} = {rate} {into} ({source}, {day})").format(
        currency=exchange["currency"],
        rate=show.rate(exchange["rate"]),
        into=exchange["into"],
        source=str(exchange["source"]).rstrip(". "),
        day=show.day(exchange["as_of"]),
    )
