"""Words that an executive may not know are explained on the page that uses them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from migration_app.web.glossary import GLOSSARY
from migration_app.web.templatetags.crossover import words_explained
from tests.reports.finished import every, finished, right

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_every_word_that_a_page_explains_has_a_line_and_every_line_a_page():
    asked = re.findall(
        r"{% words_explained ([^%]*)%}", "".join(map(Path.read_text, TEMPLATES.rglob("*.html")))
    )
    named = {name for names in asked for name in re.findall(r'"(\w+)"', names)}
    assert named == set(GLOSSARY)


def test_a_word_without_a_line_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        words_explained("nonsense")


def test_the_summary_explains_what_a_range_and_a_standing_are(people, draft):
    run = finished(draft, {"Today": right, "Bigger": right, "Smaller": every(2)})
    page = people.alice.get(reverse("results", args=[run.pk])).content.decode()
    assert "What these words mean" in page and "in 19 of 20 such tests" in page and "Not proven:" in page


@pytest.mark.parametrize("name", ["assessment-rules", "assessment-check"])
def test_the_wizard_explains_the_choices_it_asks_for(people, draft, name):
    page = people.alice.get(reverse(name, args=[draft.pk])).content.decode()
    assert "What these words mean" in page
