"""No page says a word that a translator never gets to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.locale.marks import bare_texts

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# The same in every language: names, units, an example of what to type, what stands in an attribute.
ALIKE = {"Crossover", "· Crossover", "GiB", "SHA-256", "llama 70b", "has-sticky-bar", "#main"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_text_of_a_template_is_marked(path):
    assert [text for text in bare_texts(path.read_text()) if text not in ALIKE] == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Save the workload</p>",
        '<input aria-label="Name of it">',
        '{% include "components/note.html" with text="Nothing was saved." %}',
        '{{ price|default:"Unknown" }}',
        '{% if option.state_word == "Done" %}x{% endif %}',
        "<p>{% translate 'All' %} samples</p>",
    ],
)
def test_an_unmarked_text_is_found(source):
    assert bare_texts(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% translate "Save the workload" %}</p>',
        "{% blocktranslate count n=many %}One sample{% plural %}{{ n }} samples{% endblocktranslate %}",
        '{% include "components/note.html" with text=_("Nothing was saved.") tone="bad" %}',
        "<script>const word = 'not read';</script><style>p { color: red }</style>",
        '<{{ element }} class="wide">{{ text }}</{{ element }}>',
    ],
)
def test_a_marked_text_is_left_alone(source):
    assert bare_texts(source) == []
