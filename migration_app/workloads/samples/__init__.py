"""Sample workloads that come with Crossover, ready to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ScorerChoice:
    """A scorer by its name in `evaluation.scorers.SCORERS`, with its parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleWorkload:
    """A bundled file and how to judge answers to it: one scorer for each category.

    `max_output_tokens` is enough for every reference; temperature 0 makes runs repeatable.
    """

    name: str
    file: str
    description: str
    scorers: Mapping[str, ScorerChoice]
    max_output_tokens: int
    temperature: float = 0.0

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    def scoring(self) -> dict[str, Any]:
        """The scorers as an assessment stores them; the default is for categories yet to come."""
        return {
            "default": {"name": "normalised_match", "parameters": {}},
            "by_category": {
                category: {"name": choice.name, "parameters": dict(choice.parameters)}
                for category, choice in self.scorers.items()
            },
        }


SUPPORT_DESK = SampleWorkload(
    name="Support desk (sample)",
    file="support-desk.jsonl",
    description=(
        "84 requests from the support desk of an invented maker of smart appliances: routing, extraction "
        "to JSON, answers from a passage, and sentiment."
    ),
    scorers={
        "routing": ScorerChoice("normalised_match"),
        "extraction": ScorerChoice(
            "field_f1", {"fields": {"order": "text", "date": "date", "amount": "number"}}
        ),
        "answers": ScorerChoice("rouge", {"variant": "rouge1"}),
        "sentiment": ScorerChoice("normalised_match"),
    },
    max_output_tokens=48,
)

SAMPLE_WORKLOADS: Mapping[str, SampleWorkload] = {"support-desk": SUPPORT_DESK}
