"""The report as a PDF: typeset by Typst, charts drawn as vectors in the text's own fonts.

Data goes in as JSON and is only ever shown as text; nothing is fetched. The bundled fonts
come first. PDF/UA-1 (accessible PDF) refuses a character that no font has, and answers of
models hold every character there is: fonts for the world's scripts come with the product, the
machine's own help where those are not enough, and at last the file is made without the standard
and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .canonical import canonical_json
from .palette import OPTIONS

HERE = Path(__file__).resolve().parent
TEMPLATE, FONTS = HERE / "typst" / "report.typ", HERE / "fonts"
STANDARD: Literal["ua-1"] = "ua-1"

# Signs that steer a terminal or turn text around; a reader must see what is there, in order.
_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONG_RUN = re.compile(r"[^\s\u200b]{36}")


class CannotMakePdf(Exception):
    """The PDF could not be made; the message is a sentence for the reader."""


def render_pdf(report: dict[str, Any], *, sha256: str) -> bytes:
    """The PDF of a frozen report. The same report gives the same bytes. Raises CannotMakePdf."""
    problem: Exception | None = None
    for standard, system_fonts in _attempts():
        try:
            return _compile(_data(report, sha256, standard), report, standard, system_fonts)
        except typst.TypstError as error:
            problem = error
    raise CannotMakePdf(
        _("The PDF could not be made. The page shows the same report; you can print it, or try again.")
    ) from problem


def _attempts() -> Iterator[tuple[Literal["ua-1"] | None, bool]]:
    yield STANDARD, False
    yield STANDARD, True
    yield None, True


def _compile(
    data: bytes, report: dict[str, Any], standard: Literal["ua-1"] | None, system_fonts: bool
) -> bytes:
    compiler = typst.Compiler(
        input=TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_font_folders(),
        ignore_system_fonts=not system_fonts,
        sys_inputs={"report": data.decode()},
    )
    made = compiler.compile(
        format="pdf", pdf_standards=[standard] if standard else [], timestamp=_moment(report)
    )
    if not isinstance(made, bytes):
        raise CannotMakePdf(_("The PDF could not be made: the typesetter returned no document."))
    return made


@cache
def _font_folders() -> list[Path]:
    """Ours, and that of the package that brings 65,000 Chinese, Japanese and Korean characters."""
    far_eastern = find_spec("cvttf_NotoSansCJK_Regular")
    folders = far_eastern.submodule_search_locations if far_eastern is not None else None
    return [FONTS, *map(Path, folders or ())]


def _moment(report: dict[str, Any]) -> datetime:
    """The day the run finished: the file's own date, so that making it again changes nothing."""
    day = report["identity"]["iso_date"]
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else datetime(2000, 1, 1, tzinfo=UTC)


def _data(report: dict[str, Any], sha256: str, standard: str | None) -> bytes:
    standard_text = (
        _("PDF/UA-1 (accessible PDF)")
        if standard
        else _(
            "None: a text in this report has characters that no font at hand can show, so PDF/UA-1 "
            "was left out."
        )
    )
    document = [
        {"term": _("Report hash (SHA-256)"), "value": sha256},
        {"term": _("Standard"), "value": standard_text},
    ]
    return canonical_json(
        {
            "report": printable(_complete(report)),
            "words": {key: str(text) for key, text in _words(report).items()},
            "styles": [{"colour": style.light, "symbol": style.symbol} for style in OPTIONS],
            "document": printable(document),
            "document_title": printable(
                _("{title}: vendor migration assessment").format(title=report["title"])
            ),
            "language": (get_language() or "en").split("-")[0],
        }
    )


def _complete(report: dict[str, Any]) -> dict[str, Any]:
    """A report of before some part was known has that part empty."""
    method = {"looks": None, "categories": []} | report["method"]
    parts: dict[str, Any] = {"split": None, "changes": [], "steadiness": [], "terms": [], "batch": None}
    parts["timeline"] = None
    return parts | report | {"method": method, "charts": {"payback": None} | report["charts"]}


def printable(value: Any) -> Any:
    """The same JSON with texts a typesetter can take: no control signs, no word wider than a column."""
    if isinstance(value, str):
        return _LONG_RUN.sub(
            lambda run: run[0] + "\u200b", _UNPRINTABLE.sub("\ufffd", _STEERING.sub("", value))
        )
    if isinstance(value, list):
        return [printable(item) for item in value]
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    return value


def _words(report: dict[str, Any]) -> dict[str, str]:
    """The document's own words; everything else is in the report."""
    kicker = _("Vendor migration assessment of {title}, {day}")
    return {
        "running_title": printable(_("{title}: vendor migration assessment").format(title=report["title"])),
        "kicker": printable(kicker.format(title=report["title"], day=report["identity"]["date"])),
        "page": _("Page {page} of {pages}"),
        "side_by_side": _("Every option, side by side"),
        "risks": _("Where it could go wrong"),
        "costs": _("What it costs"),
        "terms": _("What happens to your data, and the licence"),
        "place": _("Processed in"),
        "kept": _("Kept"),
        "training": _("Training"),
        "licence": _("Licence"),
        "source": _("Source"),
        "unstated": _("nobody has written it down"),
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
        "exclusions": _("What was scored, and what was not"),
        "scoring": _("How answers were scored"),
        "formulas": _("Formulas"),
        "environment": _("Versions"),
        "this_document": _("This document"),
        "worst": _("Answers that lost most"),
        "worst_note": _(
            "Requests on which the candidate scored lowest against today's model. Answers are shown as "
            "they came."
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
