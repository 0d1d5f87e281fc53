"""Must-have rules in words: what each is about, what it allows, what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from migration_app.candidates.terms.vocabulary import LICENCES, PLACES, TRAINING
from migration_app.evaluation.stated_rules import asks

from . import formatting as show

AT_MOST, ONLY, NONE = lazy("at most {limit}"), lazy("only {limit}"), lazy("none of it")


@dataclass(frozen=True, slots=True)
class RuleWords:
    """`tell`: a figure or code of the rule, in a currency, as text. `allows`: how its limit is told."""

    name: Any
    tell: Callable[[Any, str], str]
    allows: Any = AT_MOST
    is_stated: bool = False  # about what somebody wrote down, not about what was measured


def _labels(of: Mapping[str, Any]) -> Callable[[Any, str], str]:
    def tell(codes: Any, _currency: str) -> str:
        given: Iterable[Any] = [codes] if isinstance(codes, str) else codes
        return ", ".join(str(of.get(code, code)) for code in given)

    return tell


def _days(count: Any, _currency: str) -> str:
    if not count:
        return _("not kept at all")
    return ngettext("{n} day", "{n} days", int(count)).format(n=show.count(int(count)))


RULES: dict[str, RuleWords] = {
    "max_cost_per_1000": RuleWords(lazy("cost per 1,000 requests"), show.money),
    "max_p95_seconds": RuleWords(
        lazy("the slowest 5% of answers"), lambda value, _currency: show.seconds(value)
    ),
    "max_error_rate": RuleWords(lazy("requests that fail"), lambda value, _currency: show.percent(value)),
    "places": RuleWords(lazy("where requests are processed"), _labels(PLACES), ONLY, is_stated=True),
    "max_retention_days": RuleWords(lazy("how long requests are kept"), _days, is_stated=True),
    "no_training": RuleWords(
        lazy("training with your data"), lambda value, _currency: str(TRAINING.get(value, "")), NONE,
        is_stated=True,
    ),
    "licences": RuleWords(lazy("the licence"), _labels(LICENCES), ONLY, is_stated=True),
}  # fmt: skip


def rule_name(code: Any) -> str:
    return str(RULES[code].name) if code in RULES else str(code).replace("_", " ")


def figure(code: Any, value: Any, currency: str) -> str:
    """What was found, or the bare limit, as text."""
    return RULES[code].tell(value, currency) if code in RULES else str(value)


def allowed(code: Any, limit: Any, currency: str) -> str:
    """What the rule allows: "at most $0.20", "only European Union or EEA", "none of it"."""
    words = RULES.get(code)
    if words is None:
        return str(limit)
    shown = "" if words.allows is NONE else words.tell(limit, currency)
    return str(words.allows).format(limit=shown)


def set_rules(rules: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """The rules that ask for something, in our order."""
    asked = rules or {}
    return [(code, asked[code]) for code in RULES if asks(asked.get(code))]


def told(code: Any, result: Mapping[str, Any], label: str, currency: str) -> str:
    """A stated rule that is broken, or that could not be checked, as a sentence."""
    stated, limit = result.get("measured"), allowed(code, result.get("limit"), currency)
    if stated is None:
        return _(
            "Your rule on {name} ({limit}) could not be checked for {label}: nobody has written it down yet."
        ).format(name=rule_name(code), limit=limit, label=label)
    return _("{label} breaks your rule on {name}: {value}. You allow {limit}.").format(
        label=label, name=rule_name(code), value=figure(code, stated, currency), limit=limit
    )
