"""What was asked on top of a run's plan, in the words of the report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json


def rows(facts: Facts) -> list[tuple[str, str]]:
    """For the method: which edition this is, and what makes it more than the plan."""
    found = [sentence(extension) for extension in _extensions(facts)]
    if not found:
        return []
    return [
        (_("Edition of the report"), show.count(facts.run.get("edition"))),
        (_("Asked on top of the plan"), "; ".join(found)),
    ]


def sentence(extension: Json) -> str:
    count = int(extension["requests"])
    texts = {
        "failures": ngettext(
            "{n} request again that had failed", "{n} requests again that had failed", count
        ),
        "samples": ngettext("{n} request more", "{n} requests more", count),
        "reviews": ngettext("{n} answer reviewed by people", "{n} answers reviewed by people", count),
        "candidate": ngettext("{model} added, {n} request", "{model} added, {n} requests", count),
    }
    text = texts[extension["kind"]].format(n=show.count(count), model=extension.get("subject") or "")
    return _("{what} ({day})").format(what=text, day=show.day(extension.get("at")))


def statements(facts: Facts) -> list[dict[str, str]]:
    """What must be known before the numbers are read."""
    found = []
    if any(extension.get("after_report") for extension in _extensions(facts)):
        text = _(
            "This run was extended after a report had been seen. The stated error rate holds for a plan "
            "that was fixed beforehand: before you act on a close result, confirm it with a new run."
        )
        found.append({"tone": "warn", "text": text})
    weighed = sum(extension["kind"] == "reviews" for extension in _extensions(facts))
    if weighed > 1:
        text = _(
            "People's reviews were weighed {n} times, each time on more of them. The stated error rate "
            "holds for one weighing, settled beforehand: before you act on a close result, confirm it with a "
            "new run."
        )
        found.append({"tone": "warn", "text": text.format(n=show.count(weighed))})
    later = [
        str(extension["subject"]) for extension in _extensions(facts) if extension["kind"] == "candidate"
    ]
    if later:
        text = ngettext(
            "{names} was added later and measured at another time than the others: compare its speed "
            "with care.",
            "{names} were added later and measured at another time than the others: compare their speed "
            "with care.",
            len(later),
        )
        found.append({"tone": "warn", "text": text.format(names=words.listed(later))})
    return found


def _extensions(facts: Facts) -> list[Any]:
    return list(facts.run.get("extensions") or [])
