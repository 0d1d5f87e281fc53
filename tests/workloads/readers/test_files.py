"""Files as a whole: what is not text, what is too long, and what damage may never do."""

import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migration_app.workloads import readers
from migration_app.workloads.drafts import Draft
from migration_app.workloads.errors import UnreadableFile
from migration_app.workloads.mapping import guess
from migration_app.workloads.readers import Problem, Row
from migration_app.workloads.sources import found_in
from tests.workloads.files import ARRAY, CSV, JSONL, Endless, read


@pytest.mark.parametrize(
    ("content", "filename", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "photo.csv", "PNG image"),
        (b"PK\x03\x04\x14\0", "book.xlsx", "Excel workbook"),
        (b"PK\x03\x04\x14\0", "data.csv", "zip archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "report.pdf", "PDF"),
        (b"\x1f\x8b\x08\0", "data.csv.gz", "gzip"),
        (bytes(range(256)) * 20, "data.csv", "binary"),
        (b"", "data.csv", "empty"),
        (b"\xef\xbb\xbf", "data.jsonl", "empty"),
    ],
)
def test_a_file_that_is_not_text_says_what_it_is(content, filename, said):
    with pytest.raises(UnreadableFile, match=said):
        read(content, filename)


@pytest.mark.parametrize(
    ("parts", "filename", "bad_line"),
    [
        ([(b"a,b\n1,2\n", 1), (b"x" * 1_000_000, 200), (b",2\n3,4\n", 1)], "data.csv", 3),
        ([(b'{"a":1}\n{"a":"', 1), (b"x" * 1_000_000, 200), (b'"}\n{"a":2}\n', 1)], "data.jsonl", 2),
    ],
)
def test_a_line_of_200_megabytes_is_refused_by_number_and_never_held(parts, filename, bad_line):
    file = Endless(parts)
    tracemalloc.start()
    reading = readers.begin(file, filename)
    found = list(readers.rows(file, reading))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row.line for row in found if isinstance(row, Row)] == [bad_line - 1, bad_line + 1]
    problem = next(one for one in found if isinstance(one, Problem))
    assert problem.line == bad_line
    assert "longer than 8 million characters" in problem.message
    assert peak < 60_000_000


def test_an_array_with_a_200_megabyte_object_is_given_up_without_holding_it():
    file = Endless([(b'[\n  {"a":1},\n  {"a":"', 1), (b"x" * 1_000_000, 200), (b'"},\n  {"a":2}\n]', 1)])
    tracemalloc.start()
    reading = readers.begin(file, "data.json")
    found = list(readers.rows(file, reading))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.line for one in found] == [2, 3, 4]
    assert isinstance(found[1], Problem)
    assert peak < 90_000_000


DAMAGE = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.floats(0, 1), st.integers(1, 20)),
        st.tuples(st.just("put"), st.floats(0, 1), st.binary(min_size=1, max_size=12)),
        st.tuples(
            st.just("put"), st.floats(0, 1), st.sampled_from([b'"', b"\0", b"\n", b"{", b"]", b",", b"\xff"])
        ),
    ),
    max_size=6,
)


def damaged(content: bytes, damage) -> bytes:
    for kind, share, what in damage:
        at = int(share * len(content))
        content = content[:at] + (content[at + what :] if kind == "cut" else what + content[at:])
    return content


@pytest.mark.parametrize(
    ("whole", "filename"), [(CSV, "data.csv"), (JSONL, "data.jsonl"), (ARRAY, "data.json"), (CSV, "data")]
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damage=DAMAGE)
def test_damage_gives_a_sentence_or_rows_and_never_an_accident(whole, filename, damage):
    """Whatever happens to a file, every line becomes a storable row or a problem with a sentence."""
    content = damaged(whole, damage)
    try:
        reading, rows, problems = read(content, filename)
    except UnreadableFile as refusal:
        assert str(refusal)[-1] in ".)"
        return
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert all(1 <= found.line <= lines for found in [*rows, *problems])
    assert all(problem.message.strip() for problem in problems)
    for row in rows:
        str(row.values).encode("utf-8")
        assert "\0" not in "".join(value for value in row.values.values() if isinstance(value, str))
    columns = reading.columns or tuple(dict.fromkeys(key for row in rows for key in row.values))
    mapping = guess(columns, rows)
    if "prompt" in mapping or "messages" in mapping:
        import io

        assert all(
            isinstance(one, Draft | Problem) for one in found_in(io.BytesIO(content), reading, mapping)
        )


@settings(max_examples=60, deadline=None)
@given(
    line=st.integers(0, 40),
    junk=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=30),
)
def test_a_junk_line_in_jsonl_never_costs_another_line(line, junk):
    good = [f'{{"prompt": "question {number}"}}' for number in range(41)]
    content = "\n".join([*good[:line], "!" + junk, *good[line:]]).encode()
    _, rows, problems = read(content, "data.jsonl")
    assert [row.values["prompt"] for row in rows] == [f"question {number}" for number in range(41)]
    assert [problem.line for problem in problems] == [line + 1]
