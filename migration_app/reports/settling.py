"""What would settle a question that the test left open."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.evaluation.reasons import ReasonCode

from . import formatting as show
from .facts import Facts
from .option import Option
from .todo import READERS, item


def items(facts: Facts) -> list[dict[str, str]]:
    """What each candidate lacks, at most four things."""
    found = []
    if not facts.run["complete"]:
        found.append(
            item(
                _("Finish the run"),
                _("Part of the requests was not asked or not scored. A full run can decide."),
            )
        )
    if facts.baseline.answered_nothing:
        found.append(_no_answers(facts.baseline))
    for option in facts.candidates:
        if option.overall is None:
            found.append(_no_answers(option))
        elif (check := _scoring(option, facts)) is not None:
            found.append(check)
        elif (reviews := option.verdict.get("more_reviews_needed")) is not None:
            found.append(_more_reviews(option, reviews))
        elif (more := option.verdict.get("more_samples_needed")) is not None and facts.run["complete"]:
            found.append(_more_samples(option, more))
    if not found:
        found.append(
            item(
                _("A clearer difference"),
                _("What was seen lies too close to your limit for more samples of this kind to settle it."),
                by="",
            )
        )
    return found[:4]


def _scoring(option: Option, facts: Facts) -> dict[str, str] | None:
    """What keeps it from being settled though there are samples enough; `None` where nothing does."""
    codes = {reason["code"] for reason in option.verdict.get("reasons", ())}
    if ReasonCode.HIDDEN_ANSWERS in codes:
        return item(
            _("Look at what could not be scored"),
            _("Read why in the samples of {label}, mend the scoring or its judge, then run again.").format(
                label=option.label
            ),
        )
    if ReasonCode.BASELINE_FAILED in codes and not facts.baseline.answered_nothing:
        return item(
            _("Ask today's model again"),
            _(
                "Ask {label} once more for the requests that failed, so that both answers can be compared."
            ).format(label=facts.baseline.label),
        )
    if codes & {ReasonCode.LOW_TODAY, ReasonCode.NO_MARKS}:
        return item(
            _("Check how answers are scored"),
            _(
                "Hardly any answer got a mark, of either model. An exact match on free text does that: "
                "choose a way of scoring that tells good answers of {label} from bad ones, then run again."
            ).format(label=option.label),
        )
    return None


def enough(more: int) -> int:
    """No more exact than such a number can be: up to two significant digits, 1,144 → 1,200."""
    step = 10 ** max(0, len(str(more)) - 2)
    return -(-more // step) * step


def _more_samples(option: Option, more: int) -> dict[str, str]:
    return item(
        _("Add about {n} samples").format(n=show.count_about(enough(more))),
        _("If what was seen of {label} is the truth, that many more in the same mix would settle it.").format(
            label=option.label
        ),
    )


def _more_reviews(option: Option, more: int) -> dict[str, str]:
    title = ngettext("Have about {n} more answer reviewed", "Have about {n} more answers reviewed", more)
    return item(
        title.format(n=show.count_about(enough(more))),
        _(
            "If what judges and people said of {label} so far is the truth, that many more reviews would "
            "settle it."
        ).format(label=option.label),
        READERS,
    )


def _no_answers(option: Option) -> dict[str, str]:
    failed = option.metrics["quality"]["failed"]
    if not failed and not option.answered_nothing:
        return item(
            _("Make the answers of {label} comparable").format(label=option.label),
            _(
                "None of them could be scored beside today's. The samples say why: most often expected "
                "answers are missing, or a judge gave no judgement that can be read. Then run again."
            ),
        )
    return item(
        _("Get answers from {label}").format(label=option.label),
        _("{n} requests failed and none could be compared. Test its connection, then run again.").format(
            n=show.count(failed)
        ),
    )
