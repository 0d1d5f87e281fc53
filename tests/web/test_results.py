"""What a team sees of a finished run, and what nobody else does."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from migration_app.accounts.models import Membership, Role
from migration_app.comparisons.models import Verdict
from migration_app.pipeline import control
from migration_app.reports.actions import make_pdf
from migration_app.reports.models import Report
from migration_app.runs.models import Attempt, Run, RunState
from migration_app.web import samples
from migration_app.web.worddiff import word_diff
from migration_app.workloads.models import Sample
from tests import builders
from tests.reports.finished import a_question, every, finished, replayed, right, wrong_on

pytestmark = pytest.mark.django_db

PAGES = ("results", "evidence", "samples", "method")
HOSTILE = "</div><script>alert('x')</script> & <b>bold</b> 🎉 שלום"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(builders.person("alice"))
    return client


@pytest.fixture
def fay(client: Client) -> Client:
    """For tests that make a run of their own, in a team of hers."""
    client.force_login(builders.person("fay"))
    return client


@pytest.fixture(scope="module")
def kept_run(kept_rows: Any) -> Run:
    """Lumen is wrong on every tenth sample, Tern on 3, 4 and 5, with text that means harm."""
    speech = {"Today": wrong_on(0), "Lumen": every(10), "Tern": wrong_on(3, 4, 5, text=HOSTILE)}
    with kept_rows:
        question = a_question(builders.a_team(), *speech, samples=60, requests_per_month=100_000)
        return finished(question, speech)


@pytest.fixture
def run(kept_run: Run, db: None) -> Run:
    return Run.objects.get(pk=kept_run.pk)


def page(client: Client, name: str, run: Run, **query: Any) -> str:
    response = client.get(reverse(name, args=[run.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def samples_context(client: Client, run: Run, **query: Any) -> Any:
    return client.get(reverse("samples", args=[run.pk]), query).context


@pytest.mark.parametrize("name", [*PAGES, "report-pdf", "scores"])
def test_another_team_is_not_told_that_the_run_exists(run: Run, client: Client, name: str) -> None:
    builders.a_team("Other", owner="charlie")
    client.force_login(builders.person("charlie"))
    assert client.get(reverse(name, args=[run.pk])).status_code == 404


@pytest.mark.parametrize("name", [*PAGES, "report-pdf"])
def test_a_visitor_is_sent_to_sign_in(run: Run, client: Client, name: str) -> None:
    response = client.get(reverse(name, args=[run.pk]))
    assert response.status_code == 302 and "sign-in" in response["Location"]


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_may_read_every_tab(run: Run, client: Client, name: str) -> None:
    bob = builders.person("bob")
    Membership.objects.create(team=run.team, user=bob, role=Role.VIEWER)
    client.force_login(bob)
    assert "Support desk" in page(client, name, run)


def test_the_summary_shows_the_frozen_report_and_nothing_else(run: Run, alice: Client) -> None:
    report = Report.objects.get(run=run)
    report.data["verdict"]["headline"] = "A sentence that no code could make."
    report.data["figures"][0]["value"] = "$123,456"
    report.save()
    html = page(alice, "results", run)
    assert "A sentence that no code could make." in html
    assert "$123,456" in html


def test_every_figure_of_the_table_is_on_the_summary(run: Run, alice: Client) -> None:
    html, data = page(alice, "results", run), Report.objects.get(run=run).data
    for row in data["table"]["rows"]:
        for key in ("quality", "change", "typical", "slowest", "cost", "saving", "failed"):
            assert row[key] in html
    assert all(risk["title"] in html for risk in data["risks"])


def test_the_evidence_names_each_chart_and_gives_its_numbers_as_a_table(run: Run, alice: Client) -> None:
    html, charts = page(alice, "evidence", run), Report.objects.get(run=run).data["charts"]
    assert set(charts) == {"quality_cost", "quality_change", "latency", "payback"}
    of_the_summary = charts.pop("quality_cost")
    assert of_the_summary["headline"] in page(alice, "results", run) and 'id="quality-cost"' not in html
    for chart in charts.values():
        assert f'data-figure="#{chart["id"]}"' in html
        assert f'role="img" aria-label="{chart["alt"]}"' in html
        assert all(cell in html for row in chart["rows"] for cell in row)
    assert html.count("Show these numbers as a table") == 3


def test_the_method_page_has_what_a_reader_needs_to_do_it_again(run: Run, alice: Client) -> None:
    html = page(alice, "method", run)
    address = reverse("scores", args=[run.pk])
    assert address in html
    lines = alice.get(address).getvalue().decode().splitlines()
    assert len(lines) == 1 + 2 * 60 and lines[0].startswith("option,label,sample,category,cluster,half,")
    workload = run.assessment.workload
    for needed in (
        workload.content_hash,
        "5-point drop",
        "Tango (1998)",
        "Holm (1979)",
        "$1.00 in, $2.00 out",
        "a test",
    ):
        assert needed in html
    assert Report.objects.get(run=run).sha256 in html


@pytest.mark.parametrize("name", PAGES)
def test_a_run_that_is_not_over_says_so_and_leads_to_its_progress(fay: Client, name: str) -> None:
    question = a_question(builders.a_team("Fresh", owner="fay"), "Today", "Lumen", samples=4)
    run = replayed(question, {"Today": right, "Lumen": right})
    html = page(fay, name, run)
    assert "This run is not finished" in html
    assert reverse("run", args=[run.pk]) in html


def test_a_run_that_failed_says_why(fay: Client) -> None:
    question = a_question(builders.a_team("Fresh", owner="fay"), "Today", "Lumen", samples=4)
    run = replayed(question, {"Today": right, "Lumen": right})
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, state_note="The disk is full.")
    assert "The disk is full." in page(fay, "results", run)


# ── samples ─────────────────────────────────────────────────────────────────────────────


def test_samples_open_on_what_got_worse_for_the_featured_candidate(run: Run, alice: Client) -> None:
    context = samples_context(alice, run)
    featured = Report.objects.get(run=run).data["verdict"]["featured"]
    assert context["candidate"].position == featured
    assert context["show"] == "worse"
    assert all(row.difference < 0 for row, _url, _change in context["list"])


def test_the_filter_lives_in_the_address(run: Run, alice: Client) -> None:
    tern = run.candidates.get(label="Tern").position
    worse = samples_context(alice, run, option=tern, show="worse")
    assert [row.name for row, _url, _change in worse["list"]] == ["s-3", "s-4", "s-5"]
    better = samples_context(alice, run, option=tern, show="better")
    assert [row.name for row, _url, _change in better["list"]] == ["s-0"]
    sentiment = samples_context(alice, run, option=tern, show="worse", category="sentiment")
    assert [row.name for row, _url, _change in sentiment["list"]] == ["s-3", "s-5"]
    assert [segment["count"] for segment in sentiment["segments"]] == [2, 0, 30]


def walk(client: Client, run: Run, start: str, step: str, most: int = 100) -> list[str]:
    """Follow J or K from an address to the end."""
    names, address = [], start
    while address and len(names) < most:
        context = client.get(reverse("samples", args=[run.pk]) + address).context
        names.append(context["row"].name)
        address = context["steps"][step]
    return names


@pytest.mark.parametrize(("show", "count"), [("all", 9), ("worse", 5)])
def test_j_walks_every_sample_once_across_pages_and_k_walks_back(
    fay: Client, monkeypatch: pytest.MonkeyPatch, show: str, count: int
) -> None:
    monkeypatch.setattr(samples, "PAGE", 2)
    question = a_question(builders.a_team("Fresh", owner="fay"), "Today", "Lumen", samples=9)
    run = finished(question, {"Today": right, "Lumen": every(2)})
    start = f"?show={show}"
    forward = walk(fay, run, start, "next")
    assert len(forward) == len(set(forward)) == count
    last = Sample.objects.get(external_id=forward[-1], workload=run.assessment.workload)
    assert walk(fay, run, f"{start}&sample={last.pk}", "previous") == forward[::-1]


def test_a_sample_named_in_the_address_is_shown_wherever_it_lies(run: Run, alice: Client) -> None:
    sample = Sample.objects.get(external_id="s-47")
    context = samples_context(alice, run, show="all", sample=sample.pk)
    assert (context["row"].name, context["place"], context["total"]) == ("s-47", 48, 60)


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"before": "1_x"},
        {"after": "nan_1"},
        {"option": "99"},
        {"option": "x"},
        {"show": "odd"},
        {"sample": "9" * 21},
        {"sample": "²"},
        {"repetition": "7"},
        {"category": "none such"},
    ],
)
def test_an_address_that_makes_no_sense_still_gives_a_page(
    run: Run, alice: Client, query: dict[str, str]
) -> None:
    page(alice, "samples", run, **query)


def test_answers_stand_side_by_side_escaped_with_the_reason_for_their_score(run: Run, alice: Client) -> None:
    tern = run.candidates.get(label="Tern").position
    html = page(alice, "samples", run, option=tern, show="worse")
    assert "<script>alert(" not in html
    assert "&lt;script&gt;alert(" in html
    assert '<del class="diff">answer3x</del>' in html
    assert "Score 0.00" in html and "Score 1.00" in html
    assert "does not contain" in html


def test_an_answer_tells_how_long_its_model_thought(run: Run, alice: Client) -> None:
    Attempt.objects.filter(item__run=run).update(first_reasoning=0.1, ttft=1.3, reasoning_tokens=340)
    html = page(alice, "samples", run)
    assert "of it thinking <b>1.2\u00a0s</b>" in html and "of them reasoning <b>340</b>" in html


def test_a_failed_request_is_shown_as_one(fay: Client) -> None:
    question = a_question(builders.a_team("Fresh", owner="fay"), "Today", "Lumen", samples=40)
    run = finished(question, {"Today": right, "Lumen": every(8, None)})
    html = page(fay, "samples", run, show="worse")
    assert "No answer within 120 seconds." in html and "A failed request scores 0." in html


def named(*numbers: int) -> list[str]:
    return [f"s-{number}" for number in numbers]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"show": "all", "q": "QUESTION 17 "}, ["s-17"]),
        ({"show": "all", "q": "s-3", "category": "sentiment", "sort": "order"}, named(3, 31, 33, 35, 37, 39)),
        ({"show": "all", "low": "0.5", "high": "1", "q": "s-2", "sort": "order"}, named(2, *range(21, 30))),
        ({"show": "all", "high": "0", "sort": "lowest"}, named(*range(0, 60, 10))),
        ({"show": "all", "error": "timeout"}, []),
        ({"show": "all", "error": "unscored"}, []),
        ({"show": "all", "q": "100%_nothing'"}, []),
        ({"show": "all", "low": "much", "high": "7", "sort": "sideways", "q": "s-11"}, ["s-11"]),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_what_the_address_asks(
    run: Run, alice: Client, asked: dict[str, str], names: list[str]
) -> None:
    lumen = run.candidates.get(label="Lumen").position
    context = samples_context(alice, run, option=lumen, **asked)
    assert [row.name for row, _url, _change in context["list"]] == names
    assert context["total"] == len(names)


def test_pages_of_a_sorted_list_meet_without_gap_or_repeat(run: Run, alice: Client) -> None:
    for sort in ("worst", "best", "lowest", "highest", "order"):
        seen, query = [], {"show": "all", "sort": sort}
        while True:
            context = samples_context(alice, run, **query)
            seen += [row.pk for row, _url, _change in context["list"]]
            following = context["page_links"]["next"]
            if not following:
                break
            query = dict(part.split("=") for part in following[1:].split("&"))
        assert len(seen) == len(set(seen)) == 60, sort


def test_a_failed_answer_is_found_by_what_went_wrong(alice: Client) -> None:
    question = a_question(builders.a_team("Other"), "Now", "Late", samples=30)
    run = finished(question, {"Now": right, "Late": every(6, text=None)})
    session = alice.session
    session["team"] = str(run.team_id)
    session.save()
    context = samples_context(alice, run, show="all", error="timeout", sort="order")
    assert [row.name for row, _url, _change in context["list"]] == [f"s-{n}" for n in range(0, 30, 6)]
    assert ("timeout", "No answer in time (5)") in context["failures"]


def test_a_page_of_samples_costs_the_same_however_many_there_are(
    run: Run, alice: Client, django_assert_max_num_queries: Any
) -> None:
    page(alice, "samples", run, show="all")  # lists the samples of a run that has no list yet
    with django_assert_max_num_queries(30):
        page(alice, "samples", run, show="all")


def test_a_word_diff_marks_only_what_differs_and_loses_nothing() -> None:
    before, after = "Refunds take 60 days, see policy.", "Refunds take 30 working days, see policy."
    left, right_ = word_diff(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right_) == after
    assert [piece.text for piece in left if piece.changed] == ["60"]
    assert [piece.text.strip() for piece in right_ if piece.changed] == ["30 working"]


def test_a_word_diff_of_endless_answers_gives_up_marking_and_holds_few_of_their_words() -> None:
    tracemalloc.start()
    left, right_ = word_diff("a b " * 1_000_000, "c d " * 1_000_000)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not any(piece.changed for piece in [*left, *right_])
    assert most < 30_000_000


# ── the PDF ─────────────────────────────────────────────────────────────────────────────


def test_the_pdf_is_downloaded_under_its_name(run: Run, alice: Client) -> None:
    make_pdf(report=run.reports.get())
    response = alice.get(reverse("report-pdf", args=[run.pk]))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="support-desk-assessment-20')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert len(PdfReader(io.BytesIO(content)).pages) >= 3


def test_a_pdf_that_is_not_there_is_asked_for_and_comes_about_among_the_files(
    run: Run, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(control, "ask_for_file", lambda *, report, kind, user: asked.append(report.run_id))
    assert "Make the PDF" in page(alice, "results", run)
    response = alice.get(reverse("report-pdf", args=[run.pk]), follow=True)
    assert asked == [run.pk]
    assert response.redirect_chain == [(reverse("files", args=[run.pk]), 302)]
    assert "The PDF is being made. Its download appears below" in response.content.decode()


def test_the_weights_in_the_address_set_the_order_without_javascript(run: Run, alice: Client) -> None:
    html = alice.get(reverse("results", args=[run.pk]), {"quality": "10", "cost": "90", "speed": "0"}).text
    assert 'name="quality" min="0" max="100" step="1" value="10"' in html
    assert "<noscript><button" in html
    assert "May be chosen" in html


def test_a_risk_stands_beside_the_verdict_and_leads_to_the_place_of_its_evidence(
    run: Run, alice: Client
) -> None:
    report = Report.objects.get(run=run)
    risk = report.data["risks"][0] | {"page": "evidence", "query": "", "anchor": "speed"}
    report.data["risks"] = [risk]
    report.save()
    html = page(alice, "results", run)
    assert f'<a href="#risks">{risk["title"]}</a>' in html.split("verdict-side")[1]
    assert reverse("evidence", args=[run.pk]) + "#speed" in html


def test_the_list_of_assessments_shows_the_best_verdicts_first(run: Run, alice: Client) -> None:
    for label, kind in (("Lumen", "keep"), ("Tern", "not_enough_evidence")):
        Verdict.objects.filter(run_candidate__run=run, run_candidate__label=label).update(kind=kind)
    (card,) = alice.get(reverse("assessments")).context["cards"]
    assert [verdict["label"] for verdict in card["verdicts"]] == ["Tern", "Lumen"] and card["more"] == 0


def test_moving_a_slider_brings_the_ranking_alone(run: Run, alice: Client) -> None:
    address = reverse("results", args=[run.pk])
    html = alice.get(address, {"cost": "100"}, headers={"HX-Request": "true"}).text
    assert html.lstrip().startswith('<div id="ranking-list"')
    assert 'hx-swap-oob="true"' in html and "<html" not in html


def test_weights_that_make_no_sense_are_the_reports_own(run: Run, alice: Client) -> None:
    html = alice.get(reverse("results", args=[run.pk]), {"quality": "<script>", "cost": "9" * 400}).text
    assert 'name="quality" min="0" max="100" step="1" value="50"' in html
    assert "<script>" not in html.split("ranking-list")[1].split("</section>")[0]


def test_a_report_of_before_there_were_weights_still_opens(run: Run, alice: Client) -> None:
    report = Report.objects.get(run=run)
    for part in ("ranking", "split", "changes", "steadiness"):
        del report.data[part]
    del report.data["charts"]["payback"]
    for part in ("looks", "categories"):
        del report.data["method"][part]
    report.save()
    for name in ("results", "evidence", "method"):
        assert alice.get(reverse(name, args=[run.pk])).status_code == 200
