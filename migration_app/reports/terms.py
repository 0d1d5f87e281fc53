"""What was stated of each option when the run started: data, training, licence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.candidates.terms.vocabulary import LICENCES, PLACES, TRAINING

from . import formatting as show
from .facts import Facts, Option


def rows(facts: Facts) -> list[tuple[str, str]]:
    """(option, what is stated of it); of every option, so that what is unknown shows as unknown."""
    return [(option.label, sentence(option)) for option in facts.options]


def sentence(option: Option) -> str:
    stated: dict[str, Any] = option.raw.get("terms") or {}
    parts = [
        _("processed in: {place}").format(place=PLACES.get(stated.get("place", ""), show.UNKNOWN)),
        _("kept: {time}").format(time=_kept(stated.get("retention_days"))),
        _("training: {use}").format(use=TRAINING.get(stated.get("training", ""), show.UNKNOWN)),
        _("licence: {licence}").format(licence=_licence(stated)),
    ]
    text = "; ".join(parts) + "."
    if not stated.get("source"):
        return text
    return _("{text} Source: {source}, as of {day}.").format(
        text=text, source=str(stated["source"]).rstrip(". "), day=show.day(stated.get("as_of"))
    )


def _kept(days: int | None) -> str:
    if days is None:
        return show.UNKNOWN
    if days == 0:
        return _("not at all")
    return ngettext("{n} day", "{n} days", days).format(n=show.count(days))


def _licence(stated: dict[str, Any]) -> str:
    kind = str(LICENCES.get(stated.get("licence_kind", ""), show.UNKNOWN))
    return f"{stated['licence']} ({kind})" if stated.get("licence") else kind
