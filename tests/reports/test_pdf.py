"""The PDF shows the same report: number by number, in its own fonts, whatever the texts hold."""

from __future__ import annotations

import io
import json
import re
import time
from typing import Any

import pytest
from pypdf import PdfReader

from migration_app.reports import pdf
from migration_app.reports.build import freeze
from migration_app.reports.canonical import sha256_of
from migration_app.reports.pdf import CannotMakePdf, render_pdf
from migration_app.reports.printable import bound, in_order, printable, unparted, written

from .factories import baseline, candidate, comparison_data, worst_case


def squeezed(text: str) -> str:
    """Without white space: a page breaks lines where it likes."""
    return re.sub(r"[\s\u200b]+", "", text)


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(content))
    return reader, squeezed("".join(page.extract_text() for page in reader.pages))


def made(report: dict[str, Any]) -> tuple[PdfReader, str]:
    return read(render_pdf(report, sha256=sha256_of(report)))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return freeze(
        comparison_data(
            baseline(),
            candidate(1, "Lumen 70B", "switch", -0.007, cost="2.13"),
            candidate(2, "Tern 32B", "keep", -0.09, cost="1.27", category_differences=(-0.3, -0.02, 0.1)),
            candidate(3, "Local", "not_enough_evidence", -0.03, cost="0.4", price="machine", unpriced=3),
        )
    )


@pytest.fixture(scope="module")
def document(report: dict[str, Any]) -> tuple[PdfReader, str]:
    return made(report)


def shown_texts(report: dict[str, Any]) -> list[str]:
    """Every text with a figure in it that both the page and the PDF show."""
    rows = report["table"]["rows"]
    texts = [row[key] for row in rows for key in ("quality", "change", "slowest", "cost", "saving")]
    texts += [figure[key] for figure in report["figures"] for key in ("value", "change", "note")]
    texts += [piece["text"] for piece in report["verdict"]["lead"]]
    texts += [cell["text"] for row in report["heatmap"]["rows"] for cell in row["cells"]]
    texts += [
        cell[key] for row in report["speed"] for cell in row["cells"][2:5] for key in ("value", "range")
    ]
    texts += [row[key] for row in report["costs"] for key in ("price", "source", "spent")]
    texts += [row["per_month"][key] for row in report["costs"] for key in ("value", "range")]
    texts += [fact["value"] for section in report["method"]["sections"] for fact in section["facts"]]
    texts += [row[key] for row in report["method"]["results"] for key in ("p_value", "p_adjusted", "range")]
    texts += [risk["text"] for risk in report["risks"]]
    return [text for text in texts if text]


def test_the_pdf_shows_every_number_of_the_page(
    report: dict[str, Any], document: tuple[PdfReader, str]
) -> None:
    _reader, text = document
    missing = [shown for shown in shown_texts(report) if squeezed(shown) not in text]
    assert missing == []


def test_the_verdict_stands_on_the_first_page_with_its_conditions(
    report: dict[str, Any], document: tuple[PdfReader, str]
) -> None:
    first = squeezed(document[0].pages[0].extract_text())
    assert squeezed(report["verdict"]["headline"]) in first
    for item in report["conditions"]["items"]:
        assert squeezed(item["text"]) in first
    assert squeezed("Page 1 of") in first
    assert squeezed(report["identity"]["footer"]) in first


def test_the_first_page_alone_lets_a_board_decide(
    report: dict[str, Any], document: tuple[PdfReader, str]
) -> None:
    first = squeezed(document[0].pages[0].extract_text())
    assert squeezed(report["title"]) in first
    for figure in report["figures"]:
        assert squeezed(figure["value"] + figure["change"]) in first
    assert squeezed("$7,080 to $8,660 (95% range)") in first, "what it gains a month, with its range"
    assert squeezed("recommends a model beyond your limit at most 5% of the time") in first
    for item in report["conditions"]["items"]:
        assert squeezed(item["by"]) in first, "who does what, by when"
    assert squeezed("What it risks") in first
    for risk in report["risks"][:2]:
        assert squeezed(risk["text"]) in first
    assert squeezed("Decided by") in first


def test_a_run_in_which_no_risk_was_found_says_what_was_looked_for() -> None:
    quiet = freeze(comparison_data(baseline(), candidate(1, "Lumen", category_differences=(0.0, 0.0, 0.0))))
    assert quiet["risks"] == []
    assert squeezed("None of what was looked for was found") in made(quiet)[1]


def test_a_risk_leads_to_the_page_of_its_evidence(report: dict[str, Any]) -> None:
    slow = candidate(1, "Lumen", median=4.0)
    reader, _text = made(freeze(comparison_data(baseline(), slow)))
    links = [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots") or ()
        if note.get_object()["/Subtype"] == "/Link"
    ]
    assert links and all(link.get("/Contents") for link in links), "PDF/UA asks what a link leads to"


def alternatives(node: Any) -> list[str]:
    """What stands for the drawings, in the order of the document's structure."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    return own + [text for child in children for text in alternatives(child)]


def test_whoever_cannot_see_the_charts_is_told_their_figures(
    report: dict[str, Any], document: tuple[PdfReader, str]
) -> None:
    told = alternatives(document[0].trailer["/Root"]["/StructTreeRoot"])
    for chart in report["charts"].values():
        assert squeezed(chart["alt"]) in [squeezed(text) for text in told]
        assert all(row[0] in chart["alt"] for row in chart["rows"]), chart["id"]


def headings(outline: Any) -> list[str]:
    return [
        title
        for each in outline
        for title in (headings(each) if isinstance(each, list) else [str(each.title)])
    ]


def test_the_chapters_can_be_turned_to(document: tuple[PdfReader, str]) -> None:
    titles = headings(document[0].outline)
    for chapter in ("Every option, side by side", "What it costs", "How this was tested"):
        assert chapter in titles
    assert document[0].trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


NUMBERED = re.compile(r"Page (\d+) of (\d+)")


@pytest.mark.parametrize("candidates", [1, 3, 7])
@pytest.mark.parametrize("samples", [0, 4, 12])
def test_every_page_is_numbered_and_none_is_nearly_empty(candidates: int, samples: int) -> None:
    """The breaks before chapters depend on where the page before them ends: they must settle."""
    options = [candidate(n, f"Lumen {n}", "keep", -0.02 * n) for n in range(1, candidates + 1)]
    worst = [worst_case(101, n, question="My parcel is late. " * 9 * (n % 4)) for n in range(samples)]
    reader, _text = made(freeze(comparison_data(baseline(), *options, worst=worst)))
    texts = [page.extract_text() for page in reader.pages]
    numbers = [found.groups() for text in texts if (found := NUMBERED.search(text))]
    assert numbers == [(str(n), str(len(texts))) for n in range(1, len(texts) + 1)]
    assert [n for n, text in enumerate(texts[:-1], 1) if len(text) < 450] == []


def test_the_pdf_is_accessible_and_carries_its_own_fonts(document: tuple[PdfReader, str]) -> None:
    reader, text = document
    assert (
        reader.metadata is not None and reader.metadata.title == "Support desk · vendor migration assessment"
    )
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    assert "PDF/UA-1" in text
    fonts = {
        font["/BaseFont"]
        for page in reader.pages
        for font in map(resolved, page["/Resources"]["/Font"].values())
    }
    assert all("+" in font for font in fonts), "a font that is not embedded has no subset tag"
    assert any("Inter" in font for font in fonts) and any("SourceSerif4" in font for font in fonts)


def resolved(item: Any) -> Any:
    return item.get_object()


def test_the_charts_are_drawings_with_words_not_pictures(
    report: dict[str, Any], document: tuple[PdfReader, str]
) -> None:
    reader, text = document
    assert [image for page in reader.pages for image in page.images] == []
    for chart in report["charts"].values():
        assert squeezed(chart["headline"]) in text


def test_the_same_report_gives_the_same_bytes_within_three_seconds(report: dict[str, Any]) -> None:
    first = render_pdf(report, sha256="a" * 64)
    start = time.process_time()
    second = render_pdf(report, sha256="a" * 64)
    assert first == second
    assert time.process_time() - start < 3


HOSTILE = {
    "control signs": "a\x00b\x07c\x1b[31md\u2028e",
    "turned around": "abc\u202edef\u2066ghi",
    "right to left": "שלום עולם مرحبا بالعالم",
    "far eastern": "你好，世界 こんにちは 안녕하세요",
    "pictures": "🎉👩‍💻🏳️‍🌈",
    "private and unassigned": "\ue000\U000f0000\U0001fbff\U000e0001",
    "combining": "Z̸̡̢̛͎̟a̶̢͠l̷͝g̸͘o̵",
    "typst markup": '#panic("x") #eval("1") $ x $ *b* _i_ `c` \\ @ref <label> #{ } // /* ',
    "long word": "x" * 3000,
    "empty": "",
    "many lines": "\n".join(str(n) for n in range(120)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_model_says_the_pdf_is_made(name: str) -> None:
    text = HOSTILE[name]
    worst = [worst_case(101, 5, question=text, candidate_text=text, baseline_text=text, explanation=text)]
    data = comparison_data(baseline(), candidate(1, f"Lumen {text[:40]}", "switch", 0.0), worst=worst)
    reader, _text = made(freeze(data))
    assert len(reader.pages) >= 4


SCRIPTS = {
    "Chinese": "中文测试，世界", "Japanese": "日本語のテスト", "Korean": "한국어 시험", "Arabic": "اختبار",
    "Hebrew": "בדיקה", "Hindi": "परीक्षण", "Bengali": "পরীক্ষা", "Tamil": "சோதனை", "Telugu": "పరీక్ష",
    "Thai": "ทดสอบ", "Khmer": "សាកល្បង", "Georgian": "ტესტი", "Armenian": "փորձարկում", "Amharic": "ሙከራ",
    "Russian": "проверка", "Greek": "δοκιμή", "mathematics": "∀x∈ℝ: ∑ ≤ ∞", "pictures": "😀 🎉 ✅ ⚠",
}  # fmt: skip


def test_the_worlds_scripts_need_no_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migration_app.reports.pdf._attempts", lambda: iter([("ua-1", False)]))
    text = " · ".join(SCRIPTS.values())
    reader, shown = made(freeze(comparison_data(worst=[worst_case(101, 5, candidate_text=text)])))
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    for script in ("Chinese", "Japanese", "Russian", "Greek", "Armenian"):
        assert squeezed(SCRIPTS[script]) in shown, script


def test_markup_in_an_answer_is_shown_never_run() -> None:
    text = '#panic("boom") $x^2$ *bold*'
    _reader, shown = made(freeze(comparison_data(worst=[worst_case(101, 5, candidate_text=text)])))
    assert squeezed(text) in shown


def test_an_answer_of_few_signs_and_many_lines_goes_on_over_the_page() -> None:
    text = "\n".join(f"line{n}" for n in range(160))
    assert len(text) < 1_500, "short enough to be kept on one page, were it not so high"
    _reader, shown = made(freeze(comparison_data(worst=[worst_case(101, 5, candidate_text=text)])))
    assert all(f"line{n}" in shown for n in range(160))


def test_a_character_that_no_font_has_leaves_the_standard_out_and_says_so() -> None:
    data = comparison_data(worst=[worst_case(101, 5, candidate_text="\ue000 \U0001fbff")])
    reader, text = made(freeze(data))
    assert squeezed("so PDF/UA-1 was left out") in text
    assert b"pdfuaid:part" not in reader.xmp_metadata.stream.get_data()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "options",
    [
        [
            baseline(quality=None, cost=None, median=None),
            candidate(1, "Dead", "not_enough_evidence", None, median=None),
        ],
        [
            baseline(),
            *(candidate(n, f"A model with a rather long name {n}", "keep", -0.1) for n in range(1, 8)),
        ],
    ],
    ids=["nothing measured", "eight options"],
)
def test_extreme_runs_have_a_pdf_too(options: list[dict[str, Any]]) -> None:
    reader, text = made(freeze(comparison_data(*options, worst=[])))
    assert len(reader.pages) >= 3
    assert all(squeezed(option["label"]) in text for option in options)


def test_a_typesetter_that_cannot_says_so_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    broken = tmp_path / "report.typ"
    broken.write_text('#panic("no")')
    monkeypatch.setattr(pdf, "TEMPLATE", broken)
    with pytest.raises(CannotMakePdf, match="could not be made"):
        render_pdf(freeze(comparison_data()), sha256="a" * 64)


def test_printable_keeps_numbers_and_shape() -> None:
    value = {"a": [1, None, 2.5, "x\x00y"], "b": {"c": True}}
    assert json.dumps(printable(value)) == json.dumps({"a": [1, None, 2.5, "x\ufffdy"], "b": {"c": True}})


def test_figures_stay_beside_their_units_and_answers_stay_as_they_came() -> None:
    assert bound("3.0 s, 5 points of 2 million") == "3.0\u00a0s, 5\u00a0points of 2\u00a0million"
    assert bound("4 samples, 5 sorts") == "4 samples, 5 sorts"
    assert bound("× 24 by Lumen 70B", written(["Lumen 70B"])) == "×\u00a024 by Lumen\u00a070B"
    assert printable("3.0 s") == "3.0 s"
    assert unparted("Cost falls by 79%.") == "Cost falls by\u00a079%."


def test_long_names_keep_their_ends_and_stay_apart_from_one_another() -> None:
    twins = [f"{'Meridian Flash Instruct ' * 5}{tail} of the operations' own naming" for tail in "ab"]
    first, second = (written(twins)[name] for name in twins)
    assert len(first) < 60 and first.startswith("Meridian Flash") and first.endswith("naming")
    assert first != second
    text, shown = made(freeze(comparison_data(baseline(), candidate(1, twins[0]))))
    assert squeezed(twins[0]) in shown, "the method has it whole"
    assert squeezed(twins[0]) not in squeezed(text.pages[0].extract_text())


def test_a_name_read_from_right_to_left_does_not_turn_the_day_after_it_around() -> None:
    assert in_order("مكتب") == "مكتب\u200e" and in_order("desk") == "desk"
    assert written(["שלום"]) == {"שלום": "שלום\u200e"}


def test_a_hash_can_be_copied_from_the_page_and_other_long_words_break() -> None:
    assert printable("9c41" * 16) == "9c41" * 16
    assert "\u200b" in printable("x" * 16) and printable("x" * 15) == "x" * 15
    assert printable("Qwen2.5-Coder-0.5B-Instruct").split("\u200b")[-2:] == ["0.5B-", "Instruct"]


def test_the_file_s_own_title_has_no_places_to_break() -> None:
    data = comparison_data(question={"assessment": "May we replace Qwen2.5-Coder-0.5B-Instruct?"})
    reader, _text = made(freeze(data))
    assert reader.metadata is not None
    question = "May we replace Qwen2.5-Coder-0.5B-Instruct?"
    assert reader.metadata.title == f"{question} · vendor migration assessment"


def test_a_run_that_is_not_finished_has_no_day_over_its_pages() -> None:
    reader, _text = made(freeze(comparison_data(run={"complete": False, "finished_at": None})))
    assert "unknown" not in reader.pages[0].extract_text()[:160]
