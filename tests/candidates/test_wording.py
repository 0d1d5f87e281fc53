"""What providers said, in the reader's language: sentence by sentence, and never what a vendor wrote."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from migration_app.candidates import wording
from migration_app.candidates.wording import told

IN_PORTUGUESE = {
    "The vendor is overloaded. Ask later, or fewer things at once.": "O fornecedor está sobrecarregado.",
    "{advice} The vendor says: “{said}”": "{advice} Diz o fornecedor: “{said}”",
    "Leave {what} out, or choose another model. {why}": "Deixe {what} de fora. {why}",
    "samples with tools": "amostras com ferramentas",
    "{place} answers.": "{nowhere} responde.",
    "Options": "Opções",
}


@pytest.fixture(autouse=True)
def portuguese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "gettext", lambda text: IN_PORTUGUESE.get(text, text))


BUSY = "The vendor is overloaded. Ask later, or fewer things at once."
QUOTED = f"{BUSY} The vendor says: “Options”"


def test_in_english_it_is_as_it_was_said() -> None:
    with override("en"):
        assert told(QUOTED) == QUOTED


def test_advice_is_translated_and_the_vendor_is_quoted_as_it_spoke() -> None:
    with override("pt-br"):
        assert told(BUSY) == "O fornecedor está sobrecarregado."
        assert told(QUOTED) == "O fornecedor está sobrecarregado. Diz o fornecedor: “Options”"


def test_a_sentence_in_a_sentence_is_translated_too() -> None:
    said = f"Leave samples with tools out, or choose another model. {QUOTED}"
    with override("pt-br"):
        assert told(said) == (
            "Deixe amostras com ferramentas de fora. "
            "O fornecedor está sobrecarregado. Diz o fornecedor: “Options”"
        )


@pytest.mark.parametrize("text", ["", "Bonjour", "api.example answers.", "{place} {0} %s", "x" * 5_000])
def test_what_is_not_ours_or_has_no_fitting_translation_stays(text: str) -> None:
    with override("pt-br"):
        assert told(text) == text
