"""Every source: its fixtures are known for what they are, and give what they hold."""

import gzip
import io
import zipfile

import pytest

from migration_app.workloads.sources import COLUMNS, SOURCES
from tests.workloads.sources.reading import FIXTURES, fixture, gives

# path: (drafts, calls, skipped, problems)
HOLDS = {
    "azure_gateway/gateway.jsonl": (3, 1, 0, 1),
    "azure_requests/log.json": (0, 3, 1, 0),
    "bedrock/invocations.jsonl": (6, 1, 1, 0),
    "bedrock_evaluation/prompts.jsonl": (2, 0, 0, 0),
    "helicone/requests.jsonl": (2, 1, 1, 0),
    "langfuse/blob.jsonl": (2, 1, 1, 0),
    "langfuse/observations.json": (1, 0, 1, 0),
    "langfuse_dataset/items.json": (3, 0, 1, 0),
    "langsmith/runs.jsonl": (3, 0, 1, 0),
    "langsmith_examples/examples.jsonl": (2, 0, 0, 0),
    "litellm/payloads.jsonl": (2, 1, 1, 0),
    "litellm_spend/spend.json": (1, 1, 1, 0),
    "openai_batch/input.jsonl": (4, 0, 1, 0),
    "openai_batch/output.jsonl": (0, 0, 0, 5),
    "openai_chat/train.jsonl": (4, 0, 0, 0),
    "openai_evals/samples.jsonl": (3, 0, 0, 0),
    "openai_preference/pairs.jsonl": (2, 0, 0, 0),
    "opentelemetry/spans.json": (4, 1, 1, 0),
    "promptfoo/config.yaml": (4, 0, 0, 0),
    "promptfoo/results.json": (2, 0, 1, 0),
    "promptfoo/tests.csv": (2, 0, 0, 0),
    "promptfoo/tests.jsonl": (3, 0, 0, 0),
    "sharegpt/shared.json": (3, 0, 0, 1),
}


@pytest.mark.parametrize("path", HOLDS)
def test_a_file_is_known_by_its_content_whatever_its_name(path):
    content, wanted = fixture(path), path.split("/")[0]
    for name in (path.rpartition("/")[2], "download", "export.txt", "export.csv"):
        assert gives(content, name).source == wanted


@pytest.mark.parametrize("path", HOLDS)
def test_a_file_gives_what_it_holds(path):
    found = gives(fixture(path), path)
    counts = tuple(len(kind) for kind in (found.drafts, found.calls, found.skipped, found.problems))
    assert counts == HOLDS[path]


def test_every_source_has_fixtures_and_says_how_it_is_known():
    have = {path.name for path in FIXTURES.iterdir()}
    assert set(SOURCES) - {COLUMNS} <= have
    assert {f"{path.parent.name}/{path.name}" for path in FIXTURES.rglob("*") if path.is_file()} >= set(HOLDS)
    assert all(str(source.label) and str(source.because) for source in SOURCES.values())


def test_an_unknown_file_is_a_table():
    assert gives(b"question,answer\nWhere?,here\n").source == COLUMNS
    assert gives(b'{"prompt": "a", "category": "b"}\n').source == COLUMNS


def test_lines_of_another_kind_are_named_and_the_rest_is_kept():
    mixed = fixture("langfuse/blob.jsonl") + fixture("openai_batch/input.jsonl").splitlines(True)[0]
    found = gives(mixed, "mixed.jsonl")
    assert found.source == "langfuse"
    assert len(found.drafts) == 2
    assert [problem.line for problem in found.problems] == [5]
    assert "not a line of Langfuse" in found.problems[0].message


@pytest.mark.parametrize("path", HOLDS)
def test_no_key_hash_no_address_and_no_users_id_is_kept(path):
    found = gives(fixture(path), path)
    kept = repr(found.drafts) + repr(found.calls)
    for secret in ("deadbeef", "88dc28d0f030", "10.1.2.3", "10.0.0", "1.2.3.4", "u-77", "alice@", "bob"):
        assert secret not in kept


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            "openai_chat/train.jsonl",
            b'{"messages": [{"role": "user", "content": "With a note?"}], "note": "x"}\n',
        ),
        ("bedrock_evaluation/prompts.jsonl", b'{"prompt": "Without an expected answer?", "category": "x"}\n'),
    ],
)
def test_a_line_with_more_or_less_than_the_others_still_belongs_to_them(path, line):
    found = gives(fixture(path) + line, path)
    assert found.source == path.split("/")[0]
    assert len(found.drafts) == HOLDS[path][0] + 1
    assert found.problems == []


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export", content)
    return packed.getvalue()


WRITTEN = {
    "with a mark": lambda content: b"\xef\xbb\xbf" + content,
    "in UTF-16": lambda content: content.decode().encode("utf-16"),
    "with Windows' line ends": lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "in gzip": gzip.compress,
    "in a zip": zipped,
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("path", HOLDS)
def test_a_file_gives_the_same_however_it_is_written(path, way):
    plain, other = gives(fixture(path)), gives(WRITTEN[way](fixture(path)))
    assert other.source == plain.source
    assert [draft.content_hash for draft in other.drafts] == [draft.content_hash for draft in plain.drafts]
    assert [len(kind) for kind in other[1:]] == [len(kind) for kind in plain[1:]]
