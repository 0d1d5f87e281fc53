"""Whoever reads Crossover in another language reads all of it: the catalogues lack nothing."""

from __future__ import annotations

import gettext
import re
from collections import Counter

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils.translation import to_locale

from tools.messages import catalogues, compiled, refreshed, source_of, untranslated

CATALOGUES = catalogues()
REFRESH = "run `make messages` and translate what it lists (docs/translation.md)"
# What a text is filled with, and the elements it brings: {name}, %(name)s, <b>.
FILLED = re.compile(r"\{\w*(?::[^{}]*)?\}|%\(\w+\)[a-z]|%%|</?[a-z]+")


@pytest.fixture(scope="module", params=CATALOGUES)
def catalogue(request):
    return refreshed(request.param, CATALOGUES[request.param])


def test_every_language_that_is_offered_has_a_catalogue():
    offered = {to_locale(code) for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert offered == set(CATALOGUES)


def test_no_marked_text_is_without_translation(catalogue):
    assert [message.id for message in untranslated(catalogue)] == [], REFRESH


def test_the_source_holds_exactly_the_marked_texts(catalogue):
    """Nothing new, nothing that no page says any more, and in the order that the tool writes."""
    assert source_of(catalogue).decode() == CATALOGUES[str(catalogue.locale)].read_text(), REFRESH


def test_what_is_compiled_says_what_the_source_says(catalogue):
    path = CATALOGUES[str(catalogue.locale)].with_suffix(".mo")
    assert path.read_bytes() == compiled(catalogue), REFRESH
    with path.open("rb") as file:
        readable = gettext.GNUTranslations(file)
    assert readable.gettext("Sign in") != "Sign in"


def test_each_translation_is_filled_with_what_its_source_is_filled_with(catalogue):
    wrong = [message.id for message in catalogue if _is_translated(message) and not _filled_alike(message)]
    assert wrong == []


def _is_translated(message: Message) -> bool:
    return bool(message.id) and bool(message.string)


def _filled_alike(message: Message) -> bool:
    if isinstance(message.id, str):
        return Counter(FILLED.findall(message.id)) == Counter(FILLED.findall(message.string))
    # One form may say "one" and leave its number out; none may ask for what is not given.
    given = {name for text in message.id for name in FILLED.findall(text)}
    return all(set(FILLED.findall(text)) <= given for text in message.string)


def test_spaces_at_the_ends_are_kept_where_pieces_are_joined(catalogue):
    for message in catalogue:
        if isinstance(message.id, str) and _is_translated(message):
            assert _ends(message.string) == _ends(message.id), message.id


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
