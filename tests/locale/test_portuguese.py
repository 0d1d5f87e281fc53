"""Ana reads Portuguese. What she opens is in it, with numbers, dates and money as Brazil writes them."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from migration_app.reports import formatting
from migration_app.reports.actions import make_file
from migration_app.reports.charts.plotly import figure
from migration_app.reports.models import ExportState
from tests import builders
from tests.reports.finished import a_question, every, finished, right

pytestmark = pytest.mark.django_db
PORTUGUESE = "pt-br"
IN_PORTUGUESE = {"HTTP_ACCEPT_LANGUAGE": "pt-BR,pt;q=0.9,en;q=0.8"}
ENGLISH_DECIMALS = re.compile(r"(?<![\d.,])\d+\.\d{1,2}(?![\d.])")  # 0.42, but not 1.234 nor 3.11.7


@pytest.fixture
def run(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    team = builders.a_team()
    question = a_question(team, "Today", "Lumen", "Tern", samples=60, requests_per_month=100_000)
    return finished(question, {"Today": right, "Lumen": every(20), "Tern": every(3)})


@pytest.fixture
def ana(run) -> Client:
    browser = Client(**IN_PORTUGUESE)
    browser.force_login(run.assessment.team.memberships.get().user)
    return browser


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_browser_s_language_decides_until_ana_chooses():
    page = text_of(Client(**IN_PORTUGUESE).get(reverse("login")))
    assert '<html lang="pt-br">' in page
    assert "<h1>Entrar</h1>" in page
    assert "<h1>Sign in</h1>" in text_of(Client(HTTP_ACCEPT_LANGUAGE="fi").get(reverse("login")))


def test_her_choice_outranks_the_browser_and_is_remembered():
    browser = Client(**IN_PORTUGUESE)
    answer = browser.post(reverse("choose-language"), {"language": "en", "next": reverse("login")})
    assert answer.url == reverse("login")
    cookie = browser.cookies["django_language"]
    assert cookie.value == "en"
    assert cookie["max-age"] >= 300 * 24 * 3600
    assert "<h1>Sign in</h1>" in text_of(browser.get(reverse("login")))


@pytest.mark.parametrize("page", ["login", "assessments", "connections", "workloads"])
def test_every_page_lets_her_switch(ana, page):
    answer = (Client() if page == "login" else ana).get(reverse(page))
    assert f'action="{reverse("choose-language")}"' in text_of(answer)
    assert 'value="pt-br" lang="pt-br"' in text_of(answer)


def test_a_shared_report_lets_its_reader_switch(ana, run):
    address = ana.post(reverse("shares", args=[run.pk]), {"days": "30"}).context["address"]
    dana = Client()
    path = address.replace("http://testserver", "")
    assert f'action="{reverse("choose-language")}"' in text_of(dana.get(path))
    dana.post(reverse("choose-language"), {"language": PORTUGUESE, "next": path})
    assert "Relatório compartilhado" in text_of(dana.get(path))


@pytest.mark.parametrize("part", ["results", "evidence", "method", "samples", "files"])
def test_the_result_is_in_portuguese_without_an_english_number(ana, run, part):
    page = text_of(ana.get(reverse(part, args=[run.pk]))).split("<main", 1)[1]
    shown = re.sub(r"<script.*?</script>|<svg.*?</svg>|<[^>]+>|llama\S*", " ", page, flags=re.S)
    shown = shown.replace("JSON Lines", "").replace("arXiv", "")
    assert "avaliação" in shown.lower() or "requisições" in shown or "Arquivos" in shown
    for word in (" the ", " and ", " requests", " answers"):
        assert word not in shown, shown[max(0, shown.find(word) - 80) :][:160]
    assert ENGLISH_DECIMALS.findall(shown) == []


def test_numbers_dates_and_money_are_written_as_in_brazil():
    with override(PORTUGUESE):
        assert formatting.number(1234.56) == "1.234,56"
        assert formatting.percent(0.914) == "91,4%"
        assert formatting.money(1234.5, "BRL") == "R$\u00a01.235"
        assert formatting.money(0.42) == "US$\u00a00,42"
        assert formatting.day(date(2026, 11, 25)) == "25/11/2026"
        assert formatting.count_about(3_100_000) == "3,1 milhões"
        assert formatting.seconds(1.5) == "1,5\u00a0s"
        assert formatting.money(None) == "desconhecido"
        assert (formatting.size_in_points(0.05, 2), formatting.size_in_points(0.025)) == ("5", "2,5")


def test_the_charts_speak_portuguese_too(run):
    report = run.reports.get()
    with override(PORTUGUESE):
        charts = report.shown["charts"]
        drawn = figure(charts["quality_cost"])
    assert drawn["layout"]["separators"] == ",."
    headlines = [charts[name]["headline"] for name in charts if charts[name]]
    english = [report.data["charts"][name]["headline"] for name in charts if charts[name]]
    assert not set(headlines) & set(english)


def made(report, kind) -> bytes:
    with override(PORTUGUESE):
        export = make_file(report=report, kind=kind)
    assert export.state == ExportState.READY, export.error
    return export.file.read()


def test_the_pdf_is_in_portuguese_says_so_and_shows_the_page_s_figures(run):
    report = run.reports.get()
    reader = PdfReader(io.BytesIO(made(report, "pdf")))
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("pt")
    text = squeezed(" ".join(page.extract_text() for page in reader.pages))
    assert squeezed("Como isto foi testado") in text
    assert squeezed("How this was tested") not in text
    for item in report.translations[PORTUGUESE]["figures"]:
        assert squeezed(item["value"]) in text


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def test_the_workbook_is_in_portuguese_and_its_numbers_stay_numbers(run):
    book = openpyxl.load_workbook(io.BytesIO(made(run.reports.get(), "xlsx")))
    for title in ("Opções", "Números"):
        rows = list(book[title].values)
        named = dict(zip(rows[0], rows[1], strict=True))
        assert named["Opção"]
    assert isinstance(named["Qualidade, número"], int | float)
