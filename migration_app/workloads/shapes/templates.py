"""Prompt templates in the way of Nunjucks and Jinja: `{{ name }}`, a few filters, `{% if %}`.

Nothing is ever run: a template is cut into marks, names are looked up, and whatever else it holds
is refused with a sentence. What filters make on the way counts like what is shown: a few of them in a
row double a text each, or make a long one only to say its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..errors import BadRow
from .values import written_as_json

_MOST_CHARACTERS = 2_000_000  # shown, and again on the way there
_MOST_MARKS = 5_000
_LONGEST_MARK = 500
_BEGINS = re.compile(r"\{[{%#]")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_ENDRAW = re.compile(r"\{%-?\s?endraw\s?-?%\}")
_NAME = re.compile(r"^[A-Za-z_][\w]*(?:\.[\w]+|\[\d+\]|\[\"[^\"]*\"\]|\['[^']*'\])*$")
_STEP = re.compile(r"[\w]+|\"[^\"]*\"|'[^']*'")
_TEXT = re.compile(r"^(?:\"([^\"]*)\"|'([^']*)')$")
_CALL = re.compile(r"^(\w+)(?:\((.*)\))?$", re.DOTALL)
_COMPARED = re.compile(r"^(.+?)\s*(===?|!==?)\s*(.+)$", re.DOTALL)
_MISSING = object()


def render(template: str, variables: Mapping[str, Any]) -> str:
    """The text of a template. Raises BadRow for what is not understood or has no end."""
    return _Renderer(variables).text(template)


def names_in(template: str) -> set[str]:
    """The variables that a template speaks of."""
    names = (inner for kind, inner in _cut(template) if kind == "{{")
    return {found[0] for name in names if (found := re.match(r"[A-Za-z_]\w*", name))}


def _cut(template: str) -> Iterator[tuple[str, str]]:
    """The parts of a template in order: ("", text), or ("{{" or "{%", what stands inside the mark)."""
    at = 0
    while (start := _next_mark(template, at)) >= 0:
        mark = template[start : start + 2]
        end = template.find(_ENDS[mark], start + 2)
        if end < 0:
            break
        yield "", template[at:start]
        inner = template[start + 2 : end].strip("-").strip()
        at = end + 2
        if mark == "{%" and inner == "raw":
            close = _ENDRAW.search(template, at)
            if close is None:
                raise BadRow(_("A prompt's {% raw %} has no {% endraw %}."))
            yield "", template[at : close.start()]
            at = close.end()
        elif mark != "{#":
            if len(inner) > _LONGEST_MARK:
                raise BadRow(
                    _("A prompt holds an expression of more than %(most)s signs.") % {"most": _LONGEST_MARK}
                )
            yield mark, inner
    yield "", template[at:]


def _next_mark(template: str, at: int) -> int:
    match = _BEGINS.search(template, at)
    return match.start() if match else -1


class _Renderer:
    def __init__(self, variables: Mapping[str, Any]) -> None:
        self.variables = variables
        self.made: list[str] = []
        self.size = self.work = self.marks = 0
        # For each open {% if %}: whether its present branch is shown, and whether one was.
        self.branches: list[tuple[bool, bool]] = []

    def text(self, template: str) -> str:
        for kind, inner in _cut(template):
            self.marks += bool(kind)
            if self.marks > _MOST_MARKS:
                raise _too_long()
            if kind == "{%":
                self._tag(inner)
            elif all(shown for shown, _done in self.branches):
                self._put(self._value(inner) if kind else inner)
        if self.branches:
            raise BadRow(_("A prompt's {% if %} has no {% endif %}."))
        return "".join(self.made)

    def _put(self, text: str) -> None:
        self.size += len(text)
        if self.size > _MOST_CHARACTERS:
            raise _too_long()
        self.made.append(text)

    def _tag(self, tag: str) -> None:
        word, _space, rest = tag.partition(" ")
        if word == "if":
            shown = _truth(self._condition(rest))
            self.branches.append((shown, shown))
        elif word in ("elif", "elseif", "else") and self.branches:
            _shown, done = self.branches.pop()
            shown = not done and (word == "else" or _truth(self._condition(rest)))
            self.branches.append((shown, done or shown))
        elif word == "endif" and self.branches:
            self.branches.pop()
        else:
            raise BadRow(
                _(
                    "A prompt uses {%% %(tag)s %%}, which is not rendered here; expected are variables and "
                    "{%% if %%}."
                )
                % {"tag": tag[:40]}
            )

    def _condition(self, written: str) -> Any:
        written = written.strip()
        if written.startswith("not "):
            return not _truth(self._condition(written[4:]))
        if match := _COMPARED.match(written):
            same = _same(self._term(match[1]), self._term(match[3]))
            return same if match[2].startswith("=") else not same
        return self._term(written)

    def _value(self, expression: str) -> str:
        term, *filters = _split(expression)
        value = self._term(term)
        for written in filters:
            self._worked(value)
            value = _filtered(value, written, self._term)
            self._worked(value)
        return _as_text(value)

    def _worked(self, value: Any) -> None:
        """Count what a filter takes and gives. Raises BadRow."""
        self.work += len(value) if isinstance(value, str) else 0
        if self.work > 2 * _MOST_CHARACTERS:
            raise _too_long()

    def _term(self, written: str) -> Any:
        """A name's value, a quoted text, a number, or a constant."""
        written = written.strip()
        if match := _TEXT.match(written):
            return match[1] if match[1] is not None else match[2]
        if written in ("true", "false", "none", "null"):
            return {"true": True, "false": False}.get(written)
        if re.fullmatch(r"-?\d+(?:\.\d+)?", written):
            return float(written) if "." in written else int(written)
        if not _NAME.match(written):
            raise BadRow(
                _(
                    "A prompt holds “{{ %(expression)s }}”, which is not rendered here; expected is a "
                    "variable's name."
                )
                % {"expression": written[:60]}
            )
        return self._looked_up(written)

    def _looked_up(self, name: str) -> Any:
        value: Any = self.variables
        for step in _STEP.findall(name):
            key = step.strip("\"'")
            if isinstance(value, Mapping):
                value = value.get(key, _MISSING)
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                return None
        return None if value is _MISSING else value


def _too_long() -> BadRow:
    return BadRow(_("A prompt becomes too long with its variables."))


def _same(one: Any, other: Any) -> bool:
    """Lists and objects are the same only as the same variable, as in Nunjucks."""
    holds = isinstance(one, list | Mapping) or isinstance(other, list | Mapping)
    return one is other if holds else bool(one == other)


def _split(expression: str) -> list[str]:
    """The parts between bars that stand outside quotes."""
    parts, quote, start = [], "", 0
    for at, letter in enumerate(expression):
        if letter in "\"'" and quote in ("", letter):
            quote = "" if quote else letter
        elif letter == "|" and not quote:
            parts.append(expression[start:at].strip())
            start = at + 1
    return [*parts, expression[start:].strip()]


def _filtered(value: Any, written: str, term: Callable[[str], Any]) -> Any:
    match = _CALL.match(written)
    name, given = (match[1], match[2]) if match else (written, None)
    if name in ("default", "d"):
        return term(given) if value in (None, "") and given else value
    if name == "join":
        return _joined(value, _as_text(term(given)) if given else "") if isinstance(value, list) else value
    if name in _FILTERS:
        return _FILTERS[name](value)
    raise BadRow(_("A prompt uses the filter “%(name)s”, which is not known here.") % {"name": name[:40]})


def _joined(items: list[Any], between: str) -> str:
    if len(items) * len(between) > _MOST_CHARACTERS:
        raise _too_long()
    return between.join(map(_as_text, items))


def _dumped(value: Any) -> str:
    return written_as_json(value)


_FILTERS: Mapping[str, Callable[[Any], Any]] = {
    "safe": lambda value: value,
    "escape": lambda value: value,
    "string": lambda value: _as_text(value),
    "trim": lambda value: _as_text(value).strip(),
    "upper": lambda value: _as_text(value).upper(),
    "lower": lambda value: _as_text(value).lower(),
    "capitalize": lambda value: _as_text(value).capitalize(),
    "title": lambda value: _as_text(value).title(),
    "dump": _dumped,
    "tojson": _dumped,
    "length": lambda value: len(value) if isinstance(value, str | list | Mapping) else 0,
    "first": lambda value: value[0] if isinstance(value, list) and value else None,
    "last": lambda value: value[-1] if isinstance(value, list) and value else None,
}


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _dumped(value)


def _truth(value: Any) -> bool:
    return bool(value)
