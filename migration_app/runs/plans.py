"""The part of a question that decides what it costs and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migration_app.candidates.models import Candidate
from migration_app.workloads.models import Workload

from .models import Assessment, Load
from .requests import settings_from


@dataclass(frozen=True, slots=True)
class Plan:
    """The part of a question that decides what it costs; a draft, or a form half filled in.

    sample_limit: None for all samples. max_output_tokens: tokens per answer.
    """

    workload: Workload
    candidates: Sequence[Candidate]  # today's model first
    repetitions: int = 1
    sample_limit: int | None = None
    max_output_tokens: int | None = None
    requests_per_month: int | None = None
    currency: str = "USD"
    peak_per_minute: int | None = None  # of an open load: requests to each model

    @property
    def samples(self) -> int:
        count = self.workload.sample_count
        return count if self.sample_limit is None else min(count, self.sample_limit)

    @property
    def calls(self) -> int:
        """Requests to each candidate, before any retry."""
        return self.samples * self.repetitions

    def part(self, samples: int, *, repetitions: int) -> Plan:
        """So many samples of it, asked beside the test itself: no month and no schedule belong to them."""
        return replace(
            self,
            sample_limit=samples,
            repetitions=repetitions,
            requests_per_month=None,
            peak_per_minute=None,
        )


def plan_of(assessment: Assessment) -> Plan:
    return Plan(
        workload=assessment.workload,
        candidates=[assessment.baseline, *assessment.candidates.select_related("connection")],
        repetitions=assessment.repetitions,
        sample_limit=assessment.sample_limit,
        max_output_tokens=settings_from(assessment.settings).max_output_tokens,
        requests_per_month=assessment.requests_per_month,
        currency=assessment.currency,
        peak_per_minute=None if assessment.load == Load.CLOSED else assessment.peak_per_minute,
    )
