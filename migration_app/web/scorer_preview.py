"""What a way of scoring makes of a team's own samples, before a test costs anything.

Nobody is asked: the answers tried are those that the workload holds. The expected answer must get
full marks, another sample's must not; and what today's model said is in the log of some workloads.
For judges, who cost money, the question is shown that they would get.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.judge_questions import Material, comparing_messages, grading_messages
from migration_app.evaluation.scorers import Answer, Expected, Score, Scorer, is_judged
from migration_app.evaluation.scorers.judged import RubricJudge
from migration_app.workloads.models import Sample, Workload
from migration_app.workloads.queries import question_of, shown

SAMPLES = 3
_LOOKED_AT = 40  # samples among which another expected answer is sought
_EXCERPT = 160
_FULL, _NEAR = 0.99, 0.2  # marks: as good as 1; too close to tell right from wrong
_WORD = "0f1e2d3c"  # stands for the word that each question to a judge draws anew


@dataclass(frozen=True, slots=True)
class Tried:
    """One answer that was scored. `kind` is right (the expected one), wrong (another sample's) or logged."""

    kind: str
    label: str
    text: str
    score: Score


@dataclass(frozen=True, slots=True)
class PreviewedSample:
    question: str
    expected: str
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class ScorerPreview:
    """Samples with their marks, and what follows from them: `tone` is good, warn or info."""

    samples: tuple[PreviewedSample, ...]
    tone: str
    finding: str


def preview_of(scorer: Scorer, workload: Workload, category: str | None) -> ScorerPreview:
    """The scorer on the first samples of a category; None: of those that have no way of their own."""
    samples = _samples(workload, category)
    previewed = tuple(_previewed(scorer, sample, samples) for sample in samples[:SAMPLES])
    return ScorerPreview(previewed, *_finding(scorer, [one for sample in previewed for one in sample.tried]))


def _samples(workload: Workload, category: str | None) -> list[Sample]:
    """Those with an expected answer first."""
    rows = workload.samples.all()
    rows = without_own_way(rows, workload.scoring) if category is None else rows.filter(category=category)
    found = list(rows.exclude(references=[])[:_LOOKED_AT])
    return found + (list(rows.filter(references=[])[:SAMPLES]) if len(found) < SAMPLES else [])


def without_own_way(rows: QuerySet[Sample], scoring: Mapping[str, Any]) -> QuerySet[Sample]:
    """The samples whose category has no way of scoring of its own."""
    own = [name for name, choice in (scoring.get("by_category") or {}).items() if choice.get("name")]
    return rows.exclude(category__in=own)


def _previewed(scorer: Scorer, sample: Sample, others: Sequence[Sample]) -> PreviewedSample:
    expected = Expected(tuple(sample.references), sample.response_format)
    tried = tuple(
        Tried(kind, label, shown(text, _EXCERPT), scorer(answer, expected))
        for kind, label, text, answer in _answers(sample, others)
    )
    wanted = shown(sample.references[0], _EXCERPT) if sample.references else ""
    return PreviewedSample(shown(question_of(sample), _EXCERPT), wanted, tried)


def _answers(sample: Sample, others: Sequence[Sample]) -> Iterator[tuple[str, str, str, Answer]]:
    if sample.references:
        right = sample.references[0]
        yield "right", _("The expected answer itself"), right, Answer(right)
    if sample.logged:
        said = logged_answer(sample.logged)
        calls = " ".join(f"{call.name}({call.arguments})" for call in said.tool_calls)
        yield "logged", _("What today's model said in the log"), f"{said.text} {calls}".strip(), said
    mine = {text.strip() for text in sample.references}
    wrong = (text for other in others for text in other.references[:1] if text.strip() not in mine)
    if sample.references and (other := next(wrong, None)) is not None:
        yield "wrong", _("The expected answer of another sample"), other, Answer(other)


def logged_answer(logged: dict[str, Any]) -> Answer:
    """The answer that a log recorded, as a scorer takes it."""
    calls = tuple(
        ToolCall(str(call.get("id", "")), str(call.get("name", "")), str(call.get("arguments", "")))
        for call in logged.get("tool_calls") or ()
        if isinstance(call, dict)
    )
    return Answer(str(logged.get("text") or ""), calls)


def _finding(scorer: Scorer, tried: Sequence[Tried]) -> tuple[str, str]:
    right = [one.score.value for one in tried if one.kind == "right"]
    wrong = [one.score.value for one in tried if one.kind == "wrong"]
    if not tried:
        return "info", _("These samples hold no answer to try. Paste one below.")
    if any(one.score.value is None for one in tried):
        return "warn", _("Some answers cannot be scored like this. What has no mark counts for nobody.")
    if any(value is not None and value < _FULL for value in right):
        return "warn", _("Even the expected answer does not get full marks. Check the settings.")
    if _compares(scorer) and any(value is not None and value > 1 - _NEAR for value in wrong):
        return "warn", _(
            "A wrong answer gets almost the mark of the right one: this way cannot tell them apart."
        )
    if _compares(scorer) and right and wrong:
        return "good", _("It tells the expected answer from another one's.")
    return "info", _("It looks at the form of an answer. What the answer says is not compared with anything.")


def _compares(scorer: Scorer) -> bool:
    """Whether an answer is held against the expected one, by this scorer or a part of it."""
    parts: tuple[Scorer, ...] = getattr(scorer, "built", ())
    return scorer.needs_reference or any(part.needs_reference for part in parts)


def judges_question(scorer: Scorer, workload: Workload, category: str | None) -> list[dict[str, str]]:
    """What a judge would read of the first sample, message by message; empty for other scorers."""
    samples = _samples(workload, category)
    if not is_judged(scorer.name) or not samples:
        return []
    made: Any = scorer
    sample = samples[0]
    material = Material(sample.messages, sample.references if made.show_reference else ())
    answers = [Answer(_("(an answer to be judged)")), Answer(_("(the other answer)"))]
    if isinstance(scorer, RubricJudge):
        return grading_messages(made.rubric, material, answers[0], _WORD)
    return comparing_messages(made.rubric, material, answers[0], answers[1], _WORD)
