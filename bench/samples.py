"""Rows about the samples' list over 1,000,000 attempts: eight options, each asked 125,000 samples.

    python -m bench.samples fill     write the run and its list
    python -m bench.samples ask      ask for the pages, each a few times

Each in a process of its own, on the data folder of the environment; the last line printed is JSON.
"""

from __future__ import annotations

import json
import logging
import sys
from time import monotonic
from typing import Any

import django

from bench.asked import signed_in, timed
from bench.table import Row, not_measured

OPTIONS, SAMPLES, KNOWN, TIMES, BAR = 8, 125_000, 50, 5, 0.2
_BAR = "< 200 ms"
_PAGES = {
    "as it opens": "",
    "all samples, as uploaded": "show=all",
    "got better": "show=better",
    "one category": "show=all&category=billing",
    "a category's losses": "show=worse&category=billing&sort=lowest",
    "score from 0.2 to 0.6": "show=all&low=0.2&high=0.6",
    "any failed request": "show=all&error=any",
    "timed out": "show=all&error=timeout",
    "not scored": "show=all&error=unscored",
    "search of a common word": "show=all&q=invoice",
    "search of a rare word": "show=all&q=ticket+124321",
    "search without a match": "show=all&q=zebra",
    "search, category, score and sort": "show=worse&q=invoice&category=billing&high=0.5&sort=lowest",
    "most lost first": "show=all&sort=worst",
    "most gained first": "show=all&sort=best",
    "lowest score first": "show=all&sort=lowest",
    "highest score first": "show=all&sort=highest",
    "a page far down": "show=all&sort=order&after={far}",
    "a sample in the middle": "show=all&sort=worst&sample={far}",
}


def rows(found: dict[str, float] | None) -> list[Row]:
    """One row a page, from what `ask` printed."""
    name = "samples of 1,000,000 attempts: {}".format
    if found is None:
        return [not_measured(name("a page"), _BAR, "the step failed")]
    return [
        Row(name(page), _BAR, f"{seconds * 1000:.0f} ms", seconds < BAR, values={"seconds": seconds})
        for page, seconds in found.items()
    ]


def fill() -> dict[str, float]:
    from django.core.management import call_command

    from bench.million import FIRST, write
    from migration_app.comparisons.changes import list_changes
    from migration_app.comparisons.projection import project_run
    from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, RunCandidate
    from migration_app.scoring.models import SampleScore
    from migration_app.workloads.models import Sample

    call_command("migrate", verbosity=0)
    run = _finished()
    Item.objects.filter(run=run).delete()
    sample = Sample.objects.filter(workload=run.assessment.workload).first()
    words = "CASE i % 6 WHEN 0 THEN 'an invoice that was paid twice' ELSE 'a parcel that never came' END"
    text = f"'Ticket ' || i || ' is about ' || {words} || ', and what is to be done about it by tomorrow.'"
    asked = f"json_array(json_object('role', 'user', 'content', {text}))"
    category = "CASE i % 5 WHEN 0 THEN 'billing' WHEN 1 THEN 'shipping' ELSE 'returns' END"
    write(
        sample,
        SAMPLES,
        id=f"{FIRST} + i",
        position=f"{KNOWN} + i",
        content_hash="'h' || i",
        messages=asked,
        external_id="'t-' || i",
        category=category,
    )
    for number, entry in enumerate(run.candidates.order_by("position")):
        first = FIRST + number * SAMPLES
        broken = f"(i * 7919 + {number}) % 499 = 0"
        write(
            Item(run=run, lane=entry.lane, run_candidate=entry, sample=sample, order=0, tries=1),
            SAMPLES,
            id=f"{first} + i",
            sample_id=f"{FIRST} + i",
            state=f"CASE WHEN {broken} THEN '{ItemState.FAILED}' ELSE '{ItemState.DONE}' END",
        )
        answer = {"text": "billing", "ttft": 0.2, "total": 0.4, "input_tokens": 20, "output_tokens": 40}
        write(
            Attempt(number=1, cost_nanos=1, **answer),
            SAMPLES,
            item_id=f"{first} + i",
            state=f"CASE WHEN {broken} THEN '{AttemptState.FAILED}' ELSE '{AttemptState.COMPLETED}' END",
            failure=f"CASE WHEN {broken} THEN CASE i % 2 WHEN 0 THEN 'timeout' ELSE 'server' END ELSE '' END",
        )
        unread = f"(i % 997 = {number} AND NOT {broken})"
        mark = f"(i * 31 + {number} * (i % 9)) % 101 / 100.0"
        worth = f"CASE WHEN {unread} THEN NULL WHEN {broken} THEN 0.0 ELSE {mark} END"
        why = f"CASE WHEN {unread} THEN 'The answer is no JSON.' ELSE '' END"
        write(SampleScore(scorer="field_f1"), SAMPLES, item_id=f"{first} + i", value=worth, unscored=why)
    RunCandidate.objects.filter(run=run).update(items_total=SAMPLES)
    began = monotonic()
    project_run(run)
    list_changes(run)
    return {"listing": monotonic() - began}


def _finished() -> Any:
    """A finished run of a few samples, reported, so that its pages open."""
    from tests import builders
    from tests.reports.finished import finished, right

    team = builders.a_team("Bench", "bench")
    workload = builders.a_workload(team, KNOWN, categories=("billing", "shipping", "returns"))
    connection = builders.a_connection(team, "http://127.0.0.1:9/v1")
    names = [f"Model {number}" for number in range(OPTIONS)]
    models = [builders.a_candidate(connection, name.lower(), label=name) for name in names]
    question = builders.a_question(team, workload, *models)
    return finished(question, dict.fromkeys(names, right))


def ask() -> dict[str, float]:
    """Median seconds of each page, made by the product for a browser that is signed in."""
    from django.urls import reverse

    from bench.million import FIRST
    from migration_app.runs.models import Run

    browser = signed_in()
    address = reverse("samples", args=[Run.objects.get().pk])
    far = FIRST + SAMPLES * 3 // 4
    pages = {name: f"{address}?{query.format(far=far)}" for name, query in _PAGES.items()}
    return {name: timed(browser, page, TIMES)[0] for name, page in pages.items()}


if __name__ == "__main__":
    django.setup()
    logging.disable(logging.CRITICAL)
    print(json.dumps({"fill": fill, "ask": ask}[sys.argv[1]]()))
