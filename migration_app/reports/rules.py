"""Must-have rules in words: what each is about, what it allows, what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from migration_app.candidates.terms.vocabulary import LICENCES, PLACES, TRAINING
from migration_app.candidates.terms.vocabulary import RULES as STATED
from migration_app.evaluation.stated_rules import asks

from . import formatting as show

AT_MOST, ONLY, NONE = lazy("at most {limit}"), lazy("only {limit}"), lazy("none of it")


@dataclass(frozen=True, slots=True)
class RuleWords:
    """`tell`: a figure or code of the rule, in a currency, as text. `allows`: how its limit is told.

    confirm: of a rule on what is stated, not measured: what to do where nobody stated it.
    """

    name: Any
    tell: Callable[[Any, str], str]
    allows: Any = AT_MOST
    confirm: Any = ""

    @property
    def is_stated(self) -> bool:
        """Whether it is about what somebody wrote down, not about what was measured."""
        return bool(self.confirm)


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
    "places": RuleWords(
        STATED["places"], _labels(PLACES), ONLY,
        lazy("Confirm where {host} processes requests"),
    ),
    "max_retention_days": RuleWords(
        STATED["max_retention_days"], _days, confirm=lazy("Confirm how long {host} keeps requests")
    ),
    "no_training": RuleWords(
        STATED["no_training"], lambda value, _currency: str(TRAINING.get(value, "")), NONE,
        lazy("Confirm that {host} does not train on your requests"),
    ),
    "licences": RuleWords(
        STATED["licences"], _labels(LICENCES), ONLY, lazy("Confirm the licence of {host}")
    ),
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


def to_confirm(code: Any) -> str:
    """What to find out where a rule's fact is unknown, with a place for who is to be asked: {host}."""
    return str(RULES[code].confirm)


def told(code: Any, result: Mapping[str, Any], label: str, currency: str, *, by_policy: bool = False) -> str:
    """A stated rule that is broken, or that could not be checked, as a sentence.

    by_policy: the rule is the team's, where the assessment itself allows more.
    """
    stated, limit = result.get("measured"), allowed(code, result.get("limit"), currency)
    values = {"name": rule_name(code), "limit": limit, "label": label}
    if stated is None:
        text = _(
            "Your rule on {name} ({limit}) could not be checked for {label}: nobody has written it down yet."
        )
        if by_policy:
            text = _(
                "Your team's policy on {name} ({limit}) could not be checked for {label}: nobody has "
                "written it down yet."
            )
        return text.format(**values)
    text = _("{label} breaks your rule on {name}: {value}. You allow {limit}.")
    if by_policy:
        text = _("{label} breaks your team's policy on {name}: {value}. It allows {limit}.")
    return text.format(value=figure(code, stated, currency), **values)
