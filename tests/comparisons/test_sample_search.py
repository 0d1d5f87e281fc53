"""Searching the samples' list: few matches are carried along, many are looked up, and both find the same."""

from __future__ import annotations

import pytest

from migration_app.comparisons import queries
from migration_app.comparisons.queries import Wanted
from migration_app.comparisons.sample_pages import sample_page
from tests.builders import a_team
from tests.reports.finished import a_question, finished, right

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("carried", [0, 2_000])
def test_alice_finds_the_same_samples_however_many_match(monkeypatch, carried):
    monkeypatch.setattr(queries, "_MOST_CARRIED", carried)
    run = finished(a_question(a_team(), "Today", "Lumen", samples=30), {"Today": right, "Lumen": right})
    changes = queries.changes_of(run.candidates.get(label="Lumen"))
    title = sample_page(changes, Wanted(), size=30).rows[7].title
    for text, many in ((title, 1), (title.split()[0].upper(), 30), ("zebra", 0), ("%", 0)):
        wanted = Wanted(text=text)
        within = queries.narrowed(changes, run.pk, wanted)
        page = sample_page(within, wanted, size=30)
        assert len(page.rows) == queries.sample_counts(within)["all"] >= many, text
        assert all(text.casefold() in f"{row.name} {row.title}".casefold() for row in page.rows)
