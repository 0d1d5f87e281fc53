"""Pages travel light: compressed, with no more of Tabler than they use, and charts drawn on the server."""

from __future__ import annotations

import gzip
import re

import pytest
from django.urls import reverse

from migration_app.reports.charts.picture import picture
from migration_app.web.templatetags.crossover import plot
from tests.reports.finished import every, finished, right
from tools import trim_css


@pytest.fixture
def summary(people, draft):
    run = finished(draft, {"Today": right, "Bigger": right, "Smaller": every(2)})
    return reverse("results", args=[run.pk])


def test_the_stylesheet_holds_what_our_pages_use_of_tabler():
    fresh = trim_css.trimmed(trim_css.WHOLE.read_text(), trim_css.classes_named())
    assert fresh == trim_css.TRIMMED.read_text(), "run `python tools/trim_css.py`"


def test_rules_for_classes_that_no_page_names_are_left_out():
    css = ":root{--tblr-a:1;--tblr-b:2}.used{top:var(--tblr-a)}"
    css += ".other,.used>b{left:0}@media print{.other{top:0}}"
    kept = trim_css.trimmed(css, {"used"}).removeprefix(trim_css.NOTE)
    assert kept == ":root{--tblr-a:1;}.used{top:var(--tblr-a)}.used>b{left:0}\n"


def test_a_page_is_compressed_for_whoever_takes_it(people, summary):
    plain = people.alice.get(summary)
    packed = people.alice.get(summary, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 3
    assert b"Support" in gzip.decompress(packed.content) or b"Today" in gzip.decompress(packed.content)


def test_the_chart_is_there_without_a_script_and_plotly_only_once_it_is_pointed_at(people, summary):
    page = people.alice.get(summary).content.decode()
    assert 'class="picture' in page and "data-library=" in page
    assert not re.search(r"<script[^>]*plotly", page)


CHART = {
    "x": {"title": "Cost", "low": 0.0, "high": 10.0, "ticks": [[0, "$0"], [10, "$10"]]},
    "y": {"title": "Quality", "low": 0.5, "high": 1.0, "ticks": [[0.5, "50%"], [1, "100%"]]},
    "bands": [{"low": 0.9, "high": 1.0}],
    "rules": [{"axis": "y", "at": 0.9, "text": "Your limit", "short": "Limit", "side": "right"}],
    "lines": [{"style": 1, "points": [[0, 0.5], [10, 1.0]], "dash": "dot", "emphasis": True, "name": "b"}],
    "points": [
        {"style": 2, "x": 5, "y": 0.75, "y_low": 0.7, "y_high": None, "x_low": None, "x_high": None,
         "ring": True, "hover": []},
    ],
    "labels": {
        "wide": [{"x": 5, "y": 0.75, "dx": 20, "dy": -20, "anchor": "start", "leader": True, "style": None,
                  "lines": [{"text": "<b>&\"", "strong": True}, {"text": "a host", "strong": False}]}],
        "narrow": [],
    },
}  # fmt: skip


def test_a_picture_puts_each_value_at_its_share_of_the_axes():
    drawn = picture(CHART)
    assert '<svg x="50.00%" y="50.00%" class="at">' in drawn  # the point
    assert 'y1="60.00%"' in drawn and 'y2="50.00%"' in drawn  # its whisker, to the end that is known
    assert 'points="0.00,100.00 100.00,0.00"' in drawn and "is-dot is-strong" in drawn
    assert '<rect class="band is-good" x="0" width="100%" y="0.00%" height="20.00%">' in drawn
    assert 'class="ring line-2"' in drawn and "leader-line" in drawn


def test_a_name_is_written_never_read_as_markup():
    drawn = picture(CHART)
    assert "&lt;b&gt;&amp;&quot;" in drawn and "<b>" not in drawn


def test_a_chart_without_a_description_is_left_to_plotly_at_once():
    assert plot({"data": []}, "id", "what it shows")["picture"] == ""
