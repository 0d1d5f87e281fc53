"""What the settings of the scorers are called on their page, and what their choices say."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from migration_app.evaluation.scorers import Parameter

LABELS: Mapping[str, Promise] = {
    "absolute": _("Largest difference"),
    "allow_fence": _("Accept a code fence around it"),
    "arguments": _("What counts of the arguments"),
    "at_least": _("Right from this similarity on"),
    "decimal_mark": _("Decimal mark"),
    "fields": _("Types of fields"),
    "ignore_articles": _("Ignore articles"),
    "ignore_case": _("Ignore capitals"),
    "language": _("Language"),
    "max_characters": _("Most characters"),
    "max_words": _("Most words"),
    "measure": _("Which mistakes count"),
    "min_words": _("Fewest words"),
    "object_only": _("It must be an object"),
    "ordered_lists": _("The order of lists counts"),
    "parts": _("Parts"),
    "pattern": _("Pattern"),
    "phrases": _("Phrases"),
    "relative": _("Largest difference, as a share"),
    "require": _("How many must appear"),
    "rubric": _("Rubric: what the judge goes by"),
    "schema": _("JSON schema"),
    "show_reference": _("Show the judge the expected answer"),
    "strip": _("Ignore spaces around it"),
    "take": _("Which number counts"),
    "variant": _("What is counted"),
    "where": _("Where it must fit"),
    "whole_words": _("Whole words only"),
    "word_pairs": _("Count words as well"),
}
CHOICES: Mapping[tuple[str, str], Promise] = {
    ("arguments", "share"): _("the share that is right"),
    ("arguments", "all"): _("all of them, or nothing"),
    ("arguments", "names only"): _("nothing but the tools' names"),
    ("decimal_mark", "."): _("a point: 1.5"),
    ("decimal_mark", ","): _("a comma: 1,5"),
    ("language", "same as the reference"): _("that of the expected answer"),
    ("language", "zh"): _("Chinese"),
    ("measure", "f1"): _("missed and made-up fields alike (F1)"),
    ("measure", "precision"): _("made-up fields (precision)"),
    ("measure", "recall"): _("missed fields (recall)"),
    ("require", "any"): _("one is enough"),
    ("require", "all"): _("all of them"),
    ("take", "last"): _("the last one"),
    ("take", "first"): _("the first one"),
    ("variant", "rouge1"): _("single words (ROUGE-1)"),
    ("variant", "rouge2"): _("pairs of words (ROUGE-2)"),
    ("variant", "rougeL"): _("words in the same order (ROUGE-L)"),
    ("where", "anywhere"): _("anywhere in the answer"),
    ("where", "whole"): _("it must be the whole answer"),
    ("where", "nowhere"): _("nowhere in the answer"),
}


def choices_of(item: Parameter) -> list[tuple[str, str]]:
    """What is stored, and what it says; a language goes by its name."""
    return [(choice, _said(item.name, choice)) for choice in item.choices]


def _said(name: str, choice: str) -> str:
    if words := CHOICES.get((name, choice)):
        return str(words)
    return str(get_language_info(choice)["name_translated"]) if name == "language" else choice
