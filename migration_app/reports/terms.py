"""What was known of each option when the run started: data, training, licence; and from where."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.candidates.terms.vocabulary import LICENCES, PLACES, TRAINING

from . import formatting as show
from . import rules
from .facts import Facts
from .option import Json
from .table import identity


def build(facts: Facts) -> list[dict[str, Any]]:
    """One row for each option, so that what is unknown shows as unknown; none in a run of before."""
    if not any(option.raw.get("terms") for option in facts.options):
        return []
    return [identity(option) | _cells(option.raw.get("terms") or {}) for option in facts.options]


def _cells(known: Json) -> dict[str, str]:
    return {
        "place": place(known),
        "kept": kept(known),
        "training": training(known),
        "licence": licence(known),
        "source": source(known),
    }


def rows(facts: Facts) -> list[tuple[str, str]]:
    """For the method: what is known of each option and judge, and who sent requests against a rule."""
    judges = (facts.raw.get("judging") or {}).get("judges", ())
    named = [(option.label, option.raw.get("terms") or {}) for option in facts.options]
    named += [
        (_("{label} (judge)").format(label=judge["label"]), judge["terms"])
        for judge in judges
        if judge.get("terms")
    ]
    return [(label, _sentence(known)) for label, known in named] + [
        (_("Sent against a rule"), _accepted(record, facts.currency))
        for record in facts.run.get("accepted") or ()
    ]


def _sentence(known: Json) -> str:
    parts = [
        _("processed in: {place}").format(place=place(known)),
        _("kept: {time}").format(time=kept(known)),
        _("training: {use}").format(use=training(known)),
        _("licence: {licence}").format(licence=licence(known)),
    ]
    text = "; ".join(parts) + "."
    if found := source(known):
        return _("{text} Source: {source}.").format(text=text, source=found)
    return text


def _accepted(record: Json, currency: str) -> str:
    """Which models break which rule, why that was accepted, by whom and when."""
    broken = [
        rules.told(one["rule"], one, one["label"], currency, by_policy=bool(one.get("by_policy")))
        for one in record["conflicts"]
    ]
    said = _("Sent all the same: “{reason}” ({who}, {day}).").format(
        reason=record["reason"], who=record["by"] or show.UNKNOWN, day=show.day(record["at"])
    )
    return " ".join([*broken, said])


def place(known: Json) -> str:
    return str(PLACES.get(known.get("place", ""), show.UNKNOWN))


def training(known: Json) -> str:
    return str(TRAINING.get(known.get("training", ""), show.UNKNOWN))


def kept(known: Json) -> str:
    days = known.get("retention_days")
    if days is None:
        return str(show.UNKNOWN)
    if days == 0:
        return _("not at all")
    return ngettext("{n} day", "{n} days", days).format(n=show.count(days))


def licence(known: Json) -> str:
    """Its name, where the catalogue knows it, and its kind."""
    kind = str(LICENCES.get(known.get("licence_kind", ""), show.UNKNOWN))
    return f"{known['licence']} ({kind})" if known.get("licence") else kind


def source(known: Json) -> str:
    """Who says so, where and when; "" where nobody does."""
    if known.get("basis") == "address":
        return _("a server of your own at an address inside your network: no vendor sees the requests")
    if not known.get("source"):
        return ""
    values = {"source": str(known["source"]).rstrip(". "), "day": show.day(known.get("as_of"))}
    if known.get("by"):
        return _("{source}, as of {day}, written down by {who}").format(who=known["by"], **values)
    return _("{source}, as of {day}").format(**values)
