"""How many tokens the mean request of a workload has, before anything is sent: counted, with a range.

OpenAI's own models are counted as OpenAI counts; others by the same table, which is near: their
tokenizers make between 0.8 and 1.4 times as many tokens of the same text, code and non-English
text the most (Petrov et al. 2023, arXiv:2305.15425). A large workload is counted on a part of it,
drawn evenly, whose own uncertainty is added. A picture is between 85 and 1,700 tokens, by vendor
and size.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from migration_app.evaluation.conversations import Settings
from migration_app.providers.tokenizers import (
    Encoding,
    count_conversation,
    count_text,
    encoding_of,
    is_own_encoding,
)
from migration_app.workloads.models import Sample, Workload

from .requests import conversation_of, images_of

COUNTED = 200  # samples
OWN_SPREAD, OTHER_SPREAD = (0.98, 1.05), (0.8, 1.4)
OUTPUT_SPREAD = (0.5, 2.5)
# A model that was given no reference length answers with something between a line and a page.
BLIND_OUTPUT = (30.0, 400.0)
PER_IMAGE = (85, 1_700)
_LONGEST_COUNTED = 400_000  # characters of one sample; longer ones are scaled up from their beginning


@dataclass(frozen=True, slots=True)
class TokenGuess:
    """Tokens of the mean request and of the mean answer, each as a range."""

    input_low: float
    input_high: float
    output_low: float
    output_high: float


def guess_tokens(workload: Workload, model: str) -> TokenGuess:
    """What is known of the workload's tokens for a model of that name."""
    counts = _counted(workload.pk, encoding_of(model))
    low, high = OWN_SPREAD if is_own_encoding(model) else OTHER_SPREAD
    mean, doubt = _mean_and_doubt(counts.inputs)
    output_low, output_high = _answers(counts.answers)
    return TokenGuess(
        max(0.0, mean - doubt) * low + counts.images * PER_IMAGE[0],
        (mean + doubt) * high + counts.images * PER_IMAGE[1],
        output_low,
        output_high,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    inputs: tuple[float, ...]
    answers: tuple[float, ...]
    images: float  # of the mean request



# A version of a workload never changes, so neither do its counts.
@lru_cache(maxsize=64)
def _counted(workload: UUID, encoding: Encoding) -> _Counts:
    samples = Sample.objects.filter(workload=workload)
    size = samples.count()
    step = max(1, -(-size // COUNTED))
    positions = list(range(0, size, step))
    rows = list(samples.filter(position__in=positions)) or list(samples[:COUNTED])
    inputs = tuple(float(_input(row, encoding)) for row in rows)
    answers = tuple(count for row in rows if (count := _answer_tokens(row, encoding)) is not None)
    images = sum(images_of(row) for row in rows) / max(1, len(rows))
    return _Counts(inputs, answers, images)


def _input(sample: Sample, encoding: Encoding) -> float:
    name = "gpt-4" if encoding == "cl100k_base" else "gpt-4o"
    if sample.input_characters > _LONGEST_COUNTED:
        return sample.input_characters / 4
    return count_conversation(conversation_of(sample, Settings()), name)


def _answer_tokens(sample: Sample, encoding: Encoding) -> float | None:
    """What the log counted for the recorded answer, else the length of it, else of the expected one."""
    logged = sample.logged if isinstance(sample.logged, dict) else {}
    counted = (logged.get("tokens") or {}).get("output")
    if isinstance(counted, int) and counted >= 0:
        return float(counted)
    text = str(logged.get("text") or (sample.references[0] if sample.references else ""))
    return float(count_text(text[:_LONGEST_COUNTED], encoding)) if text else None


def _mean_and_doubt(values: Sequence[float]) -> tuple[float, float]:
    """(mean, twice its standard error)."""
    if not values:
        return 0.0, 0.0
    if len(values) < COUNTED // 2:
        return statistics.fmean(values), 0.0  # all of them were counted
    return statistics.fmean(values), 2 * statistics.stdev(values) / len(values) ** 0.5


def _answers(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return BLIND_OUTPUT
    mean = statistics.fmean(values)
    # Even an answer of one word comes with a few tokens around it.
    return max(1.0, mean * OUTPUT_SPREAD[0]), max(16.0, mean * OUTPUT_SPREAD[1])
