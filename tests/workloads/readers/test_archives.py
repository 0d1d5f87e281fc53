"""Packed files: read as if they were not packed, and never a danger."""

import gzip
import io
import time
import tracemalloc
import zipfile

import pytest

from migration_app.workloads.errors import UnreadableFile
from tests.workloads.files import ARRAY, CSV, JSONL, read
from tests.workloads.sources.reading import fixture, gives


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return held.getvalue()


@pytest.mark.parametrize("content", [CSV, JSONL, ARRAY])
def test_a_packed_file_gives_the_rows_of_the_file_inside(content):
    plain = read(content)[1]
    assert read(gzip.compress(content), "data.csv.gz")[1] == plain
    assert read(zipped(data__csv=content), "data.zip")[1] == plain


def test_encodings_and_tables_are_found_inside_an_archive():
    text = "frage;antwort\n" + "Grüße aus Köln?;schön\n" * 3
    reading, rows, _ = read(gzip.compress(text.encode("utf-16")), "data")
    assert reading.encoding_label == "UTF-16"
    assert rows[0].values == {"frage": "Grüße aus Köln?", "antwort": "schön"}


def test_the_two_files_of_a_batch_are_joined_from_one_archive():
    packed = zipped(
        output__jsonl=fixture("openai_batch/output.jsonl"), input__jsonl=fixture("openai_batch/input.jsonl")
    )
    found = gives(packed, "batch.zip")
    assert found.source == "openai_batch"
    assert {draft.external_id for draft in found.drafts if draft.logged} == {"r-1", "r-2", "r-4"}
    assert [(one.line, one.message[:16]) for one in found.problems] == [(5, "“output.jsonl”: ")]


def test_a_file_that_cannot_be_read_is_left_out_and_named():
    packed = zipped(data__jsonl=JSONL, logo__png=b"\x89PNG\r\n\x1a\n")
    reading, rows, _ = read(packed, "export.zip")
    assert len(rows) == 3
    assert "logo.png" in reading.notes[0]
    assert "PNG image" in reading.notes[0]


def test_names_that_climb_out_of_the_archive_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../evil.jsonl", JSONL)
        archive.writestr("/etc/cron.d/evil.jsonl", b'{"prompt": ')
        archive.writestr("C:\\windows\\evil.jsonl", JSONL)
    _, rows, problems = read(held.getvalue(), "data.zip")
    assert len(rows) == 6
    assert problems[0].message.startswith("“evil.jsonl”: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(data__jsonl=content)])
def test_a_bomb_is_refused_at_once_and_never_held(pack):
    bomb = pack(b'{"prompt": "' + b"0" * 100_000_000 + b'"}\n')
    assert len(bomb) * 500 < 100_000_000
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(UnreadableFile, match="times its size"):
        read(bomb, "data.jsonl.gz")
    taken = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 1
    assert peak < 40_000_000


def test_a_zip_that_lies_about_its_size_is_still_no_bomb():
    packed = bytearray(zipped(data__jsonl=b"0" * 50_000_000))
    at = packed.rfind(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read(bytes(packed), "data.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


def test_what_unpacks_to_more_than_the_limit_is_refused(settings):
    settings.UPLOAD_MAX_UNPACKED_BYTES = 1_000
    for packed in (gzip.compress(JSONL * 10), zipped(a__jsonl=JSONL * 3, b__jsonl=JSONL * 3)):
        with pytest.raises(UnreadableFile, match="unpacks to more than"):
            read(packed, "data")


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(gzip.compress(JSONL)),
        gzip.compress(zipped(a__jsonl=JSONL)),
        zipped(inner__zip=zipped(a__jsonl=JSONL)),
        zipped(a__jsonl=JSONL, b__gz=gzip.compress(JSONL)),
    ],
)
def test_an_archive_inside_an_archive_is_refused(packed):
    with pytest.raises(UnreadableFile, match="inside an archive"):
        read(packed, "data")


def test_a_packed_file_that_is_cut_off_gives_what_came_before():
    content = b"".join(b'{"prompt": "question %d %d"}\n' % (n, n * 7919 % 1000) for n in range(20_000))
    packed = gzip.compress(content)
    _, rows, problems = read(packed[: len(packed) // 2], "data.jsonl.gz")
    assert 1_000 < len(rows) < 20_000
    assert "damaged from here on" in problems[-1].message
    assert problems[-1].line > len(rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08\0", "gzip file is damaged"),
        (gzip.compress(b""), "empty"),
        (zipped(), "archive is empty"),
        (zipped(photo__png=b"\x89PNG\r\n\x1a\n"), "photo.png"),
        (zipped(a__jsonl=JSONL)[:60], "damaged"),
        (zipped(**{f"f{n}__csv": b"a,b\n1,2\n" for n in range(600)}), "600 files"),
    ],
    ids=["no gzip", "empty gzip", "empty zip", "a picture", "cut off", "too many files"],
)
def test_an_archive_that_gives_nothing_says_why(content, said):
    with pytest.raises(UnreadableFile, match=said):
        read(content, "data.zip")
