"""What templates may say beyond plain Django: icons, option markers, drawn bars, numbers as text.

Numbers come from `migration_app.reports.formatting`, colours and shapes from
`migration_app.reports.palette`; this module only hands them to the page. The components
themselves are listed in `templates/components/README.md`.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from migration_app.reports import formatting
from migration_app.reports.charts.picture import picture
from migration_app.reports.palette import option_style
from migration_app.said import said
from migration_app.web import glyphs, navigation
from migration_app.web.glossary import explained
from migration_app.web.icons import ICONS

register = template.Library()
SHORT_NAME = 20  # letters; a longer name has to break on a phone

for formatter in (
    formatting.count, formatting.day, formatting.money, formatting.money_about, formatting.number,
    formatting.percent, formatting.price, formatting.rate, formatting.seconds,
):  # fmt: skip
    register.filter(formatter.__name__, formatter)
register.filter("said", said)  # a sentence that was stored in English, in the reader's language


@register.filter
def ended(sentence: str) -> str:
    """The sentence with a full stop, where it ends without one: what a scorer says may or may not."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


@register.filter
def unbroken(sentence: str, options: Iterable[Mapping[str, Any]]) -> SafeString:
    """The sentence with the short names of options kept on one line: no "Lumen" above a "70B"."""
    names = sorted((str(option["label"]) for option in options), key=len, reverse=True)
    short = [re.escape(name) for name in names if " " in name and len(name) <= SHORT_NAME]
    if not short:
        return conditional_escape(sentence)
    pieces = re.split(f"({'|'.join(short)})", sentence)  # every second one is a name
    return format_html_join(
        "", "{}{}", ((text, _kept_whole(name)) for text, name in zip_longest(pieces[::2], pieces[1::2]))
    )


def _kept_whole(name: str | None) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', name) if name else SafeString("")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the table in `web/icons.py`; decorative unless it is given a label."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor"'
        ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        _naming(label),
        mark_safe(ICONS[name]),  # noqa: S308  the table is ours
    )


@register.simple_tag
def option_marker(index: int, label: str = "") -> SafeString:
    """The shape and colour of option `index` (0 is the incumbent); decorative unless labelled."""
    style = option_style(index)
    return format_html(
        '<svg class="option-marker opt-{}" viewBox="0 0 14 14" width="14" height="14" {}>'
        '<path d="{}"/></svg>',
        style.index,
        _naming(label),
        style.path,
    )


def _naming(label: str) -> SafeString:
    """How a drawing is told to a screen reader: by its label, or not at all."""
    return format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')


@register.inclusion_tag("components/progress.html")
def progress(
    done: int, total: int, *, failed: int = 0, option: int | None = None, label: str = "", large: bool = False
) -> dict[str, Any]:
    """A bar of work done, the failed part marked at its end. See components/progress.html."""
    fill = "fill-accent" if option is None else f"opt-{option_style(option).index}"
    return {"bar": glyphs.progress(done, failed, total), "fill": fill, "label": label, "large": large}


@register.inclusion_tag("components/better_same_worse.html")
def better_same_worse(better: int, same: int, worse: int) -> dict[str, Any]:
    """How many answers got better, stayed the same and got worse. See the component."""
    return {"parts": glyphs.better_same_worse(better, same, worse)}


@register.inclusion_tag("components/interval.html")
def interval(
    value: float | None, low: float | None, high: float | None, *, axis: tuple[float, float],
    limit: float | None = None, option: int = 0, text: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A value with its interval on an axis, and the limit it is held against. See the component."""
    glyph = glyphs.interval(value, low, high, axis, limit)
    return {"glyph": glyph, "fill": f"opt-{option_style(option).index}", "text": text}


@register.inclusion_tag("components/plot.html")
def plot(
    figure: dict[str, Any], name: str, label: str, size: str = "", chart: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A chart: `figure` is Plotly's data and layout, `label` says in words what it shows.

    With `chart`, its description, it is drawn at once, and Plotly is loaded when the reader points at it.
    """
    drawn = picture(chart) if chart else ""
    return {"figure": figure, "name": name, "label": label, "size": size, "picture": drawn}


@register.inclusion_tag("components/words.html")
def words_explained(*names: str) -> dict[str, Any]:
    """What words of this page mean, folded away: names of `web/glossary.py`."""
    return {"words": explained(names)}


@register.simple_block_tag
def numbers(content: str, summary: str = "") -> SafeString:
    """The table behind a chart, folded away: `{% numbers %}<table …>{% endnumbers %}`."""
    html = render_to_string("components/numbers.html", {"content": content, "summary": summary})
    return mark_safe(html)  # noqa: S308  the content was escaped by the template it came from


@register.simple_block_tag
def note(content: str, tone: str = "warn", role: str = "") -> SafeString:
    """A box that says one thing: `{% note "info" %}…{% endnote %}`. Tones: warn, info, good, bad."""
    html = render_to_string("components/note.html", {"content": content, "tone": tone, "role": role})
    return mark_safe(html)  # noqa: S308  the content was escaped by the template it came from


@register.simple_block_tag
def scrolls(content: str, label: str, inset: bool = False) -> SafeString:
    """A table in a region that scrolls on its own: `{% scrolls "Options" %}<table …>{% endscrolls %}`."""
    return format_html(
        '<div class="table-wrap{}" tabindex="0" role="region" aria-label="{}">{}</div>',
        " is-inset" if inset else "",
        label,
        content,
    )


@register.simple_tag(takes_context=True)
def main_menu(context: template.Context) -> list[dict[str, Any]]:
    """The main menu with the current page marked; see `web/navigation.py`."""
    request: HttpRequest | None = context.get("request")
    return navigation.main_menu(request)


@register.simple_tag
def address(url_name: str) -> str:
    """The address behind a name, or "" where there is none."""
    return navigation.address(url_name)




@register.filter
def initials(user: Any) -> str:
    """Two letters for a person: "Dana Okafor" → "DO", "dana" → "DA"."""
    words = (user.get_full_name() or user.get_username()).split()
    letters = words[0][:1] + words[-1][:1] if len(words) > 1 else "".join(words)[:2]
    return letters.upper()
