"""What the components put on a page."""

from xml.etree import ElementTree

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from migration_app.accounts.models import User
from migration_app.reports.palette import OPTIONS
from migration_app.web.icons import ICONS

HOSTILE = '<script>alert("x")</script>'


def render(source: str, **context) -> str:
    return Template("{% load crossover %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_well_formed_and_hidden_from_screen_readers(name):
    drawing = ElementTree.fromstring(render("{% icon name %}", name=name))
    assert drawing.attrib["aria-hidden"] == "true"
    assert len(drawing)


def test_an_icon_with_a_label_is_read_out_and_the_label_is_escaped():
    html = render("{% icon 'check' label %}", label=HOSTILE)
    assert 'role="img"' in html
    assert HOSTILE not in html


@pytest.mark.parametrize("index", range(len(OPTIONS)))
def test_an_option_marker_has_the_colour_class_and_the_shape_of_its_option(index):
    marker = ElementTree.fromstring(render("{% option_marker index %}", index=index))
    assert f"opt-{index}" in marker.attrib["class"].split()
    assert marker[0].attrib["d"] == OPTIONS[index].path


def test_a_headline_breaks_between_words_and_not_inside_a_short_name():
    options = [{"label": "Lumen 70B"}, {"label": "Lumen 70B FP8"}, {"label": "A name too long for one line"}]
    words = "Move to Lumen 70B FP8, not Lumen 70B or A name too long for one line <b>"
    html = render("{{ words|unbroken:options }}", words=words, options=options)
    assert html == (
        'Move to <span class="nowrap">Lumen 70B FP8</span>, not <span class="nowrap">Lumen 70B</span> '
        "or A name too long for one line &lt;b&gt;"
    )
    assert render("{{ words|unbroken:options }}", words="A & B", options=[]) == "A &amp; B"


def test_a_name_from_outside_is_escaped_in_every_component():
    html = render(
        "{% include 'components/option.html' with index=1 name=text detail=text %}"
        "{% include 'components/chip.html' with text=text %}"
        "{% include 'components/kpi.html' with label=text value=text note=text change=text %}"
        "{% include 'components/note.html' with text=text %}"
        "{% include 'components/empty.html' with title=text text=text %}"
        "{% note %}{{ text }}{% endnote %}{% scrolls text %}{{ text }}{% endscrolls %}"
        "{% numbers %}{{ text }}{% endnumbers %}{% progress 1 2 label=text %}",
        text=HOSTILE,
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 15


def test_a_chart_carries_its_figure_as_data_that_cannot_end_its_own_block():
    html = render("{% plot figure 'quality' label %}", figure={"data": [{"name": "</script>"}]}, label="Seen")
    assert '<script id="quality" type="application/json">' in html
    assert html.count("</script>") == 1
    assert 'data-figure="#quality"' in html
    assert 'role="img" aria-label="Seen"' in html


def test_progress_tells_screen_readers_what_it_shows():
    bar = ElementTree.fromstring(render("{% progress 600 1200 failed=12 option=3 label='Borealis' %}"))
    assert bar.attrib["role"] == "progressbar"
    assert (bar.attrib["aria-valuenow"], bar.attrib["aria-valuemax"]) == ("600", "1200")
    assert bar.attrib["aria-valuetext"] == "50%"
    assert bar[0][1].attrib == {"class": "opt-3", "width": "49.00%", "height": "100%"}


def test_a_comparison_bar_says_its_numbers_in_words():
    assert "Better on 10%, same on 80%, worse on 10% of samples" in render("{% better_same_worse 10 80 10 %}")
    assert "Nothing to compare" in render("{% better_same_worse 0 0 0 %}")


def test_numbers_become_text_by_the_one_formatter():
    html = render("{{ a|percent }} {{ b|seconds }} {{ c|money:'EUR' }} {{ d|count }}",
                  a=0.914, b=1.2, c="38.2", d=None)  # fmt: skip
    assert html == "91.4% 1.2\u00a0s €38.20 unknown"


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="How the team finds it.")
    note = forms.CharField(label="Note", required=False)
    privacy = forms.ChoiceField(label="Privacy", choices=[("a", "Mask")], widget=forms.RadioSelect)


def test_a_field_links_its_label_help_and_error():
    html = render("{% include 'components/field.html' with field=form.name %}", form=Form({}))
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_what_may_be_left_out_is_marked():
    assert "(optional)" in render("{% include 'components/field.html' with field=form.note %}", form=Form())
    assert "(optional)" not in render(
        "{% include 'components/field.html' with field=form.name %}", form=Form()
    )


def test_a_choice_of_several_is_a_fieldset_with_a_legend():
    html = render("{% include 'components/field.html' with field=form.privacy %}", form=Form({}))
    assert "<legend>Privacy</legend>" in html
    assert '<fieldset class="field" aria-describedby="id_privacy_error">' in html


def test_the_pager_keeps_the_filter_in_the_address():
    request = RequestFactory().get("/samples/", {"only": "worse", "page": "2"})
    page = Paginator(range(1200), 50).page(2)
    html = Template("{% include 'components/pager.html' %}").render(RequestContext(request, {"page": page}))
    assert "51 to 100 of 1,200" in html
    assert 'href="?only=worse&amp;page=3"' in html


def test_one_page_needs_no_pager():
    page = Paginator(range(3), 50).page(1)
    assert render("{% include 'components/pager.html' %}", page=page) == ""


def test_initials_come_from_the_name_or_the_user_name():
    assert (
        render("{{ user|initials }}", user=User(username="dana", first_name="Dana", last_name="Okafor"))
        == "DO"
    )
    assert render("{{ user|initials }}", user=User(username="dana")) == "DA"
