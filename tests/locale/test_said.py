"""What a worker wrote down in English is read in Portuguese, with its values; what is not ours stays."""

from __future__ import annotations

import time

import pytest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from migration_app.evaluation.scorers import build
from migration_app.evaluation.scorers.base import Answer, Expected
from migration_app.evaluation.wording import english
from migration_app.said import said


def in_portuguese(stored: str) -> str:
    with override("pt-br"):
        return said(stored)


def test_a_plain_sentence_is_found_again():
    assert in_portuguese("The report is ready.") == "O relatório está pronto."


def test_a_sentence_with_values_keeps_them_with_numbers_as_brazil_writes_them():
    stored = english("Started: {samples:,} requests to each of {entries} models.", samples=12_500, entries=3)
    assert in_portuguese(stored) == "Iniciada: 12.500 requisições a cada um de 3 modelos."


def test_a_reason_inside_a_sentence_is_put_into_words_too():
    stored = "No answer came: The vendor's content filter blocked it. Review this sample."
    assert in_portuguese(stored) == (
        "Nenhuma resposta veio: O filtro de conteúdo do fornecedor a bloqueou. Reveja esta amostra."
    )


def test_sentences_in_a_row_are_each_put_into_words():
    stored = "The answer is valid JSON. Taken out of a code fence."
    assert in_portuguese(stored) == "A resposta é JSON válido. Retirado de um bloco de código."


def test_what_a_model_or_a_vendor_said_stays_as_it_came():
    assert in_portuguese("The answer contains “The report is ready.”.") == (
        "A resposta contém “The report is ready.”."
    )
    advice = "The vendor is overloaded. Ask later, or fewer things at once."
    stored = f"{advice} The vendor says: “The report is ready.”"
    assert in_portuguese(stored).endswith("O fornecedor diz: “The report is ready.”")
    assert in_portuguese("upstream connect error") == "upstream connect error"
    assert in_portuguese("") == ""


def test_markup_passes_as_it_is():
    with override("pt-br"):
        assert isinstance(said(mark_safe("The report is <b>ready</b>.")), SafeString)


def test_english_readers_get_what_was_stored():
    with override("en"):
        assert said("The report is ready.") == "The report is ready."


@pytest.mark.parametrize("name", ["exact_match", "normalised_match", "contains", "json_validity", "numeric"])
def test_what_the_scorers_explain_is_in_the_catalogue(name):
    """Of real marks, not of texts written for this test."""
    for text in ("Paris 7", "", '{"a": 1}', "no"):
        score = build(name)(Answer(text), Expected(references=("Paris 7",)))
        stored = score.explanation or score.unscored or ""
        assert in_portuguese(stored) != stored


def test_a_hostile_text_costs_no_time():
    stored = "The answer is " + "; was expected. " * 200
    began = time.process_time()
    in_portuguese(stored)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "hostile",
    ["No. " * 900 + "Yes.", "No answer came: " * 240, "The answer is valid JSON. " * 150],
    ids=["many sentences", "one in another", "many of ours"],
)
def test_many_sentences_cost_no_time_and_no_depth(hostile):
    began = time.thread_time()
    assert in_portuguese(hostile)
    assert time.thread_time() - began < 1.5
