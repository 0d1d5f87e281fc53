"""The report as a PDF: typeset by Typst, charts drawn as vectors in the text's own fonts.

Data goes in as JSON and is only ever shown as text; nothing is fetched. The bundled fonts
come first. PDF/UA-1 (accessible PDF) refuses a character that no font has, and answers of
models hold every character there is: fonts for the world's scripts come with the product, the
machine's own help where those are not enough, and at last the file is made without the standard
and says so.
"""

from __future__ import annotations

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
from .pdf_words import words
from .printable import bound, plain, printable, unparted, written

HERE = Path(__file__).resolve().parent
TEMPLATE, FONTS = HERE / "typst" / "report.typ", HERE / "fonts"
STANDARD: Literal["ua-1"] = "ua-1"


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
    language, _hyphen, region = (get_language() or "en").partition("-")
    return canonical_json(
        {
            "report": _report(report),
            "words": {key: str(text) for key, text in words(report).items()},
            "styles": [{"colour": style.light, "symbol": style.symbol} for style in OPTIONS],
            "document": printable(document),
            "document_title": plain(_("{title} · vendor migration assessment").format(title=report["title"])),
            "description": plain(report["verdict"]["headline"]),
            "language": language,
            "region": region.upper(),
        }
    )


def _report(report: dict[str, Any]) -> dict[str, Any]:
    """All of the report as it is set; answers stay as they came, and the method has names in full."""
    whole = _complete(report)
    found = bound(whole, written(_names(report)))
    verdict = found["verdict"] | {"headline": unparted(found["verdict"]["headline"])}
    method = found["method"] | {"sections": bound(whole["method"]["sections"])}
    return found | {"worst": printable(report["worst"]), "verdict": verdict, "method": method}


def _names(report: dict[str, Any]) -> list[str]:
    rows = report["table"]["rows"]
    return [row[key] for key in ("label", "host") for row in rows]


def _complete(report: dict[str, Any]) -> dict[str, Any]:
    """A report of before some part was known has that part empty."""
    method = {"looks": None, "categories": []} | report["method"]
    parts: dict[str, Any] = {"split": None, "changes": [], "steadiness": [], "terms": [], "batch": None}
    parts["timeline"] = None
    return parts | report | {"method": method, "charts": {"payback": None} | report["charts"]}
