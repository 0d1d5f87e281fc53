"""What a signed-in person sees is for them: no cache keeps it, and no other site may look in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.runs.actions import start_run
from migration_app.runs.models import Assessment
from tests.web.people import People


@pytest.mark.parametrize("name", ["assessments", "workloads", "connections", "account", "upload"])
def test_no_cache_keeps_a_page(name: str, people: People) -> None:
    kept = people.alice.get(reverse(name))["Cache-Control"]
    assert "no-store" in kept and "private" in kept


def test_no_cache_keeps_what_a_run_found(people: People, draft: Assessment) -> None:
    run = start_run(assessment=draft, user=None).run
    for name in ("run", "run-progress", "results", "evidence", "samples", "method", "report-pdf"):
        answer = people.alice.get(reverse(name, args=[run.pk]))
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"], name
    assert "no-store" in people.charlie.get(reverse("run", args=[run.pk]))["Cache-Control"]


def test_every_page_is_closed_to_other_sites(people: People) -> None:
    for answer in (people.alice.get(reverse("assessments")), Client().get(reverse("login"))):
        assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in f"{policy};" and "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy, "no injected <base> may turn our addresses elsewhere"
