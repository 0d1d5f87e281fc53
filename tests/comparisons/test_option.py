"""Options are measured two at a time and their calls let go: what is stored is what it always was."""

from __future__ import annotations

import gc
import weakref

import pytest

from migration_app.comparisons import option
from migration_app.comparisons.actions import compare_run
from migration_app.comparisons.columns import read_candidates, read_samples
from migration_app.comparisons.data import comparison_data
from migration_app.comparisons.inputs import inputs_of
from migration_app.comparisons.measured import measure
from migration_app.comparisons.models import Comparison
from tests.builders import a_team
from tests.reports.finished import a_question, replayed


@pytest.fixture
def run(db):
    """Forty samples asked of four models, of which one fails and one is wrong now and then."""
    question = a_question(a_team(), "Old", "New", "Other", "Third", samples=40)
    said = {
        "Old": lambda position: "yes",
        "New": lambda position: "no" if position % 7 == 0 else "yes",
        "Other": lambda position: None if position % 9 == 0 else "yes",
        "Third": lambda position: "yes",
    }
    run = replayed(question, said)
    compare_run(run=run)
    return run


@pytest.mark.parametrize("at_once", [1, 2])
def test_how_many_are_measured_at_a_time_changes_no_figure(run, monkeypatch, at_once):
    monkeypatch.setattr(option, "_AT_ONCE", at_once)
    inputs = inputs_of(run)
    found = measure(run, inputs.plan, inputs.samples, inputs.candidates)
    assert comparison_data(run, found, inputs.taken) == Comparison.objects.get(run=run).data


def test_a_candidates_calls_are_gone_before_the_last_is_read(run):
    inputs, seen, alive = inputs_of(run), [], []

    def watched():
        for columns in read_candidates(run, read_samples(run)):
            gc.collect()
            alive.append(sum(any(one() is not None for one in pair) for pair in seen))
            seen.append([weakref.ref(columns.calls.ttft), weakref.ref(columns.scores.values)])
            yield columns
            del columns

    found = measure(run, inputs.plan, inputs.samples, watched())
    assert len(found.options) == 4
    assert max(alive) <= 1, "one is being measured while the next is read"
