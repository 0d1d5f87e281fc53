"""What must be known before the numbers are read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from migration_app.runs.machines import machines_said
from migration_app.said import said

from . import extensions, load, words
from . import formatting as show
from .facts import Facts
from .option import Json


def build(facts: Facts) -> list[dict[str, str]]:
    """Notes over the report, the gravest first: {"tone", "text"} each."""
    found = []
    if not facts.run["complete"]:
        found.append(
            {
                "tone": "bad",
                "text": _(
                    "This run is incomplete: part of the requests was not asked or not scored. "
                    "Nothing is decided on part of the samples."
                ),
            }
        )
    if text := words.today_failed(facts):
        found.append({"tone": "bad", "text": text})
    if facts.run.get("shared_machine"):
        found.append({"tone": "warn", "text": _shared(facts.run)})
    found += _weighted(facts) + _machine_time(facts) + _stopped_early(facts)
    found += _estimated(facts) + _converted(facts)
    found += extensions.statements(facts)
    found += load.statements(facts)
    unknown = [option.label for option in facts.options if facts.cost(option) is None]
    if unknown:
        text = _("The cost of {names} is unknown and shown as such, never as nothing.")
        found.append({"tone": "warn", "text": text.format(names=words.listed(unknown))})
    return found


def _shared(run: Json) -> str:
    """Older comparisons keep it as an English sentence."""
    return (
        machines_said(run.get("shared_machines") or {})
        or said(run.get("machine_note") or "")
        or _(
            "Options shared one machine and took turns. Their times compare with each other, "
            "not with servers of their own."
        )
    )


def _weighted(facts: Facts) -> list[dict[str, str]]:
    """Where the file says that some requests occur more often than others, which the test does not know."""
    if not facts.question.get("weighted"):
        return []
    text = _(
        "The file gives its requests different weights. This test counts each request once: a model that "
        "fails on the frequent ones does worse in practice than here, and one that fails on rare ones better."
    )
    return [{"tone": "warn", "text": text}]


def _estimated(facts: Facts) -> list[dict[str, str]]:
    labels = [option.label for option in facts.options if option.is_estimated]
    if not labels:
        return []
    text = _(
        "The vendor of {names} sent no token counts. They were counted here with a public tokenizer, so "
        "what is said of tokens and cost is estimated; the spending cap was kept by the most each request "
        "could cost."
    )
    return [{"tone": "warn", "text": text.format(names=words.listed(labels))}]


def _converted(facts: Facts) -> list[dict[str, str]]:
    """One note for all options whose prices one exchange rate brought into the question's currency."""
    names: dict[str, list[str]] = {}
    for option in facts.options:
        if option.exchange is not None:
            names.setdefault(words.exchange_rate(option.exchange), []).append(option.label)
    text = _("Prices of {names} were converted at {rate}. At another rate their costs move with it.")
    return [
        {"tone": "info", "text": text.format(names=words.listed(labels), rate=rate)}
        for rate, labels in names.items()
    ]


def _stopped_early(facts: Facts) -> list[dict[str, str]]:
    looks = facts.looks
    if not looks or not looks["stopped"]:
        return []
    last = looks["taken"][-1]
    text = _(
        "The run stopped early, as it was allowed to: after {n} of {planned} planned requests every "
        "candidate was settled by the stricter test of that look. Answers beyond it are left out."
    )
    return [
        {
            "tone": "info",
            "text": text.format(n=show.count(last["samples"]), planned=show.count(looks["planned"])),
        }
    ]


def _machine_time(facts: Facts) -> list[dict[str, str]]:
    """One note for all options that are priced in the same way."""
    names: dict[tuple[str, str], list[str]] = {}
    for option in facts.options:
        if option.is_priced_by_the_hour:
            names.setdefault((words.price(option), words.price_source(option)), []).append(option.label)
    one = _("{names} is run on your own machine and priced at {price} ({source}).")
    many = _("{names} are run on your own machine and priced at {price} ({source}).")
    return [
        {
            "tone": "info",
            "text": (one if len(labels) == 1 else many).format(
                names=words.listed(labels), price=price, source=source
            ),
        }
        for (price, source), labels in names.items()
    ]
