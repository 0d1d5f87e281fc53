"""Token counts, split so that none is paid for twice."""

import pytest

from migration_app.evaluation.outcomes import Usage
from migration_app.providers.usage import count, read_usage, usage_of


def test_openais_shape() -> None:
    raw = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 80, "cache_write_tokens": 10},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    assert read_usage(raw) == Usage(100, 80, 10, 50, 30, raw=raw)


def test_deepseeks_cache_hits_are_cached_tokens() -> None:
    usage = read_usage({"prompt_tokens": 100, "completion_tokens": 5, "prompt_cache_hit_tokens": 64})
    assert (usage.cached_input_tokens, usage.reasoning_tokens) == (64, None)


def test_reasoning_outside_the_completion_is_added_to_the_output() -> None:
    """xAI: prompt 14 + completion 1 + reasoning 386 = total 401."""
    details = {"reasoning_tokens": 386}
    raw = {
        "prompt_tokens": 14,
        "completion_tokens": 1,
        "total_tokens": 401,
        "completion_tokens_details": details,
    }
    usage = read_usage(raw)
    assert (usage.output_tokens, usage.reasoning_tokens) == (387, 386)


def test_hidden_thinking_is_found_in_the_total_where_the_vendor_is_known_for_it() -> None:
    raw = {"prompt_tokens": 20, "completion_tokens": 198, "total_tokens": 623}
    assert read_usage(raw, thinking_outside_output=True).output_tokens == 603
    assert read_usage(raw, thinking_outside_output=True).reasoning_tokens == 405
    assert read_usage(raw).output_tokens == 198


def test_a_part_larger_than_its_whole_is_unknown() -> None:
    raw = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 11}}
    assert read_usage(raw).cached_input_tokens is None and read_usage(raw).input_tokens == 10


@pytest.mark.parametrize("value", [None, -1, True, "12", 1.5, 10**9, float("nan"), float("inf"), [], {}])
def test_what_is_no_count_is_unknown(value: object) -> None:
    assert count(value) is None


@pytest.mark.parametrize("raw", [None, [], "usage", 3, {"prompt_tokens_details": [1]}])
def test_a_shape_nobody_knows_is_unknown(raw: object) -> None:
    usage = read_usage(raw)
    assert usage.input_tokens is usage.output_tokens is usage.cached_input_tokens is None


def test_zero_is_known() -> None:
    assert count(0) == 0 and count(12.0) == 12


def nested(levels: int) -> dict:
    value: dict = {}
    for _ in range(levels):
        value = {"more": value}
    return value


def test_what_is_no_figure_is_not_kept() -> None:
    """`raw` is written with every answer: its size and depth must not be the vendor's to choose."""
    hostile = {f"name{n}": n for n in range(5_000)} | {"prompt_tokens": 3}
    assert len(read_usage(hostile).raw) == 100 and read_usage(hostile).input_tokens == 3
    deep = read_usage({"prompt_tokens": 3, "details": nested(1_000)}).raw
    assert deep == {"prompt_tokens": 3, "details": {"more": {}}}
    odd = read_usage({"note": "x\0" * 500, "parts": [1] * 500, "n\0": 1.5}).raw
    assert odd == {"note": "x\ufffd" * 50, "n\ufffd": 1.5}


def test_writes_for_an_hour_and_pictures_are_parts_like_the_others():
    usage = usage_of({}, given=1_000, output=5, written=300, written_1h=200, images=400)
    assert (usage.cache_write_1h_tokens, usage.image_input_tokens) == (200, 400)
    odd = usage_of({}, given=1_000, output=5, written=300, written_1h=301, images=1_001)
    assert (odd.cache_write_1h_tokens, odd.image_input_tokens) == (None, None)
    openai = read_usage(
        {"prompt_tokens": 90, "completion_tokens": 1, "prompt_tokens_details": {"image_tokens": 70}}
    )
    assert openai.image_input_tokens == 70
