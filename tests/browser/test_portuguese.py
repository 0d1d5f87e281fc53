"""Ana reads Portuguese: from the door to the PDF nothing is left in English, and what she chooses stays."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from migration_app.accounts.models import User
from tests.browser.figures import figures_of, missing
from tests.browser.journeys import PASSWORD, Person
from tests.browser.portuguese import wrong_in, wrong_in_page
from tests.builders import a_candidate, a_connection, a_team, a_workload
from tests.pipeline.conftest import Workers, broker, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    with scripted({"grande": {"tokens": 4}, "pequeno": {"tokens": 4, "accuracy": 0.7}}) as server:
        yield server


@pytest.fixture
def ana(
    transactional_db: None, browser: Browser, live_server: Any, vendor: ScriptedServer, settings: Any
) -> Iterator[Person]:
    """She has a workload and two models, and a browser that asks for Portuguese."""
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    team = a_team("Acme", owner="ana")
    user = User.objects.get(username="ana")
    user.set_password(PASSWORD)
    user.save()
    connection = a_connection(team, vendor.base_url, name="Fornecedor")
    a_candidate(connection, "grande", label="Grande", is_incumbent=True)
    a_candidate(connection, "pequeno", label="Pequeno", price=("0.2", "0.4"))
    a_workload(team, 30, categories=("entrega", "fatura"), name="Atendimento")
    context = browser.new_context(locale="pt-BR")
    yield Person(context.new_page(), live_server.url)
    context.close()


def test_from_the_door_to_the_pdf_in_portuguese(
    ana: Person,
    workers: Workers,  # noqa: F811
    broker: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    workers.start()
    page, wrong = ana.page, list[str]()

    def reads(heading: str) -> None:
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        wrong.extend(wrong_in_page(page))

    ana.opens()
    reads("Entrar")
    ana.fills("Usuário", "ana")
    ana.fills("Senha", PASSWORD)
    ana.presses("Entrar")
    reads("Avaliações")
    ana.follows("Nova avaliação")
    reads("Quais requisições devemos reenviar?")
    ana.follows("Atendimento")
    ana.ticks(re.compile("Pequeno"))
    reads("Qual modelo atende estas requisições hoje?")
    ana.presses("Continuar para as regras")
    reads("O que conta como bom o bastante?")
    ana.fills("Requisições por mês", "100000")
    ana.presses("Continuar para a conferência")
    reads("O que é enviado, e a quem")
    ana.presses("Iniciar o teste")
    reads("Testando 1 alternativa a Grande")
    expect(ana.link("Ver os resultados")).to_be_visible(timeout=180_000)
    reads("Concluída")
    ana.follows("Ver os resultados")
    tabs = page.get_by_role("navigation", name="Resultados")
    for tab in ("Evidências", "Amostras", "Revisão", "Método", "Resumo"):
        tabs.get_by_role("link", name=tab).click()
        expect(tabs.locator("[aria-current]")).to_have_text(tab)
        wrong.extend(wrong_in_page(page))
    main = page.inner_text("main")
    assert re.search(r"US\$\u00a0\d", main) and re.search(r"\b\d\d/\d\d/\d{4}\b", main)
    assert re.search(r"\d\u00a0m?s\b", main), "durations hold together"

    shown = figures_of(page)
    ana.follows("Gerar o PDF")
    other = page.locator("#files").get_by_role("button", name=re.compile("JSON"))
    other.focus()
    made = page.locator("#files").get_by_role("link", name=re.compile("Baixar.*PDF"))
    expect(made).to_be_visible(timeout=180_000)
    expect(other).to_be_focused()  # though the list around it was replaced
    wrong.extend(wrong_in_page(page))
    with page.expect_download() as waiting:
        made.click()
    file = tmp_path / "relatorio.pdf"
    waiting.value.save_as(file)
    assert len(shown) > 20, "the page has figures"
    assert missing(shown, file) == set()
    written = subprocess.check_output(["pdftotext", str(file), "-"], text=True)
    wrong.extend(wrong_in(written))
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
def test_the_reader_switches_the_language_and_keeps_the_page(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(locale="pt-BR")
    page = context.new_page()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
