"""The judges and the people behind a verdict, in the words of the method."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.evaluation.judging import CONSISTENCY_BY_CHANCE, STEADY
from migration_app.evaluation.scorers import label_of
from migration_app.runs.judge_favour import favour_said
from migration_app.said import said

from . import formatting as show
from .facts import Facts
from .option import Json

NOTICEABLE = 0.3  # of a rank correlation


def sections(facts: Facts) -> list[dict[str, Any]]:
    """One section on judges and one on people, where there were any."""
    judging, reviews = facts.raw.get("judging"), facts.raw.get("reviews")
    found = []
    if judging:
        facts_of_judges = [*_listed(_judges(judging)), *map(_rubric, judging["rubrics"])]
        found.append({"title": _("The judges"), "facts": facts_of_judges})
    if reviews:
        found.append({"title": _("Reviews by people"), "facts": _listed(_reviews(reviews))})
    return found


def doubts(facts: Facts) -> list[tuple[str, str]]:
    """What to know of the judges before their marks are trusted: whom they may favour, and for what."""
    judging = facts.raw.get("judging")
    if not judging:
        return []
    own = [favour for judge in judging["judges"] if (favour := _favour(judge))]
    found = [(_("A judge may favour its own kind"), favour) for favour in own]
    found += [doubt for judge in judging["judges"] for doubt in _unsteady(judge)]
    length = judging["length"]
    if _leans(length):
        longer = length["correlation"] > 0
        title = _("Longer answers get better marks") if longer else _("Shorter answers get better marks")
        text = _(
            "The judges' marks go with the length of an answer: {figures}. They may be right to; have people "
            "review some of the answers to know."
        )
        found.append((title, text.format(figures=_leaning(length))))
    return found


def _favour(judge: Json) -> str:
    """Whom it may favour, or nothing. Older comparisons keep it as an English sentence."""
    return favour_said(judge.get("favours")) or said(judge.get("warning") or "")


def _unsteady(judge: Json) -> list[tuple[str, str]]:
    """Where its choices cannot be told from a coin's, or often turn with the order of the answers."""
    consistency = judge.get("consistency")
    if not consistency:
        return []
    low, _high = show.bounds(consistency.get("interval"))
    if consistency["value"] is None:
        text = _("{label} never said which of two answers is better, so its marks tell nothing.")
        return [(_("A judge never chose"), text.format(label=judge["label"]))]
    if low is None or low <= CONSISTENCY_BY_CHANCE:
        title = _("A judge is hardly steadier than a coin")
        text = _(
            "{label} named the same winner in both orders {figures}. Tossing a coin does so half of the "
            "time, and these pairs do not tell the two apart: its marks say little without people's reviews."
        )
    elif consistency["value"] < STEADY:
        title = _("A judge often contradicts itself")
        text = _(
            "{label} named the same winner in both orders {figures}; the other times it changed its mind "
            "when the answers changed places, and such a pair counts as even. That hides real differences."
        )
    else:
        return []
    return [(title, text.format(label=judge["label"], figures=_consistency(consistency)))]


def _consistency(consistency: Json) -> str:
    low, high = show.bounds(consistency.get("interval"))
    return _("{share} of the time ({low} to {high}, {n} pairs)").format(
        share=show.percent(consistency["value"], 0),
        low=show.percent(low, 0),
        high=show.percent(high, 0),
        n=show.count(consistency["n"]),
    )


def _leans(length: Json) -> bool:
    """Whether marks go with length by more than chance, and by enough to matter."""
    low, high = show.bounds(length["interval"])
    if length["correlation"] is None or low is None or high is None:
        return False
    return bool(abs(length["correlation"]) >= NOTICEABLE and (low > 0 or high < 0))


def _listed(rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"term": term, "value": value} for term, value in rows]


def _rubric(rubric: Json) -> dict[str, Any]:
    """Private: what people wrote for their judges may quote what a customer said."""
    term = _("Rubric for “{scorer}”, version {version}").format(
        scorer=_(label_of(rubric["scorer"])), version=rubric["version"]
    )
    return {
        "term": term,
        "value": f"{rubric['text']} (SHA-256 {rubric['sha256'][:12]}…)",
        "private": True,
    }


def _judges(judging: Json) -> list[tuple[str, str]]:
    rows = [(judge["label"], _judge(judge)) for judge in judging["judges"]]
    return [*rows, (_("Do longer answers get better marks?"), _leaning(judging["length"]))]


def _judge(judge: Json) -> str:
    count = int(judge["questions"])
    parts = [
        _("{model} at {vendor}").format(model=judge["model"], vendor=judge["vendor"]),
        ngettext("{n} question", "{n} questions", count).format(n=show.count(count)),
        _("{n} replies that were no judgement").format(n=show.count(judge["unreadable"])),
        _("{amount} spent").format(amount=show.money(judge["spent"], judge["currency"])),
    ]
    consistency = judge.get("consistency")
    if consistency:
        text = _("same winner in both orders {figures}; a coin would manage half")
        parts.append(text.format(figures=_consistency(consistency)))
    if favour := _favour(judge):
        parts.append(favour)
    return "; ".join(parts)


def _leaning(length: Json) -> str:
    if length["correlation"] is None:
        return show.NOT_ESTIMABLE
    low, high = length["interval"]["low"], length["interval"]["high"]
    return _("rank correlation {r} ({low} to {high}, {n} answers); 0 is no leaning").format(
        r=show.number(length["correlation"], 2),
        low=show.number(low, 2),
        high=show.number(high, 2),
        n=show.count(length["n"]),
    )


def _reviews(reviews: Json) -> list[tuple[str, str]]:
    rows = [
        (_("Reviewers"), show.count(reviews["reviewers"])),
        (_("Pairs that several people saw"), show.count(reviews["shared"])),
        (_("They said the same"), show.percent(reviews["agreed"], 0)),
        (_("Cohen’s κ of two reviewers"), show.number(reviews["kappa"], 2)),
        (_("Krippendorff’s α of all"), show.number(reviews["alpha"], 2)),
    ]
    if reviews["judged"]:
        rows += [
            (_("Judges said the same as people"), show.percent(reviews["judge_agreed"], 0)),
            (_("Cohen’s κ of judges and people"), show.number(reviews["judge_kappa"], 2)),
        ]
    return rows
