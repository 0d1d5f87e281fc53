"""The PDF's own words; everything else it shows is in the report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .charts.lettering import shortened
from .printable import in_order, printable

HEADER = 32.0  # em that the assessment's name may take in the line over each page; the cover has it whole


def words(report: dict[str, Any]) -> dict[str, str]:
    """By the name that the template has for each."""
    identity = report["identity"]
    kicker = _("Vendor migration assessment, {day}")
    if not identity["iso_date"]:
        kicker = _("Vendor migration assessment")
    title, recommends = printable(report["title"]), report["verdict"]["recommended"] is not None
    running = _("{title} · vendor migration assessment")
    return {
        "running_title": running.format(title=in_order(shortened(title, HEADER))),
        "kicker": kicker.format(day=identity["date"]),
        "title": in_order(title),
        "day": identity["date"] if identity["iso_date"] else "",
        "page": _("Page {page} of {pages}"),
        "on_page": _("Page {page}"),
        "question": _("The question"),
        "who": _("Usually whose work, by when"),
        "gravest": _("What it risks") if recommends else _("What moving would risk"),
        "more_risks": _("The others, and what they rest on, stand under “Where it could go wrong”."),
        "no_risks": _(
            "None of what was looked for was found: categories that fall and are not shown to hold, broken "
            "rules, answers that are clearly slower or fail more often, a higher or unknown cost, tight rate "
            "limits, worse terms. What nobody has written down is not counted."
        ),
        "decision": _("Decision"),
        "decided_by": _("Decided by"),
        "decided_on": _("Day"),
        "look_again": _("To be looked at again on"),
        "side_by_side": _("Every option, side by side"),
        "risks": _("Where it could go wrong"),
        "costs": _("What it costs"),
        "terms": _("What happens to your data, and the licence"),
        "place": _("Processed in"),
        "kept": _("Kept"),
        "training": _("Training"),
        "licence": _("Licence"),
        "source": _("Source"),
        "unstated": _("not on record"),
        "speed": _("How fast it answers"),
        "category": _("Category"),
        "goes_to": _("Goes to"),
        "changes": _("What the move changes"),
        "repaid": _("Repaid in"),
        "first_year": _("First-year net"),
        "steadiness": _("Is today's model still itself?"),
        "run": _("Run"),
        "change_since": _("Change to this run"),
        "looks": _("Looks"),
        "look": _("Look"),
        "share": _("Share"),
        "level": _("Stops at p"),
        "result": _("Result"),
        "each_category": _("Each category"),
        "method": _("How this was tested"),
        "test_results": _("Results of the test"),
        "each_why": _("Why each verdict"),
        "exclusions": _("What was scored, and what was not"),
        "scoring": _("How answers were scored"),
        "formulas": _("Formulas"),
        "environment": _("Versions"),
        "this_document": _("This document"),
        "worst": _("Answers that got worst"),
        "worst_note": _(
            "Requests on which the candidate scored lowest against today's model. Answers are shown as "
            "they came; […] marks where a longer text was cut."
        ),
        "option": _("Option"),
        "verdict": _("Verdict"),
        "quality": _("Quality"),
        "change": _("Change"),
        "split": _("Better / same / worse"),
        "typical": _("Typical"),
        "slowest": _("Slowest 5%"),
        "slowest_1": _("Slowest 1%"),
        "first_token": _("First token"),
        "tokens_per_second": _("Tokens/s"),
        "goodput": _("Within the limits"),
        "saving": _("Saving"),
        "failed": _("Failed"),
        "price": _("Price"),
        "tokens": _("Tokens in / out"),
        "range": _("95% range"),
        "test_cost": _("This test"),
        "samples": _("Samples"),
        "clusters": _("Clusters"),
        "p_adjusted": _("p, Holm"),
        "scored": _("Scored"),
        "failed_count": _("Failed"),
        "unscored": _("Unscored"),
        "unanswered": _("No answer"),
        "refused": _("Refused"),
        "retries": _("Repeated calls"),
        "score": _("Score"),
        "no_answer": _("No answer"),
        "expected": _("Expected:"),
        "none": "–",
        "none_word": _("none"),
        "baseline": _("Baseline"),
        "nothing": _("Nothing to compare"),
    }
