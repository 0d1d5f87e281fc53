"""CSV and its cousins: what people's spreadsheets and exports really write."""

import pytest

from migration_app.workloads.errors import UnreadableFile
from migration_app.workloads.readers import delimited
from tests.workloads.files import CSV, read


def test_a_table_is_read_with_its_line_numbers():
    reading, rows, problems = read(CSV)
    assert reading.columns == ("question", "answer", "topic")
    assert [row.line for row in rows] == [2, 3, 5]
    assert rows[0].values["answer"] == "On its way, since Monday"
    assert rows[1].values["question"] == "Two lines\nof text"
    assert problems == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    text = f"prompt{delimiter}answer\nWhere, when; why?{delimiter}here\nWho?{delimiter}me\n"
    if delimiter in ",;":
        text = text.replace("Where, when; why?", '"Where, when; why?"')
    reading, rows, _ = read(text.encode())
    assert reading.delimiter == delimiter
    assert rows[0].values == {"prompt": "Where, when; why?", "answer": "here"}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(ending):
    _, rows, problems = read(f"a,b{ending}1,2{ending}3,4".encode())
    assert [row.values for row in rows] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert [row.line for row in rows] == [2, 3]
    assert problems == []


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_the_encoding_is_found(encoding):
    text = "frage;antwort\n" + "Grüße aus Köln, wie geht’s?;schön\n" * 3
    reading, rows, problems = read(text.encode(encoding))
    assert reading.columns == ("frage", "antwort")
    assert {row.values["frage"] for row in rows} == {"Grüße aus Köln, wie geht’s?"}
    assert problems == []


def test_a_guessed_encoding_is_said():
    reading, _, _ = read("frage;antwort\nGrüße;ja\n".encode("cp1252"))
    assert reading.encoding_label == "Windows-1252"
    assert "Windows-1252" in reading.notes[0]


def test_one_damaged_line_does_not_make_a_utf8_file_windows():
    content = b"prompt,answer\n" + "café,oui\n".encode() * 3 + b"caf\xe9,non\n" + b"th\xc3\xa9,oui\n"
    reading, rows, problems = read(content)
    assert reading.encoding == "utf-8"
    assert len(rows) == 4
    assert [problem.line for problem in problems] == [5]
    assert "encoding" in problems[0].message


def test_a_ragged_row_costs_only_itself():
    _, rows, problems = read(b"a,b,c\n1,2,3\n1,2\n4,5,6\n1,2,3,4\n7,8,9\n")
    assert [row.values["a"] for row in rows] == ["1", "4", "7"]
    assert [(problem.line, problem.message) for problem in problems] == [
        (3, "It has 2 cells; the header names 3 columns."),
        (5, "It has 4 cells; the header names 3 columns."),
    ]


def test_empty_cells_at_the_end_of_a_row_are_not_a_problem():
    _, rows, problems = read(b"a,b\n1,2,,\n")
    assert rows[0].values == {"a": "1", "b": "2"}
    assert problems == []


def test_a_quote_that_is_never_closed_costs_only_its_line():
    _, rows, problems = read(b'a,b\n1,2\n"open,2\n3,4\n5,6\n')
    assert [row.values["a"] for row in rows] == ["1", "3", "5"]
    assert [problem.line for problem in problems] == [3]
    assert "never closed" in problems[0].message


def test_an_unclosed_quote_does_not_take_a_later_quoted_cell_with_it():
    _, rows, problems = read(b'a,b\n"open,2\n"x, y",4\n5,6\n')
    assert [row.values["a"] for row in rows] == ["x, y", "5"]
    assert [problem.line for problem in problems] == [2]


def test_a_quote_inside_an_unquoted_cell_is_just_a_quote():
    _, rows, problems = read(b'a,b\n5" pipe,yes\n')
    assert rows[0].values["a"] == '5" pipe'
    assert problems == []


def test_a_stray_quote_is_a_problem_and_not_a_silent_change():
    _, rows, problems = read(b'a,b\n"x"y,2\n3,4\n')
    assert len(rows) == 1
    assert problems[0].line == 2


def test_a_nul_is_refused_with_its_line():
    _, rows, problems = read(b"a,b\n1,2\nx\0,2\n3,4\n")
    assert len(rows) == 2
    assert problems[0].line == 3
    assert "NUL" in problems[0].message


def test_a_name_given_twice_is_told_apart_and_said():
    reading, rows, _ = read(b"prompt,prompt,answer\na,b,c\n")
    assert reading.columns == ("prompt", "prompt (2)", "answer")
    assert rows[0].values["prompt (2)"] == "b"
    assert "Line 1" in reading.notes[0]


def test_blank_lines_are_passed_over_before_and_between():
    _, rows, problems = read(b"\n\na,b\n\n1,2\n\n")
    assert [row.line for row in rows] == [5]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n", "Line 1 names 10,000 columns"),
        (b"Dear all, I hope this finds you well after such a long and sunny summer" * 4, "line 1"),
        (b"only a lonely sentence without a table\nand another one\n", "line 1 should name the columns"),
        (b"1,2,3\n4,5,6\n", "line 1 should name the columns"),
        (b"<!doctype html><html><body>Sign in</body></html>", "web page"),
        (b"  \n \n", "empty"),
        (b"\n,\n", "line"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, said):
    with pytest.raises(UnreadableFile) as refusal:
        read(content)
    assert said.lower() in str(refusal.value).lower()
    assert str(refusal.value).endswith((".", ")"))


def test_a_table_of_unclosed_quotes_is_not_read_once_for_each_of_its_lines(monkeypatch):
    """Each line opens a cell that no later line can close: what is read ahead grows with the square."""
    looked_at = 0
    following = delimited._next

    def counted(*sources):
        nonlocal looked_at
        looked_at += 1
        return following(*sources)

    monkeypatch.setattr(delimited, "_next", counted)
    monkeypatch.setattr(delimited, "_IN_VAIN", 100_000, raising=False)
    lines = 3_000
    _, rows, problems = read(b"prompt,answer\n" + b'a"b,"c\n' * lines + b'x,"two\nlines"\n')
    assert len(problems) == lines
    assert [row.values for row in rows] == [{"prompt": "x", "answer": "two\nlines"}]
    assert looked_at < 400 * lines
