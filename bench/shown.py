"""Rows about what people look at: the pages of a result, and its PDF.

`python -m bench.shown` is one step, in a process of its own on a database of its own.
"""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from bench.asked import signed_in, timed
from bench.table import Row, not_measured, tell

OPTIONS, SAMPLES, TIMES = 8, 240, 9
PAGES = {"results": 0.1, "evidence": 0.1, "samples": 0.2, "method": 0.1, "run": 0.1}  # seconds at most
PDF_SECONDS, PDF_PAGES = 3.0, 12
LONG_ANSWER = "I am sorry, but I do not know what became of this parcel, and nobody here could say. " * 8


def main() -> bool:
    return tell("pages", _rows())


def _rows() -> Iterator[Row]:
    found = _step()
    yield _pdf(found)
    yield from (_page(found, name) for name in PAGES)


def _pdf(found: dict[str, Any] | None) -> Row:
    name, bar = f"PDF of a report of {PDF_PAGES} pages or more", f"< {PDF_SECONDS:g} s"
    if found is None:
        return not_measured(name, bar, "the step failed")
    met = found["pdf"] < PDF_SECONDS and found["pdf_pages"] >= PDF_PAGES
    shown = f"{found['pdf']:.2f} s for {found['pdf_pages']} pages"
    return Row(name, bar, shown, met, values={"seconds": found["pdf"], "pages": found["pdf_pages"]})


def _page(found: dict[str, Any] | None, page: str) -> Row:
    name, bar = f"page “{page}”, {OPTIONS} options", f"< {PAGES[page] * 1000:.0f} ms"
    if found is None:
        return not_measured(name, bar, "the step failed")
    seconds, cpu = found[page]
    shown = f"{seconds * 1000:.0f} ms (CPU {cpu * 1000:.0f} ms)"
    return Row(name, bar, shown, seconds < PAGES[page], values={"seconds": seconds, "cpu": cpu})


def _step() -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder:
        environment = os.environ | {"CROSSOVER_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "bench.shown"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def measure() -> dict[str, Any]:
    """Median seconds of each page, signed in; those of the slowest PDF, the first one, and its length."""
    from django.urls import reverse
    from pypdf import PdfReader

    from migration_app.comparisons.changes import list_changes
    from migration_app.reports.pdf import render_pdf

    run = _run()
    list_changes(run)
    report = run.reports.get()
    made, seconds = b"", []
    for _ in range(3):
        began = monotonic()
        made = render_pdf(report.data, sha256=report.sha256)
        seconds.append(monotonic() - began)
    figures: dict[str, Any] = {
        "pdf": max(seconds),
        "pdf_pages": len(PdfReader(io.BytesIO(made)).pages),
    }
    browser = signed_in()
    return figures | {name: timed(browser, reverse(name, args=[run.pk]), TIMES) for name in PAGES}


def _run() -> Any:
    """A finished run of as many options as there may be, some of which got worse here and there."""
    from tests import builders
    from tests.reports.finished import a_question, every, finished, right

    labels = ["Today", *(f"Candidate number {k}" for k in range(1, OPTIONS))]
    speech = {label: every(3 * k + 8, LONG_ANSWER) if k else right for k, label in enumerate(labels)}
    team = builders.a_team("Bench", "bench")
    question = a_question(team, *labels, samples=SAMPLES, requests_per_month=1_000_000)
    return finished(question, speech)


if __name__ == "__main__":
    import django
    from django.conf import settings

    django.setup()
    logging.disable(logging.CRITICAL)
    settings.MEDIA_ROOT = Path(settings.DATA_DIR) / "media"
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measure()))
