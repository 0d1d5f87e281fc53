"""No page says a word that a translator never gets to see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.locale.marks import bare_sentences, bare_texts

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# The same in every language: names, units, an example of what to type, what stands in an attribute.
ALIKE = {"Crossover", "· Crossover", "GiB", "SHA-256", "llama 70b", "has-sticky-bar", "#main"}

CODE = ROOT / "migration_app"
# Words that no page shows: an operator's terminal, and faults of whoever calls a function wrongly.
NOT_ON_PAGES = [
    "launch", "demo", "accounts/management", "web/management", "runs/management", "candidates/management",
    "migrations", "broker_policy.py", "keys.py", "databases.py", "pipeline/readiness.py",
    "pipeline/startup.py", "providers/tokenizers.py",
    *(f"evaluation/{name}.py" for name in (
        "exchange", "intervals", "latency", "looks", "metrics", "pairs", "plan", "savings", "sizing",
        "statistics", "tango",
    )),
]  # fmt: skip
# Words for a model, SQL, names of fields, and what an operator wrote into a setting.
NOT_FOR_READERS = (
    "You examine the work of AI assistants.", "Reply with ", "That reply could not be read.",
    "This was the document.",
    "Grade how well the answer ", "The better answer is ", "Tells the weather", "Count from one",
    "What is the weather", "What colour is", "Which colour is", "Name any three", "Say hello.", "PRAGMA ",
    "gen_ai.", "bedrock.", "Extra data", "The allow-list ", "The value of {}",
    "The database does not answer.", "Ended early", "84 requests from ", "Support desk (sample)", "A score ",
    "A text of the request holds", "No price has an amount", "Traffic is above 0", "Utilisation lies",
    "This traffic would need more",
)  # fmt: skip


def _shown(path: Path) -> bool:
    inside = f"/{path.relative_to(CODE)}"
    return not any(f"/{part}" in inside for part in NOT_ON_PAGES)


def test_every_sentence_of_the_code_that_a_page_may_show_is_marked():
    bare = [
        f"{path.relative_to(CODE)}: {sentence}"
        for path in sorted(CODE.rglob("*.py"))
        if _shown(path)
        for sentence in bare_sentences(path)
        if not sentence.lstrip().startswith(NOT_FOR_READERS)
    ]
    assert bare == []


def test_every_verb_of_the_audit_trail_is_marked():
    bare = re.compile(r'record\([^()]*verb=f?"')
    assert [str(path) for path in CODE.rglob("*.py") if bare.search(path.read_text())] == []


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


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_says_nothing_of_its_own(path):
    """Its words stand in the page, in `data-say-…`, where a translation reaches them."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", path.read_text(), flags=re.S | re.M)
    assert re.findall(r"""["'`][A-Z][a-z]+ [a-z]+ [a-z][^"'`]*""", code) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise Refused("The file is empty. Choose another.")', ["The file is empty. Choose another."]),
        ('text = f"The answer has {n} words."', ["The answer has {} words."]),
        ('field = forms.CharField(label="Name")', ["Name"]),
        ('raise Refused(_("The file is empty. Choose another."))', []),
        ('def act():\n    """Do what was asked for. Raises Refused."""', []),
        ('logger.warning("The server went away.")', []),
    ],
)
def test_an_unmarked_sentence_of_the_code_is_found(tmp_path, code, found):
    path = tmp_path / "module.py"
    path.write_text(code)
    assert bare_sentences(path) == found
