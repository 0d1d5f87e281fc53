"""A candidate's scores beside the baseline's, and the scopes in which they are compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .clustered import Labels, rows_by_label, sources_of
from .intervals import Floats
from .judging import JudgeEvidence


class InvalidSamplesError(ValueError):
    """Scores that cannot be compared: the message says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class PairedSamples:
    """One candidate beside the baseline, one entry per sample, repetitions already averaged.

    baseline, candidate: scores in [0, 1]; NaN is unscored on that side, and such a sample is
    left out of the tests and counted in `unscored`. clusters: samples with equal labels are
    not independent. categories: labels; "" or None is no category. complete: False when the
    run was capped, paused or is partly missing. judge: what is known of the judge that gave the
    scores; `None` where none did. human: what people said of the difference, in [−1, 1], NaN where
    nobody was asked; it sets a judge right (`ppi`). silent: where every request of the baseline failed;
    `None` without any such sample. Where requests were repeated: answered, the baseline's score of those
    that did not fail; lowest, the candidate's with those as wrong that could not be scored; `None` where
    either is no other than the score. Raises InvalidSamplesError.
    """

    baseline: Floats
    candidate: Floats
    clusters: Labels
    categories: Labels
    complete: bool = True
    judge: JudgeEvidence | None = None
    human: Floats | None = None
    silent: NDArray[np.bool_] | None = None
    answered: Floats | None = None
    lowest: Floats | None = None

    def __post_init__(self) -> None:
        given = [column for column in (self.silent, self.answered, self.lowest) if column is not None]
        columns = (self.baseline, self.candidate, self.clusters, self.categories, *given)
        if len({len(column) for column in columns}) != 1:
            raise InvalidSamplesError("Scores, clusters and categories need one entry per sample.")
        for name, scores in (("baseline", self.baseline), ("candidate", self.candidate)):
            if np.any((scores < 0) | (scores > 1)):
                raise InvalidSamplesError(f"A {name} score lies outside 0 to 1: normalise the scores first.")
        if self.human is None:
            return
        if len(self.human) != len(self.baseline):
            raise InvalidSamplesError("People's labels need one entry per sample; leave the rest unknown.")
        if np.any((self.human < -1) | (self.human > 1)):
            raise InvalidSamplesError("A label is a difference from −1 (worse) to 1 (better).")

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which samples have a score on both sides."""
        return ~(np.isnan(self.baseline) | np.isnan(self.candidate))

    @property
    def feared(self) -> Floats:
        """The candidate's scores, with what could not be scored beside a scored answer of the baseline as
        wrong: it may be what failed. No copy where that is nothing."""
        hidden = np.isnan(self.candidate) & ~np.isnan(self.baseline)
        known = self.candidate if self.lowest is None else self.lowest
        return np.where(hidden, 0.0, known) if hidden.any() else known

    @property
    def heard(self) -> Floats:
        """The baseline's scores by what it answered alone, NaN where all requests failed; as above."""
        answered = self.baseline if self.answered is None else self.answered
        if self.silent is None or not self.silent.any():
            return answered
        return np.where(self.silent, np.nan, answered)

    @property
    def unscored(self) -> int:
        """How many samples lack a score on at least one side."""
        return int(len(self.baseline) - np.count_nonzero(self.scored))


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The scored samples of a scope: differences, clusters, and whether all scores are 0 or 1.

    clusters: whole numbers; `None` where each sample is its own.
    labels: people's word on the difference, NaN where they have none; `None` without people.
    has_marks: whether any answer of the candidate got a mark above 0. today: the baseline's mean score.
    beyond_half: each of the candidate's scores less half of the baseline's, worked out when asked for.
    worst: the same scope where every answer counts as wrong that could not be scored beside a scored one
    of the baseline; `None` where there is no such answer. heard: that without the requests that failed of the
    baseline; `None` where there are none. altered: of `worst` and `heard`, how many samples make it another.
    """

    name: str | None
    samples: int  # scored or not
    differences: Floats
    clusters: NDArray[Any] | None
    binary: bool
    labels: Floats | None = None
    has_marks: bool = True
    today: float = 1.0
    beyond_half: Callable[[], Floats] = lambda: np.empty(0)
    worst: Scope | None = None
    heard: Scope | None = None
    altered: int = 0


def scopes_of(pairs: PairedSamples) -> Iterator[Scope]:
    """The whole workload first, then each named category in alphabetical order."""
    fears, hears = pairs.feared, pairs.heard
    worsts: Iterator[Scope | None] = repeat(None)
    heards: Iterator[Scope | None] = repeat(None)
    feared = pairs
    if fears is not pairs.candidate:  # seldom, and a million samples are some copies of 8 MB
        feared = replace(pairs, candidate=fears, lowest=None)
        worsts = _scopes(feared, _differ(pairs.candidate, fears) & feared.scored)
    if hears is not pairs.baseline:
        heard = replace(feared, baseline=hears, silent=None, answered=None)
        heards = _scopes(heard, _differ(pairs.baseline, hears) & feared.scored)
    for scope, worst, rest in zip(_scopes(pairs), worsts, heards, strict=False):
        yield replace(
            scope,
            worst=worst if worst is not None and worst.altered else None,
            heard=rest if rest is not None and rest.altered else None,
        )


def _differ(before: Floats, after: Floats) -> NDArray[np.bool_]:
    """Where two columns of scores are not the same; nothing is as good as nothing."""
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    return np.asarray(~same, dtype=np.bool_)


def _scopes(pairs: PairedSamples, altered: NDArray[np.bool_] | None = None) -> Iterator[Scope]:
    scored = pairs.scored
    differences = pairs.candidate - pairs.baseline
    clusters, marked = sources_of(pairs.clusters), pairs.candidate > 0
    binary = _is_binary(pairs.baseline) & _is_binary(pairs.candidate)
    everything = bool(scored.all())
    for name, rows in chain([(None, None)], _named(pairs.categories)):
        samples = scored.size if rows is None else rows.size
        kept = _kept(scored, rows, everything)
        known = differences[kept]
        yield Scope(
            name=name,
            samples=int(samples),
            differences=known,
            clusters=None if clusters is None else clusters[kept],
            binary=bool(np.all(binary[kept])),
            labels=None if pairs.human is None else pairs.human[kept],
            has_marks=bool(np.any(marked[kept])),
            today=float(pairs.baseline[kept].mean()) if known.size else math.nan,
            beyond_half=partial(_beyond_half, pairs, kept),
            altered=0
            if altered is None
            else int(np.count_nonzero(altered if rows is None else altered[rows])),
        )


def _named(categories: Labels) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Worked out when the first is asked for: who looks at the whole alone needs none."""
    yield from ((name, rows) for name, rows in rows_by_label(categories).items() if name)


def _beyond_half(pairs: PairedSamples, kept: NDArray[Any] | slice) -> Floats:
    beyond: Floats = pairs.candidate[kept] - pairs.baseline[kept] / 2
    return beyond


def _kept(scored: NDArray[np.bool_], rows: NDArray[np.int64] | None, everything: bool) -> Any:
    """The scored ones of some rows, or of all; nothing is copied to leave nothing out."""
    if rows is None:
        return slice(None) if everything else scored
    return rows if everything else rows[scored[rows]]


def _is_binary(scores: Floats) -> NDArray[np.bool_]:
    return np.asarray((scores == 0) | (scores == 1), dtype=np.bool_)
