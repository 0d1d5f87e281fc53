"""How requests were sent, in the words of the report: mode, limits for latency, goodput, warm-up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json, Option


def rows(facts: Facts) -> list[tuple[str, str]]:
    """For the method."""
    load = facts.load
    if not load:
        return []
    found = [(_("How requests were sent"), mode(load))]
    if is_open(facts):
        found.append((_("Latency is counted"), _("from the moment a request was due to be sent")))
        found.append((_("Sent late"), "; ".join(_late(option) for option in facts.options)))
    found.append((_("Limits for latency"), limits(load) or _("none set")))
    found.append((_("Warm-up calls, in no figure"), warm_up(facts)))
    return found


def is_open(facts: Facts) -> bool:
    return facts.load.get("mode", "closed") != "closed"


def mode(load: Json) -> str:
    if load.get("mode", "closed") != "closed":
        text = sending(load["mode"], load["peak_per_minute"])
        return text + _("; at most {n} on their way at once").format(n=show.count(load["most_in_flight"]))
    numbers = [show.count(number) for number in load.get("at_a_time") or ()]
    return _("A fixed number at a time ({numbers}), the next when one is answered").format(
        numbers=words.listed(numbers) or show.UNKNOWN
    )


def sending(mode: str, peak_per_minute: Any) -> str:
    """How requests leave, before the run as well as after it."""
    texts = {
        "poisson": _(
            "{rate} a minute to each model at random moments (Poisson, seeded), whatever the answers do"
        ),
        "uniform": _("{rate} a minute to each model, evenly spaced, whatever the answers do"),
    }
    text = texts.get(mode, _("a fixed number at a time, the next when one is answered"))
    return text.format(rate=show.count(peak_per_minute))


def limits(load: Json) -> str:
    found = []
    if load.get("slo_ttft") is not None:
        found.append(_("first token within {limit}").format(limit=show.seconds(load["slo_ttft"])))
    if load.get("slo_total") is not None:
        found.append(_("whole answer within {limit}").format(limit=show.seconds(load["slo_total"])))
    return words.listed(found)


def _late(option: Option) -> str:
    lateness = option.metrics.get("lateness")
    if not lateness:
        return _("{label}: unknown").format(label=option.label)
    return _("{label}: {n} by more than {noticeable}, at most {most}").format(
        label=option.label,
        n=show.count(lateness["late"]),
        noticeable=show.seconds(lateness["noticeable"]),
        most=show.seconds(lateness["most"]),
    )


def warm_up(facts: Facts) -> str:
    found = []
    for option in facts.options:
        made = option.metrics.get("warm_up")
        if made:
            text = ngettext("{label}: {n} call, {cost}", "{label}: {n} calls, {cost}", made["calls"])
            cost = show.money(made["cost"], facts.currency)
            found.append(text.format(label=option.label, n=show.count(made["calls"]), cost=cost))
    return "; ".join(found) or _("none")


def goodput(option: Option) -> dict[str, str]:
    """What a table shows of the requests answered within the limits; empty texts where none was set."""
    found = option.metrics.get("goodput")
    if not found:
        return {"value": "", "range": ""}
    share = found["share"]
    value = show.percent(share["value"])
    if found["per_second"] is not None:
        value = _("{share}, {rate} of {offered} a second").format(
            share=value,
            rate=show.number(found["per_second"], 2),
            offered=show.number(found["offered_per_second"], 2),
        )
    return {"value": value, "range": show.range_text(share["interval"], show.percent)}


def speed_note(facts: Facts) -> str:
    """Under the table of speeds: what these latencies count from, and within which limits."""
    found = []
    if is_open(facts):
        found.append(
            _(
                "Requests left on a schedule, and each time counts from the moment the request was due, so "
                "that a stalled server cannot hide."
            )
        )
    if text := limits(facts.load):
        found.append(_("Within the limits: {limits}.").format(limits=text))
    return " ".join(found)


def statements(facts: Facts) -> list[dict[str, str]]:
    """Where so many requests left late that it must be known before the numbers are read."""
    late: list[Any] = [
        option.label
        for option in facts.options
        if (lateness := option.metrics.get("lateness")) and lateness["most"] > 1
    ]
    if not late:
        return []
    text = _(
        "Some requests to {names} left more than a second after they were due, because as many as allowed "
        "were on their way already or a vendor asked to wait. The delay is part of their times."
    )
    return [{"tone": "info", "text": text.format(names=words.listed(late))}]
