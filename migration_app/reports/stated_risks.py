"""What a move risks by the terms that people wrote down: data elsewhere or longer, training, lock-in.

Nothing of it is measured. What nobody has written down is no risk here: the table of terms shows it as
unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import terms
from .facts import Facts
from .option import Option


@dataclass(frozen=True)
class StatedRisk:
    """One risk in words; `level` as in `risks.LEVELS`."""

    level: str
    title: str
    text: str


def found(facts: Facts, option: Option) -> Iterator[StatedRisk]:
    """The risks of moving to `option`, compared with today's model where that is known."""
    known, today = option.raw.get("terms") or {}, facts.baseline.raw.get("terms") or {}
    if known.get("training") == "yes":
        yield _training(option, also_today=today.get("training") == "yes")
    if known.get("place") and today.get("place") and known["place"] != today["place"]:
        text = _("{label} processes requests here: {place}. Today's model does so here: {today}.")
        values = {"place": terms.place(known), "today": terms.place(today)}
        yield StatedRisk(
            "medium", _("Requests are processed elsewhere"), text.format(label=option.label, **values)
        )
    kept, kept_today = known.get("retention_days"), today.get("retention_days")
    if kept is not None and kept_today is not None and kept > kept_today:
        text = _("{label}: {kept}. Today: {today}.")
        values = {"kept": terms.kept(known), "today": terms.kept(today)}
        yield StatedRisk("medium", _("Requests are kept longer"), text.format(label=option.label, **values))
    if (licence := _licence(option, str(known.get("licence_kind") or ""))) is not None:
        yield licence


def _training(option: Option, *, also_today: bool) -> StatedRisk:
    text = _("By the terms on record, requests to {label} may be used to train models.")
    if also_today:
        text = _("By the terms on record, requests to {label} may be used to train models, as today's are.")
    level = "medium" if also_today else "high"
    return StatedRisk(level, _("Requests may be used for training"), text.format(label=option.label))


def _licence(option: Option, kind: str) -> StatedRisk | None:
    """Whether one could take the model elsewhere."""
    found = {
        "service": (
            "low",
            _("You would depend on one owner"),
            _(
                "{label} is offered under a vendor's terms of service. Its owner may change the price or end "
                "it; this test can then be repeated with another."
            ),
        ),
        "permissive": (
            "low",
            _("You would not be locked in"),
            _("The weights of {label} are open: another host, or servers of your own, may run it."),
        ),
        "conditions": (
            "low",
            _("Its licence has conditions"),
            _(
                "The weights of {label} are open, so another host may run it, but its licence limits what it "
                "may be used for. Have it read."
            ),
        ),
        "research": (
            "high",
            _("Its licence forbids commercial use"),
            _("{label} may not be used commercially by the licence that is written down."),
        ),
    }.get(kind)
    if found is None:
        return None
    level, title, text = found
    return StatedRisk(level, title, text.format(label=option.label))
