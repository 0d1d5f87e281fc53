"""What each tool writes in its own odd way, and how it is understood."""

import csv
import io

import orjson
import pytest

from migration_app.workloads.shapes.requests import Asked
from migration_app.workloads.sources.building import draft_of, opaque
from tests.workloads.sources.reading import fixture, gives


def by_id(path_or_content, name="data"):
    content = fixture(path_or_content) if isinstance(path_or_content, str) else path_or_content
    found = gives(content, name)
    return {draft.external_id: draft for draft in found.drafts}


def one(record, name="data.jsonl"):
    """What a single line gives, when it is a sample."""
    found = gives(orjson.dumps(record) + b"\n", name)
    assert [problem.message for problem in found.problems] == []
    return found.drafts[0]


def as_csv(lines: bytes) -> bytes:
    """A JSON Lines fixture as the tool's CSV export would have it: JSON in cells, "" for null."""
    records = [orjson.loads(line) for line in lines.splitlines()]
    names = list(dict.fromkeys(name for record in records for name in record))
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(names)
    for record in records:
        cells = [record.get(name) for name in names]
        writer.writerow(
            [
                "" if cell is None else cell if isinstance(cell, str) else orjson.dumps(cell).decode()
                for cell in cells
            ]
        )
    return held.getvalue().encode()


@pytest.mark.parametrize(
    "path",
    [
        "langfuse/blob.jsonl",
        "langsmith/runs.jsonl",
        "langsmith_examples/examples.jsonl",
        "helicone/requests.jsonl",
        "litellm/payloads.jsonl",
        "bedrock_evaluation/prompts.jsonl",
    ],
)
def test_a_tools_csv_gives_the_samples_of_its_json(path):
    from_json, from_csv = gives(fixture(path), path), gives(as_csv(fixture(path)), "export.csv")
    assert from_csv.source == from_json.source
    assert [draft.prompt_hash for draft in from_csv.drafts] == [
        draft.prompt_hash for draft in from_json.drafts
    ]
    assert [draft.references for draft in from_csv.drafts] == [draft.references for draft in from_json.drafts]
    for ours, theirs in zip(from_csv.drafts, from_json.drafts, strict=True):
        assert (ours.logged or {}).get("text") == (theirs.logged or {}).get("text")
        assert (ours.logged or {}).get("latency_s") == (theirs.logged or {}).get("latency_s")


def test_langfuse_times_are_utc_latencies_seconds_and_parts_of_tokens_add_up():
    draft = by_id("langfuse/blob.jsonl")["o1"]
    assert draft.logged == {
        "text": "On its way.",
        "model": "gpt-4o",
        "at": 1716990379.963,  # 2024-05-29 13:46:19.963 UTC
        "latency_s": 1.5,
        "ttft_s": 0.25,
        "tokens": {"input": 100, "cached": 60, "output": 15, "reasoning": 5},
        "cost_usd": 0.002,
    }
    assert (draft.category, draft.cluster) == ("answer-ticket", "t1")
    assert draft.tools[0]["function"]["name"] == "track"


def test_langfuse_negative_durations_are_left_out_and_said():
    draft = by_id("langfuse/blob.jsonl")["o3"]
    assert "latency_s" not in draft.logged
    assert draft.warnings == ("A duration is negative; it was left out.",)


def test_a_langfuse_total_that_holds_its_parts_is_not_counted_twice():
    line = orjson.loads(fixture("langfuse/blob.jsonl").splitlines()[0])
    line["usage_details"] = {"input": 100, "input_cached_tokens": 60, "output": 15, "total": 115}
    assert one(line).logged["tokens"] == {"input": 100, "cached": 60, "output": 15}


def test_a_langfuse_user_is_a_mark_and_nothing_else():
    line = orjson.loads(fixture("langfuse/blob.jsonl").splitlines()[0]) | {"trace_id": "", "session_id": ""}
    first, again, other = one(line), one(line), one(line | {"user_id": "carol"})
    assert first.cluster == again.cluster == opaque("alice@example.com") != other.cluster
    assert "alice" not in repr(first)


def test_langfuse_items_take_questions_out_of_objects_and_say_what_they_left():
    items = by_id("langfuse_dataset/items.json")
    assert items["i1"].messages == [{"role": "user", "content": "What is VAT?"}]
    assert (items["i1"].references, items["i1"].category) == (["A tax."], "tax")
    assert items["i3"].messages == [{"role": "user", "content": "Hi"}]
    assert orjson.loads(items["i4"].messages[0]["content"]) == {"a": 1, "b": [2]}
    assert items["i4"].references == ["x", "y"]
    assert "its JSON is sent as it is" in items["i4"].warnings[0]
    item = {"id": "i5", "input": {"question": "Why?", "hint": "x"}, "expectedOutput": "z", "datasetId": "d"}
    assert "left out: hint" in one(item).warnings[0]


def test_langsmith_reads_langchains_messages_and_openais():
    runs = by_id("langsmith/runs.jsonl")
    assert [message["role"] for message in runs["r1"].messages] == ["system", "user"]
    assert runs["r1"].logged["tokens"] == {"input": 20, "cached": 8, "output": 2}
    assert (runs["r1"].logged["ttft_s"], runs["r1"].category, runs["r1"].cluster) == (0.4, "football", "th-1")
    assert runs["r3"].logged["text"] == "Brazil"
    assert runs["r4"].logged is None
    assert runs["r4"].call.failed
    assert by_id("langsmith_examples/examples.jsonl")["e2"].references == ["Madrid"]


def test_helicone_bodies_follow_their_vendor():
    requests = by_id("helicone/requests.jsonl")
    claude = requests["h2"]
    assert [message["role"] for message in claude.messages] == ["system", "user", "assistant", "tool"]
    assert claude.images == 1
    assert claude.messages[2]["tool_calls"][0]["function"] == {"name": "find", "arguments": '{"q":"it"}'}
    assert claude.messages[3] == {"role": "tool", "content": "a cat", "tool_call_id": "tu1"}
    assert claude.tools[0]["function"]["parameters"] == {"type": "object"}
    assert claude.logged["text"] == "A cat."  # thinking is left out
    assert claude.logged["tokens"] == {"input": 125, "cached": 100, "cache_write": 20, "output": 4}


def test_an_answer_from_helicones_cache_has_no_latency():
    requests = by_id("helicone/requests.jsonl")
    assert requests["h2"].call.from_cache
    assert "latency_s" not in requests["h2"].logged
    assert (requests["h1"].logged["latency_s"], requests["h1"].logged["ttft_s"]) == (0.8, 0.2)


def test_bodies_that_are_only_links_are_said():
    call = gives(fixture("helicone/requests.jsonl")).calls[0]
    assert call.failed
    assert any("only links to them" in sentence for sentence in call.warnings)


def test_litellms_response_time_is_not_the_latency_of_a_stream():
    draft = by_id("litellm/payloads.jsonl")["l1"]
    assert (draft.logged["latency_s"], draft.logged["ttft_s"]) == (2.0, 0.5)
    assert draft.logged["tokens"] == {"input": 20, "cached": 4, "output": 10}
    assert (draft.category, draft.response_format) == ("billing", {"type": "json_object"})


def test_litellms_spend_is_traffic_unless_its_texts_were_kept():
    found = gives(fixture("litellm_spend/spend.json"))
    call = found.calls[0]
    assert (call.category, call.cost_usd, call.latency_s, call.input_tokens) == ("billing", 0.002, 1.5, 20)
    assert call.at == 1735689600.0
    assert found.drafts[0].logged["text"] == "Yes."


def test_spans_keep_what_was_said_in_five_places():
    spans = by_id("opentelemetry/spans.json")
    assert [message["role"] for message in spans["s1"].messages] == ["system", "user", "assistant", "tool"]
    assert (spans["s1"].images, spans["s1"].cluster) == (1, "conv-1")
    assert spans["s1"].tools[0]["function"]["name"] == "weather"
    assert spans["s1"].logged["tokens"] == {"input": 52, "cached": 30, "output": 7}
    assert spans["s1"].logged["finish_reason"] == "stop"
    assert spans["s3"].messages == [{"role": "user", "content": "Content without parts?"}]
    assert spans["s3"].call.input_tokens == 9
    assert (spans["s4"].messages[0]["content"], spans["s4"].logged["text"]) == ("From an event?", "Yes.")
    assert [message["role"] for message in spans["s5"].messages] == ["system", "user"]
    assert spans["s5"].logged["text"] == "The second."


def test_spans_without_content_are_traffic_and_say_so():
    call = gives(fixture("opentelemetry/spans.json")).calls[0]
    assert call.failed
    assert "capturing content is off" in call.warnings[0]


def test_spans_come_one_a_line_or_many():
    whole = orjson.loads(fixture("opentelemetry/spans.json"))
    spans = whole["resourceSpans"][0]["scopeSpans"][0]["spans"]
    lines = b"".join(orjson.dumps(span) + b"\n" for span in spans)
    groups = orjson.dumps(whole) + b"\n" + orjson.dumps(whole) + b"\n"
    assert len(gives(lines, "spans.jsonl").drafts) == 4
    assert len(gives(groups, "spans.jsonl").drafts) == 8


def test_one_span_that_cannot_be_read_costs_only_itself():
    whole = orjson.loads(fixture("opentelemetry/spans.json"))
    spans = whole["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans[0]["attributes"][-2]["value"] = {"stringValue": '[{"role": "user", "parts": [{"type": "audio"}]}]'}
    found = gives(orjson.dumps(whole) + b"\n" + orjson.dumps(whole) + b"\n", "spans.jsonl")
    assert len(found.drafts) == 6
    assert [problem.line for problem in found.problems] == [1, 2]
    assert found.problems[0].message.startswith("Span s1: ")
    assert "audio, which cannot be replayed" in found.problems[0].message


def test_sharegpt_orphans_text_in_text_and_missing_pictures():
    found = gives(fixture("sharegpt/shared.json"))
    assert [message["content"] for message in found.drafts[0].messages] == ["Hello?", "Hi.", "Bye?"]
    assert found.drafts[0].references == ["Bye."]
    assert "began with an answer to no question" in found.drafts[0].warnings[0]
    assert found.drafts[1].messages[0] == {"role": "system", "content": "Be kind."}
    assert found.drafts[2].references == ["Also."]
    assert "<image>" in found.problems[0].message


def test_azures_native_log_is_traffic_in_ticks_and_text():
    first, negative, from_ticks = gives(fixture("azure_requests/log.json")).calls
    assert (first.model, first.category, first.latency_s, first.input_tokens) == ("gpt-4o", "prod", 1.2, None)
    assert (negative.latency_s, negative.failed) == (None, True)
    assert "negative" in negative.warnings[0]
    assert from_ticks.latency_s == 2.0


def test_a_content_filter_is_a_refusal_and_no_failure():
    gateway = by_id("azure_gateway/gateway.jsonl")
    assert gateway["g2"].logged["refusal"] == "content_filter"
    assert not gateway["g2"].call.failed
    assert gateway["g4"].logged["text"] == "One two."


def test_a_body_that_was_cut_off_is_found_out():
    found = gives(fixture("azure_gateway/gateway.jsonl"))
    assert [(problem.line, "cut off" in problem.message) for problem in found.problems] == [(3, True)]
    line = orjson.loads(fixture("azure_gateway/gateway.jsonl").splitlines()[0])
    line["properties"]["backendResponseBody"] = line["properties"]["backendResponseBody"][:40]
    draft = one(line)
    assert draft.logged is None
    assert "cut off" in draft.warnings[0]


def test_bedrock_bodies_of_every_vendor():
    log = by_id("bedrock/invocations.jsonl")
    said = {name: (draft.messages[-1]["content"], draft.logged["text"]) for name, draft in log.items()}
    assert said["b2"] == ("Count.", "One, two.")
    assert said["b3"] == ("Tell a joke.", "Knock knock.")
    assert said["b4"] == ("Name a fish.", "Cod")
    assert said["b5"] == ("And then?", "The end.")
    assert said["b6"] == ("Hi", "Hello")
    assert log["b1"].logged["model"] == "us.anthropic.claude-3-5-sonnet-20241022-v2:0"
    assert log["b1"].logged["tokens"] == {"input": 12, "cached": 4, "output": 20}
    assert log["b4"].logged["tokens"] == {"input": 4, "output": 2}
    assert (log["b6"].logged["latency_s"], log["b6"].logged["ttft_s"]) == (0.3, 0.12)
    assert log["b1"].tools[0]["function"] == {
        "name": "look",
        "description": "Looks.",
        "parameters": {"type": "object"},
    }


def test_fine_tuning_learns_the_last_answer_unless_told_not_to():
    drafts = gives(fixture("openai_chat/train.jsonl"), "train.jsonl").drafts
    assert [draft.references for draft in drafts[:2]] == [["Lima"], ["Santiago"]]
    assert orjson.loads(drafts[2].references[0])[0]["function"]["name"] == "weather"
    assert (drafts[3].references, drafts[3].logged) == ([], {"text": "Anything"})
    assert [message["role"] for message in drafts[1].messages] == ["user", "assistant", "user"]


def test_evals_examples_become_turns_and_items_are_opened():
    drafts = gives(fixture("openai_evals/samples.jsonl")).drafts
    assert [message["role"] for message in drafts[0].messages] == ["system", "user", "assistant", "user"]
    assert drafts[0].references == ["ends well", "ends well."]
    assert (drafts[2].messages[0]["content"], drafts[2].references) == ("Is this a bug?", ["Hardware"])
    assert drafts[2].logged["text"] == "Software"


def test_an_image_by_its_address_is_kept_and_said_not_to_be_fetched():
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}
    line = {"messages": [{"role": "user", "content": [{"type": "text", "text": "What?"}, picture]}]}
    draft = one(line)
    assert draft.messages[0]["content"][1] == picture
    assert "not fetched" in draft.warnings[0]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"type": "input_audio", "input_audio": {"data": "x"}}, "audio"),
        ({"type": "file", "file": {"file_id": "f"}}, "a file"),
        ({"type": "document", "source": {}}, "a document"),
        ({"type": "hologram"}, "hologram"),
    ],
)
def test_what_cannot_be_sent_again_names_its_place(part, said):
    line = {"messages": [{"role": "user", "content": ["Hi", part]}]}
    problem = gives(orjson.dumps(line) * 1 + b"\n" + fixture("openai_chat/train.jsonl"), "a.jsonl").problems[
        0
    ]
    assert problem.line == 1
    assert "messages[1].content[2]" in problem.message
    assert said in problem.message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-29 13:46:19.963000", 1716990379.963),
        ("2024-05-29T13:46:19.963Z", 1716990379.963),
        ("2024-05-29T15:46:19.963+02:00", 1716990379.963),
        ("2025-05-01T10:00:00.1234567Z", 1746093600.123456),
        (1716990379.963, 1716990379.963),
        (1716990379963, 1716990379.963),
        ("1716990379963000000", 1716990379.963),
        ("yesterday", None),
        (-5, None),
        (1e300, None),
        ("9999-12-31T23:59:59+99:00", None),
    ],
)
def test_moments_in_every_writing(written, read):
    from migration_app.workloads.shapes.values import moment

    found = moment(written)
    assert found is None if read is None else found == pytest.approx(read, abs=1e-4)


def test_long_categories_that_begin_alike_are_not_taken_for_one():
    begins = "W" * 250
    asked = Asked([{"role": "user", "content": "Where is it?"}], [], None)
    found = {draft_of(1, asked, category=begins + end).category for end in ("a", "b", "")}
    assert len(found) == 3 and all(len(name) <= 200 and name.startswith("WWW") for name in found)
    assert draft_of(1, asked, category="W" * 200).category == "W" * 200
