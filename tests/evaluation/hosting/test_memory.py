"""Memory against what makers and papers publish of the same models."""

import pytest

from migration_app.evaluation.hosting.memory import (
    GIB,
    PRECISIONS,
    Load,
    cache_bytes,
    fit,
    memory_needed,
    weight_bytes,
)

from .builders import (
    DEEPSEEK_V3,
    GEMMA_3_27B,
    GPT_OSS_120B,
    H100,
    L4,
    LLAMA_2_7B,
    LLAMA_3_8B,
    LLAMA_3_70B,
    MI300X,
    T4,
)

FP16, FP8, AWQ = PRECISIONS["fp16"], PRECISIONS["fp8"], PRECISIONS["awq"]


@pytest.mark.parametrize(
    ("model", "bytes_per_token"),
    [
        (LLAMA_2_7B, 512 * 1024),  # every head its own keys: half a MiB
        (LLAMA_3_8B, 128 * 1024),  # eight shared heads
        (LLAMA_3_70B, 320 * 1024),
        (DEEPSEEK_V3, 61 * 576 * 2),  # 70 KB, the figure of the DeepSeek papers
    ],
)
def test_what_a_token_leaves_in_the_cache(model, bytes_per_token):
    assert cache_bytes(model.attention, 1) == bytes_per_token
    assert cache_bytes(model.attention, 1_000, bits=8) == bytes_per_token * 500


def test_a_window_stops_the_cache_from_growing_in_most_layers():
    values = 2 * 16 * 128 * 2
    assert cache_bytes(GEMMA_3_27B.attention, 512) == 62 * 512 * values
    assert cache_bytes(GEMMA_3_27B.attention, 8_192) == (10 * 8_192 + 52 * 1_024) * values


def test_weights_of_70_billion_parameters():
    assert weight_bytes(LLAMA_3_70B, FP16) == 141.1e9
    assert weight_bytes(LLAMA_3_70B, FP8) == 70.55e9
    assert weight_bytes(GPT_OSS_120B, FP16) == 116.8e9 * 4.25 / 8, "published with fewer bits"


def test_adapters_are_small_beside_the_weights():
    load = Load(context=4096, concurrency=8, adapters=4, adapter_rank=16)
    adapters = memory_needed(LLAMA_3_8B, FP16, load).adapters
    # peft counts 41.9 million weights for a rank of 16 on all projections of Llama 3 8B.
    assert adapters / 4 == pytest.approx(41.9e6 * 2, rel=0.1)


@pytest.mark.parametrize(
    ("model", "precision", "processor", "count"),
    [
        (LLAMA_3_8B, FP16, L4, 1),
        (LLAMA_3_70B, FP16, H100, 2),
        (LLAMA_3_70B, FP16, MI300X, 1),
        (LLAMA_3_70B, AWQ, H100, 1),
        (LLAMA_3_70B, AWQ, L4, 4),
        (GPT_OSS_120B, FP16, H100, 1),  # as its maker says: one processor of 80 GB
        (DEEPSEEK_V3, FP8, H100, None),  # 671 GB want more than eight of 80 GB
        (DEEPSEEK_V3, FP8, MI300X, 4),
    ],
)
def test_how_many_processors_hold_a_model(model, precision, processor, count):
    found = fit(model, precision, Load(context=4096, concurrency=4), processor)
    assert found.count == count and found.on_one == (count == 1)
    assert (found.used <= 1) == (count is not None)


def test_a_processor_without_the_arithmetic_is_named_for_it():
    found = fit(LLAMA_3_8B, FP8, Load(2048, 1), T4)
    assert (found.count, found.why) == (None, "arithmetic")


def test_more_requests_at_a_time_need_more_processors():
    counts = [fit(LLAMA_3_8B, FP16, Load(8192, n), L4).count for n in (1, 16, 48, 4096)]
    assert counts == [1, 2, 4, None]


def test_memory_for_the_cache_of_all_requests():
    memory = memory_needed(LLAMA_3_8B, FP16, Load(8192, 16))
    assert memory.cache == 16 * GIB and memory.total == memory.weights + 16 * GIB
    assert memory.cache_per_token == 128 * 1024
