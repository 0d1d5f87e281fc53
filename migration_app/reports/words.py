"""Codes become words: verdicts, changes, prices, in plain English.

Every sentence goes through gettext with named figures, so that it can be translated whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from . import formatting as show
from .facts import Facts
from .option import Json, Option

MANY_FAILURES = 0.02  # of the requests: a share that a reader must know of
KINDS = {
    "switch": ("good", lazy("Switch")),
    "switch_with_conditions": ("warn", lazy("Switch in part")),
    "keep": ("bad", lazy("Keep today's")),
    "not_enough_evidence": ("neu", lazy("Not enough evidence")),
}
# Where the condition is a fact or a review that is missing, not a part of the requests.
IF_CONFIRMED = lazy("Switch if confirmed")
STANDINGS = {
    "better": ("good", lazy("Better")),
    "holds_quality": ("good", lazy("Holds quality")),
    "not_proven": ("warn", lazy("Not proven")),
    "too_low": ("bad", lazy("Too low")),
}


def verdict(option: Option) -> tuple[str, str]:
    """The tone and the words of an option's verdict."""
    tone, label = KINDS[option.kind]
    if option.kind == "switch_with_conditions" and option.is_proven_everywhere:
        label = IF_CONFIRMED
    return tone, str(label)


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


def failure_rates(facts: Facts, option: Option) -> dict[str, str]:
    """What sentences say of failed requests: {rate} of {label}'s, and {today}, that of {baseline}."""
    return {
        "rate": show.percent(option.error_rate),
        "label": option.label,
        "today": show.percent(facts.baseline.error_rate),
        "baseline": facts.baseline.label,
    }


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


def change_range_in_points(finding: Json) -> str:
    """The same with its unit, where nothing beside it names one."""
    return show.range_text(finding["interval"], points)


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


def today_failed(facts: Facts) -> str:
    """That today's model failed so often that it flatters the others; "" where it did not."""
    rate = facts.baseline.error_rate or 0
    if rate < MANY_FAILURES:
        return ""
    return _(
        "{rate} of requests to {baseline} failed for good. A failed request counts as a wrong answer, so "
        "every candidate looks better beside it than it is."
    ).format(rate=show.percent(rate), baseline=facts.baseline.label)
