"""Workbooks and Parquet: tables that are no text."""

import io
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from migration_app.workloads.errors import UnreadableFile
from tests.workloads.files import read
from tests.workloads.sources.reading import fixture, gives

ROWS = [
    ["question", "answer", "when", "weight"],
    ["Where?", "here", datetime(2025, 1, 2, 3, 4, 5), 2.0],
    ["=1+2", "three", None, 1.5],
    [None, None, None, None],
    ["Who?", 42, None, None],
]


def workbook(*sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, lines in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number + 1}")
        for line in lines:
            sheet.append(line)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def parquet(table, **options) -> bytes:
    held = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(table), held, **options)
    return held.getvalue()


def test_a_workbook_is_read_with_the_row_numbers_of_the_spreadsheet():
    reading, rows, problems = read(workbook(ROWS), "data.xlsx")
    assert (reading.format, reading.columns) == ("xlsx", ("question", "answer", "when", "weight"))
    assert [row.line for row in rows] == [2, 3, 5]
    assert rows[0].values == {
        "question": "Where?",
        "answer": "here",
        "when": "2025-01-02T03:04:05",
        "weight": 2,
    }
    assert rows[2].values["answer"] == 42
    assert problems == []


def test_a_formula_is_kept_as_the_text_that_it_is():
    assert read(workbook(ROWS))[1][1].values["question"] == "=1+2"
    assert read(b"question,answer\n=1+2,three\n")[1][0].values["question"] == "=1+2"


def test_the_first_sheet_with_data_is_read_and_named():
    reading, rows, _ = read(workbook([], ROWS), "data.xlsx")
    assert len(rows) == 3
    assert "“Sheet 2” is read" in reading.notes[0]


def test_a_workbook_row_that_does_not_fit_costs_only_itself():
    _, rows, problems = read(workbook([["a", "b"], [1, 2], [1, 2, 3], [3, 4]]))
    assert [row.line for row in rows] == [2, 4]
    assert [(problem.line, problem.message[:15]) for problem in problems] == [(3, "It has 3 cells;")]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: workbook([]), "no sheet with data"),
        (lambda: workbook([[f"c{n}" for n in range(10_000)], [1]]), "10,000 columns"),
        (lambda: workbook(ROWS)[:-300], "damaged"),
        (lambda: b"PAR1" + b"\0" * 50, "Parquet file is damaged"),
        (lambda: parquet([{f"c{n}": 1 for n in range(10_000)}]), "10,000 columns"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_a_sentence(made, said):
    content = made()
    with pytest.raises(UnreadableFile, match=said):
        read(content, "data.xlsx")


def test_entities_in_a_workbook_are_not_followed():
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(workbook(ROWS)))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                content = content.replace(b"<worksheet", entity + b"<worksheet", 1)
            archive.writestr(name, content)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(held.getvalue(), "data.xlsx")


def test_parquet_values_become_plain_ones():
    table = [
        {
            "prompt": "Grüße?",
            "tags": ["a", "b"],
            "meta": {"n": 1},
            "at": datetime(2025, 1, 1, tzinfo=UTC),
            "cost": Decimal("0.10"),
            "odd": float("nan"),
            "raw": b"\xff\xfe",
        },
        {"prompt": None},
    ]
    reading, rows, problems = read(parquet(table), "data.parquet")
    assert (reading.format, [row.line for row in rows]) == ("parquet", [1, 2])
    assert rows[0].values == {
        "prompt": "Grüße?",
        "tags": ["a", "b"],
        "meta": {"n": 1},
        "at": "2025-01-01T00:00:00+00:00",
        "cost": 0.1,
        "odd": None,
        "raw": None,
    }
    assert problems == []


def test_langfuse_exports_parquet_too():
    import orjson

    lines = [orjson.loads(line) for line in fixture("langfuse/blob.jsonl").splitlines()]
    for line in lines:
        line.pop("usage_details", None)
        line["latency"] = None
    found = gives(parquet(lines), "observations.parquet")
    assert found.source == "langfuse"
    assert [draft.external_id for draft in found.drafts] == ["o1", "o3"]
    assert found.drafts[0].logged["latency_s"] == 1.5


def test_a_parquet_row_with_too_long_a_cell_costs_only_itself():
    table = [{"prompt": "a"}, {"prompt": "x" * 9_000_000}, {"prompt": "c"}]
    _, rows, problems = read(parquet(table), "data.parquet")
    assert [row.values["prompt"] for row in rows] == ["a", "c"]
    assert problems[0].line == 2
    assert "8 million characters" in problems[0].message


def test_a_parquet_file_damaged_in_its_middle_keeps_the_rows_before():
    table = [{"prompt": f"question {n}", "n": n} for n in range(30_000)]
    content = bytearray(parquet(table, row_group_size=10_000, compression="snappy"))
    at = len(content) // 2
    content[at : at + 4_000] = b"\xff" * 4_000
    _, rows, problems = read(bytes(content), "data.parquet")
    assert len(rows) >= 10_000
    assert "damaged from here on" in problems[-1].message


def claiming(rows: str) -> bytes:
    """A workbook whose sheet claims places that hold nothing."""
    held = io.BytesIO()
    honest = zipfile.ZipFile(io.BytesIO(workbook([["a", "b"], [1, 2]])))
    with honest, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name in honest.namelist():
            content = honest.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            made.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="4000000000"><c r="A4000000000"><v>3</v></c></row>',
        '<row><c r="ZZZ3"><v>3</v></c></row>' * 60_000,
    ],
    ids=["far below", "far to the right"],
)
def test_a_sheet_that_claims_endless_empty_cells_ends(rows):
    began = time.thread_time()
    with suppress(UnreadableFile):
        read(claiming(rows), "data.xlsx")
    assert time.thread_time() - began < 5
