"""Must-have rules on what is stated, not measured: where data goes, what becomes of it, which licence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .reasons import RuleResult

# Rule → the fact it is about, and whether that fact keeps it.
STATED_RULES: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "places": ("place", lambda place, allowed: place in allowed),
    "max_retention_days": ("retention_days", lambda days, most: days <= most),
    "no_training": ("training", lambda training, _asked: training == "no"),
    "licences": ("licence_kind", lambda kind, allowed: kind in allowed),
}


def check_stated(rules: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[RuleResult, ...]:
    """One result per rule that was set; `passed` is None where the fact is not stated.

    rules: allowed places and licences (lists of codes), most days kept, whether training is ruled
    out; null, empty and False ask for nothing. facts: `place`, `retention_days`, `training`,
    `licence_kind`; empty and None are unknown.
    """
    results = []
    for rule, (fact, keeps) in STATED_RULES.items():
        asked = rules.get(rule)
        if not asks(asked):
            continue
        stated = facts.get(fact)
        known = stated is not None and stated != ""
        passed = keeps(stated, asked) if known else None
        params = {"limit": asked, "measured": stated if known else None}
        results.append(RuleResult(rule, passed, params, stated=True))
    return tuple(results)


def asks(value: Any) -> bool:
    """Whether a rule's setting asks for anything: 0 days does, no box ticked does not."""
    return value is not None and value is not False and value not in ("", [])
