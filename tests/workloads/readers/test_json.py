"""JSON Lines and JSON arrays."""

import time

import pytest

from migration_app.workloads.errors import UnreadableFile
from migration_app.workloads.uploads import survey
from tests.workloads.files import ARRAY, JSONL, Endless, read


def test_each_line_is_an_object():
    reading, rows, problems = read(JSONL, "data.jsonl")
    assert reading.format == "jsonl"
    assert [row.line for row in rows] == [1, 2, 3]
    assert rows[1].values["reference"] == ["hello", "hi"]
    assert problems == []


def test_json_lines_are_recognised_whatever_the_name():
    assert read(JSONL, "export.txt")[0].format == "jsonl"
    assert read(b"garbage first\n" + JSONL, "export.log")[0].format == "jsonl"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"prompt": "x"', "not valid JSON"),
        (b'{"prompt": NaN}', "not valid JSON"),
        (b'{"prompt": "\\ud800"}', "not valid JSON"),
        (b'["a list"]', "a list"),
        (b"42", "a number"),
        (b"null", "null"),
        (b'{"prompt": "a\\u0000b"}', "NUL"),
        (b'{"' + b"k" * 300 + b'": 1}', "key of more than 200"),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(10_000)) + b"}", "10,000 keys"),
        (b"[" * 5000, "not valid JSON"),
    ],
)
def test_a_bad_line_among_good_ones_costs_only_itself(line, said):
    _, rows, problems = read(b'{"prompt": "a"}\n' + line + b'\n{"prompt": "b"}\n', "data.jsonl")
    assert [row.values["prompt"] for row in rows] == ["a", "b"]
    assert [problem.line for problem in problems] == [2]
    assert said in problems[0].message


def test_a_text_that_speaks_of_nul_escapes_is_no_problem():
    _, rows, problems = read(b'{"prompt": "write \\\\u0000 in C"}\n', "data.jsonl")
    assert rows[0].values["prompt"] == "write \\u0000 in C"
    assert problems == []


def test_an_array_is_read_object_by_object():
    reading, rows, problems = read(ARRAY, "data.json")
    assert reading.format == "json"
    assert [(row.line, row.values["prompt"]) for row in rows] == [(2, "Where?"), (3, "When?"), (5, "Who?")]
    assert problems == []


def test_a_damaged_object_costs_only_itself_when_objects_have_lines_of_their_own():
    _, rows, problems = read(b'[\n {"a": 1},\n {"a": 2 oops},\n {"a": 3}\n]', "data.json")
    assert [row.values["a"] for row in rows] == [1, 3]
    assert [problem.line for problem in problems] == [3]


@pytest.mark.parametrize(
    "bad", [b'{"a": 2 oops, "b": []}', b'{"a": "2, "b": [{"c": 1}, {"c": 2}]}', b'{"a": 2']
)
@pytest.mark.parametrize("around", [b"[%s]", b'{"data": [%s], "meta": {"page": 1}}'])
def test_a_damaged_object_in_a_list_without_lines_costs_only_itself(bad, around):
    good = [b'{"a": %d, "b": [{"c": 1}, {"c": 2}]}' % number for number in range(4)]
    _, rows, problems = read(around % b",".join([*good[:2], bad, *good[2:]]), "data.json")
    assert [row.values["a"] for row in rows] == [0, 1, 2, 3]
    assert len(problems) == 1


def test_a_list_that_is_damaged_to_its_end_says_so_once():
    _, rows, problems = read(b'[{"a": 1}, {"a": 2 oops' + b"}, {" * 100_000, "data.json")
    assert [row.values["a"] for row in rows] == [1]
    assert len(problems) == 1


def test_an_array_that_is_cut_off_says_so():
    _, rows, problems = read(b'[{"a": 1}, {"a": 2}', "data.json")
    assert len(rows) == 2
    assert "never closed" in problems[0].message


def test_an_array_across_many_reads_keeps_its_line_numbers():
    file = Endless(
        [(b"[\n", 1), (b'{"prompt": "' + b"word " * 2_000 + b'"},\n', 200), (b'{"prompt": "last"}]', 1)]
    )
    reading, first = survey(file, "data.json")
    assert reading.rows == 201
    assert [row.line for row in first[:3]] == [2, 3, 4]


@pytest.mark.parametrize("content", [b"[]", b'{"open": \n "x"\n', b"prompt,answer\n", b"[[1]]"])
def test_a_file_without_a_single_request_is_refused(content):
    import io

    with pytest.raises(UnreadableFile):
        survey(io.BytesIO(content), "data.json")


def test_columns_are_every_key_that_occurs():
    import io

    reading, _ = survey(io.BytesIO(b'{"a": 1}\n{"b": 2, "a": 3}\n'), "data.jsonl")
    assert reading.columns == ("a", "b")
    assert reading.rows == 2


def test_a_list_of_nothing_but_damaged_lines_takes_time_in_proportion():
    broken = b'[\n  {"a": 1},\n' + b'  {"b"\n' * 100_000
    began = time.thread_time()
    _reading, rows, problems = read(broken, "data.json")
    assert time.thread_time() - began < 10
    assert (len(rows), len(problems), problems[-1].line) == (1, 100_000, 100_002)
