"""OpenAI's batch files: requests, answers in any order, and both together."""

import io

from migration_app.workloads.drafts import Draft
from migration_app.workloads.readers import Problem
from migration_app.workloads.sources import found_in
from tests.workloads.sources.reading import fixture, gives

INPUT, OUTPUT = "openai_batch/input.jsonl", "openai_batch/output.jsonl"


def by_id(found):
    return {draft.external_id: draft for draft in found.drafts}


def test_requests_alone_are_read_with_all_they_carry():
    found = gives(fixture(INPUT), "batch.jsonl")
    assert found.source == "openai_batch"
    assert [draft.external_id for draft in found.drafts] == ["r-1", "r-2", "r-4", "r-5"]
    assert found.problems == []
    asked = by_id(found)
    assert [message["role"] for message in asked["r-1"].messages] == ["system", "user"]
    assert asked["r-2"].messages[0] == {"role": "system", "content": "Be brief."}
    assert asked["r-2"].images == 1
    assert asked["r-4"].tools[0]["function"]["name"] == "weather"
    assert asked["r-4"].response_format == {"type": "json_object"}
    assert asked["r-5"].messages == [{"role": "user", "content": "Once upon a time"}]
    assert all(draft.logged is None for draft in found.drafts)


def test_embeddings_are_passed_over_with_a_reason():
    found = gives(fixture(INPUT), "batch.jsonl")
    assert [(one.line, "embeddings" in one.reason) for one in found.skipped] == [(3, True)]


def test_answers_in_any_order_find_their_requests():
    found = gives(fixture(OUTPUT, INPUT), "both.jsonl")
    asked = by_id(found)
    assert asked["r-1"].logged == {
        "text": "Paris",
        "finish_reason": "stop",
        "model": "gpt-4o-mini-2024-07-18",
        "at": 1731400267.0,
        "tokens": {"input": 20, "cached": 5, "output": 9, "reasoning": 7},
    }
    assert asked["r-2"].logged["text"] == "A cat."
    assert asked["r-2"].logged["tokens"] == {"input": 90, "cached": 64, "output": 4}
    assert asked["r-4"].logged["tool_calls"][0]["function"] == {
        "name": "weather",
        "arguments": '{"city":"Bern"}',
    }
    assert asked["r-5"].logged is None
    assert asked["r-5"].call.failed


def test_an_answer_without_its_request_is_named_by_line():
    found = gives(fixture(INPUT, OUTPUT), "both.jsonl")
    assert [problem.line for problem in found.problems] == [10]
    assert "r-9" in found.problems[0].message
    alone = gives(fixture(OUTPUT), "output.jsonl")
    assert len(alone.problems) == 5
    assert "together with its output" in alone.problems[0].message


def test_a_request_for_two_files_gives_one_sample_each():
    twice = fixture(INPUT).splitlines()[0]
    found = gives(twice + b"\n" + twice + b"\n", "batch.jsonl")
    assert len(found.drafts) == 2
    assert found.drafts[0].prompt_hash == found.drafts[1].prompt_hash


def test_a_second_answer_to_the_same_request_is_named_and_the_first_one_kept():
    answer = fixture(OUTPUT).splitlines(True)[1]
    found = gives(answer + answer.replace(b"Paris", b"Lyon") + fixture(INPUT), "both.jsonl")
    assert by_id(found)["r-1"].logged["text"] == "Paris"
    assert [(problem.line, "second answer" in problem.message) for problem in found.problems] == [(2, True)]


def test_a_large_batchs_preview_reads_requests_without_waiting_for_answers():
    content = fixture(OUTPUT, INPUT)
    reading = gives(content).reading
    found = list(found_in(io.BytesIO(content), reading, {}, together=False))
    assert [one.external_id for one in found if isinstance(one, Draft)] == ["r-1", "r-2", "r-4", "r-5"]
    assert not any(isinstance(one, Problem) for one in found)
