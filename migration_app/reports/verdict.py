"""The overall answer: one sentence and a lead paragraph."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.reasons import ReasonCode

from . import confidence, reasons, split, words
from . import formatting as show
from .facts import Facts
from .option import Option

# Costs within a hundredth of each other are "about the same".
SAME_COST = 0.01
MOST_PARTS = 3


def overall_kind(facts: Facts) -> str:
    """The best verdict of any candidate; *keep* only when every candidate is to be refused."""
    kinds = {option.kind for option in facts.candidates}
    for kind in ("switch", "switch_with_conditions"):
        if kind in kinds:
            return kind
    return "keep" if kinds == {"keep"} else "not_enough_evidence"


def featured(facts: Facts) -> Option | None:
    """The candidate the report speaks of: the recommended one, else the closest to passing."""
    kind = overall_kind(facts)
    if kind in ("switch", "switch_with_conditions"):
        return min((o for o in facts.candidates if o.kind == kind), key=lambda o: _best_first(facts, o))
    return max(
        facts.candidates, key=lambda o: (o.quality is not None, o.quality or 0.0, -o.position), default=None
    )


def _best_first(facts: Facts, option: Option) -> tuple[Any, ...]:
    """What can take over the most requests, then the cheapest, then the best."""
    cost = facts.cost(option)
    return (-facts.claimed_share(option), cost is None, cost or 0, -(option.quality or 0.0), option.position)


def build(facts: Facts) -> dict[str, Any]:
    """The verdict's card. `lead` is a list of pieces of text, the strong ones marked."""
    kind, option = overall_kind(facts), featured(facts)
    tone, label = _label(kind, option)
    return {
        "kind": kind,
        "tone": tone,
        "label": label,
        "headline": headline(facts, kind, option),
        "lead": [piece for piece in _lead(facts, kind, option) if piece["text"]],
        "recommended": option.position if option and kind.startswith("switch") else None,
        "featured": option.position if option else None,
        "confidence": confidence.build(facts, kind, option),
        "reasons": [reasons.reason(item, option, facts) for item in option.verdict.get("reasons", ())]
        if option
        else [],
    }


def _label(kind: str, option: Option | None) -> tuple[str, str]:
    if option is not None and option.kind == kind:
        return words.verdict(option)
    tone, label = words.KINDS[kind]
    return tone, str(label)


# ── the sentence ────────────────────────────────────────────────────────────────────────


def headline(facts: Facts, kind: str, option: Option | None) -> str:
    share = facts.saved_share(option) if option else None
    names = {
        "baseline": facts.baseline.label,
        "label": option.label if option else "",
        "percent": show.percent(share, 0),
    }
    if option is None:
        return _("No candidate was compared with {baseline}.").format(**names)
    if kind == "switch":
        return _switch(facts, option).format(**names)
    if kind == "switch_with_conditions":
        categories = words.listed(option.proven_categories) if facts.moves_in_part(option) else ""
        if categories:
            text = _("Move {categories} to {label}. Keep the rest on {baseline}.")
            if option.reviews_needed or option.unconfirmed:
                text = _(
                    "Move {categories} to {label} only once the conditions are met. Keep the rest on "
                    "{baseline}."
                )
            return text.format(categories=categories, **names)
        return _("Move from {baseline} to {label} only once its conditions are met.").format(**names)
    if kind in ("keep", "not_enough_evidence") and split.build(facts) is not None:
        return _("No single model can take over from {baseline} yet, but a split of the traffic can.").format(
            **names
        )
    if kind == "keep":
        return _keep(facts, option).format(**names)
    if all(candidate.overall is None for candidate in facts.candidates):
        return _("Nothing to compare yet: no answer could be set beside {baseline}'s.").format(**names)
    return _("Not enough evidence yet to move from {baseline}.").format(**names)


def _switch(facts: Facts, option: Option) -> str:
    share, better = facts.saved_share(option), option.verdict.get("standing") == "better"
    if share is None:
        return _("{label} can replace {baseline} on quality. What that saves is unknown.")
    if share < -SAME_COST:
        return (
            _("{label} answers better than {baseline}, and costs more.")
            if better
            else _("{label} can replace {baseline} on quality, but it costs more.")
        )
    if share <= SAME_COST:
        return _("Move from {baseline} to {label}: quality holds at about the same cost.")
    if better:
        return _("Move from {baseline} to {label}: quality rises and cost falls by {percent}.")
    return _("Move from {baseline} to {label}: quality holds and cost falls by {percent}.")


def _keep(facts: Facts, option: Option) -> str:
    by_rule = [o for o in facts.candidates if o.verdict.get("broken_rules") and not _is_inferior(o)]
    if len(facts.candidates) == 1:
        return (
            _("Stay on {baseline}: {label} breaks a must-have rule.")
            if by_rule
            else _("Stay on {baseline}: {label} answers worse.")
        )
    if by_rule:
        return _("Stay on {baseline}: no candidate both holds quality and keeps your rules.")
    return _("Stay on {baseline}: every candidate answers worse.")


def _is_inferior(option: Option) -> bool:
    return any(reason["code"] == ReasonCode.INFERIOR for reason in option.verdict.get("reasons", ()))


# ── the paragraph ───────────────────────────────────────────────────────────────────────


def _lead(facts: Facts, kind: str, option: Option | None) -> list[dict[str, Any]]:
    if option is None:
        return []
    pieces = [*_money_pieces(facts, kind, option), *_quality_pieces(facts, kind, option)]
    pieces.append(_plain(_others(facts, kind, option)))
    return pieces


def _plain(text: str) -> dict[str, Any]:
    return {"text": text, "strong": False}


def _strong(text: str) -> dict[str, Any]:
    return {"text": text, "strong": True}


def _money_pieces(facts: Facts, kind: str, option: Option) -> list[dict[str, Any]]:
    """Only a recommendation speaks of money first."""
    if not kind.startswith("switch"):
        return []
    saving, share = facts.claimed_saving(option), facts.saved_share(option)
    if saving is None:
        who = option if facts.cost(option) is None else facts.baseline
        return [
            _plain(_("The cost of {label} is unknown, so no saving is claimed. ").format(label=who.label))
        ]
    opening = option.label
    if facts.moves_in_part(option):
        opening = _("That part is {share} of the requests. Moving them").format(
            share=show.percent(facts.covered(option), 0)
        )
        today = facts.today(option)
        share = float(saving / today) if today else None
    if share is not None and abs(share) <= SAME_COST:
        text = _(" would cost about the same as {baseline}. ")
        return [_plain(opening + text.format(baseline=facts.baseline.label))]
    amount = show.money_about(abs(saving), facts.currency)
    percent = "" if share is None else f" ({show.percent(abs(share), 0)})"
    ending = _(" compared with {baseline}. ") if saving >= 0 else _(" more than {baseline}. ")
    return [
        _plain(opening + (_(" would save about ") if saving >= 0 else _(" would cost about "))),
        _strong(f"{amount} {words.per(facts)}{percent}"),
        _plain(ending.format(baseline=facts.baseline.label)),
    ]


def _quality_pieces(facts: Facts, kind: str, option: Option) -> list[dict[str, Any]]:
    finding = option.overall
    if facts.moves_in_part(option) and facts.proven(option):
        return _part_pieces(facts, option)
    if finding is None or option.answered_nothing:
        return [_plain(_unanswered(facts, option))]
    start = _quality_opening(facts, kind)
    return [
        _plain(start.format(label=option.label)),
        _strong(words.points(finding["difference"])),
        _plain(
            _(" with a 95% range of {range}, on {n} requests sent to both. Your limit is a {limit}. ").format(
                range=words.change_range(finding),
                n=show.count(finding["n"]),
                limit=words.drop(facts.question["margin"]),
            )
        ),
    ]


def _unanswered(facts: Facts, option: Option) -> str:
    """Where there is no change of quality to tell, why."""
    names = {"label": option.label, "baseline": facts.baseline.label}
    if option.answered_nothing and facts.baseline.answered_nothing:
        text = _(
            "Every request failed: neither {baseline} nor {label} answered one, so nothing can be said of "
            "their quality. "
        )
    elif option.answered_nothing:
        text = _("{label} answered no request: every one failed, and a failure counts as a wrong answer. ")
    else:
        text = _("No sample has a score on both sides, so quality cannot be compared. ")
    return text.format(**names)


def _part_pieces(facts: Facts, option: Option) -> list[dict[str, Any]]:
    """How quality changed in each part that moves."""
    pieces = []
    for finding in facts.proven(option)[:MOST_PARTS]:
        pieces += [
            _plain(_("In {category} quality changed by ").format(category=finding["scope"])),
            _strong(words.points(finding["difference"])),
            _plain(_(" (95% range {range}). ").format(range=words.change_range(finding))),
        ]
    limit = words.drop(facts.question["category_margin"])
    return [*pieces, _plain(_("Your limit in a category is a {limit}. ").format(limit=limit))]


def _quality_opening(facts: Facts, kind: str) -> str:
    if kind == "switch":
        return _("Quality changed by ")
    if len(facts.candidates) == 1:
        return _("{label} changed quality by ")
    return _("The closest candidate, {label}, changed quality by ")


def _others(facts: Facts, kind: str, option: Option) -> str:
    rest = [other for other in facts.candidates if other.position != option.position]
    parts = []
    passed = [other.label for other in rest if other.kind == "switch"]
    if kind == "switch" and passed:
        parts.append(_("{names} passed too.").format(names=words.listed(passed)))
    refused = [other.label for other in facts.candidates if other.kind == "keep"]
    if kind != "keep" and refused:
        parts.append(_("{names} did not pass.").format(names=words.listed(refused)))
    if (found := split.build(facts)) is not None:
        parts.append(
            _("A split by category holds quality and saves {saving}.").format(saving=found["saving"])
        )
    if not facts.run["complete"]:
        parts.append(_("The run is incomplete, so nothing is decided."))
    return " ".join(parts)
