"""YAML: a list of objects, or an object around one, as promptfoo writes its tests.

A document is read whole where it can be. Where it cannot, each item of its list is read on its
own, so that a damaged one costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO

import orjson
import yaml
from django.utils.translation import gettext as _

from ..errors import UnreadableFile
from ..json_values import fault_of_json
from .lines import Line, fault_of, read_lines
from .rows import Problem, Reading, Row

_MOST_CHARACTERS = 4_000_000
_MOST_NODES = 1_000_000  # a few lines of YAML can name each other into billions
_LISTS = ("tests", "items", "data", "samples")
_AROUND = ("prompts", "defaultTest", "description")
_BEGINS = re.compile(
    r"(?m)^(?:tests|prompts|providers|description|defaultTest|- vars|- description|- [\w-]+):(?:\s|$)"
)
_ITEM = re.compile(r"^(\s*)- ")
_DAMAGED = (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def recognises(head: str, filename: str) -> bool:
    """Lines that begin like those of a test file; a name that says YAML is not enough by itself."""
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[", "<")):
        return False
    says_so = filename.lower().endswith((".yaml", ".yml"))
    return bool(_BEGINS.search(head)) and (says_so or "\n  " in head or "\n- " in head)


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Raises UnreadableFile when nothing in it can be read."""
    found = list(rows(file, reading))
    if not any(isinstance(row, Row) for row in found):
        problem = next((row for row in found if isinstance(row, Problem)), None)
        about = (
            f" {_('Line %(line)s: %(reason)s') % {'line': problem.line, 'reason': problem.message}}"
            if problem
            else ""
        )
        raise UnreadableFile(_("The YAML file holds no list of tests.") + about)
    return replace(reading, columns=())


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    lines = _lines(file, reading)
    text = "\n".join(line.text for line in lines)
    if fault := fault_of(text, wide=False):
        bad = next(line for line in lines if fault_of(line.text, wide=False))
        yield Problem(bad.number, fault)
        text = "\n".join("" if line is bad else line.text for line in lines)
    try:
        yield from _whole(text)
    except _DAMAGED:
        yield from _item_by_item(text)


def _lines(file: BinaryIO, reading: Reading) -> list[Line]:
    lines, size = [], 0
    for line in read_lines(file, reading.encoding, reading.newline):
        size += len(line.text)
        if size > _MOST_CHARACTERS or (line.fault and not line.text):
            raise UnreadableFile(_("The YAML file is too large to be read. Save its tests as JSON Lines."))
        lines.append(line)
    return lines


def _whole(text: str) -> Iterator[Row | Problem]:
    """The list's items with the lines that they begin on."""
    node = _composed(text)
    around: dict[str, Any] = {}
    items = node
    if isinstance(node, yaml.MappingNode):
        items = None
        for key, value in node.value:
            if key.value in _LISTS and isinstance(value, yaml.SequenceNode):
                items = value
            elif key.value in _AROUND:
                around[key.value] = _constructed_or_none(value)
    for item in items.value if isinstance(items, yaml.SequenceNode) else ():
        yield _row_of(item, around)


def _composed(text: str) -> yaml.Node | None:
    """Raises UnreadableFile for what would fill the memory once every reference is followed."""
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    if node is not None and _size(node, {}, 0) > _MOST_NODES:
        raise UnreadableFile(_("The YAML file refers to its own parts too often to be read."))
    return node


def _row_of(item: yaml.Node, around: Mapping[str, Any]) -> Row | Problem:
    line = item.start_mark.line + 1
    try:
        return _row(_constructed(item), line, around)
    except _DAMAGED as error:
        return Problem(line, _("It is not valid YAML: %(reason)s.") % {"reason": _reason(error)})


def _size(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    """How many nodes there are once every reference is followed."""
    if id(node) in known:
        return known[id(node)]
    if depth > 100:
        raise UnreadableFile(_("The YAML file is nested too deeply to be read."))
    known[id(node)] = _MOST_NODES + 1  # a node inside itself
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        inner = list(node.value)
    elif isinstance(node, yaml.MappingNode):
        inner = [part for pair in node.value for part in pair]
    known[id(node)] = 1 + sum(_size(part, known, depth + 1) for part in inner)
    return known[id(node)]


def _constructed(node: yaml.Node) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _loaded(text: str) -> Any:
    node = _composed(text)
    return None if node is None else _constructed(node)


def _constructed_or_none(node: yaml.Node) -> Any:
    try:
        return _plain(_constructed(node))
    except _DAMAGED:
        return None


def _row(value: Any, line: int, around: Mapping[str, Any]) -> Row | Problem:
    if not isinstance(value, dict):
        return Problem(line, _("It is not an object; expected is a test with vars."))
    plain = _plain(value)
    try:
        written = orjson.dumps(plain).decode()
    except TypeError:
        return Problem(line, _("It holds a value that cannot be stored as text."))
    fault = fault_of_json(plain, written)
    return Problem(line, fault) if fault else Row(line, plain, around)


def _plain(value: Any) -> Any:
    """YAML's values as JSON's."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def _item_by_item(text: str) -> Iterator[Row | Problem]:
    """Each item of the list by itself; what stands around it is read as far as it can be."""
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if line.split(":")[0] in _LISTS), -1)
    first = next((at for at in range(start + 1, len(lines)) if _ITEM.match(lines[at])), None)
    if first is None:
        yield Problem(1, _("It is not valid YAML."))
        return
    around = _around("\n".join(lines[: max(start, 0)]))
    indent = len(_ITEM.match(lines[first])[1])  # type: ignore[index]
    begins = [at for at in range(first, len(lines)) if (m := _ITEM.match(lines[at])) and len(m[1]) == indent]
    for at, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield _item(lines[at:end], at + 1, indent, around)


def _item(lines: list[str], number: int, indent: int, around: Mapping[str, Any]) -> Row | Problem:
    """An item ends where a line is less indented than it."""
    kept = lines[:1]
    for line in lines[1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        kept.append(line)
    try:
        value = _loaded("\n".join(kept))
    except _DAMAGED as error:
        mark = getattr(error, "problem_mark", None)
        where = number + (mark.line if mark else 0)
        return Problem(
            number,
            _("It is not valid YAML (line %(line)s): %(reason)s.")
            % {"line": where, "reason": _reason(error)},
        )
    return _row(value[0] if isinstance(value, list) and value else value, number, around)


def _reason(error: Exception) -> str:
    return str(getattr(error, "problem", None) or "unreadable").split("\n")[0][:200]


def _around(text: str) -> dict[str, Any]:
    try:
        value = _loaded(text)
    except _DAMAGED:
        return {}
    return {key: _plain(value[key]) for key in _AROUND if key in value} if isinstance(value, dict) else {}
