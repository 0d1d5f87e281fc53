"""promptfoo's tests: their variables, what they assert, and the prompts they are put into."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from ..errors import BadRow
from .loose import asked_loosely
from .requests import Asked
from .templates import names_in, render
from .values import get, text, unpacked, written_as_json

_REFERENCES = (
    "equals",
    "contains",
    "icontains",
    "similar",
    "starts-with",
    "levenshtein",
    "rouge-n",
    "factuality",
)
_SEVERAL = ("contains-any", "icontains-any")
_PREFIXED = re.compile(r"^(not-)?([a-z][a-z-]*)(?:\(([\d.]+)\))?:\s*(.*)$", re.DOTALL)
_KNOWN = frozenset(
    (
        *_REFERENCES,
        *_SEVERAL,
        *"contains-all icontains-all regex is-json contains-json javascript python fn eval".split(),
        *"llm-rubric model-graded-closedqa answer-relevance context-recall cost latency webhook".split(),
        *"grade is-refusal bleu".split(),
    )
)
_MOST_TESTS = 200  # that lists among the variables of one test may give


@dataclass(slots=True)
class Test:
    """A test with every variable one value."""

    variables: dict[str, Any]
    references: list[str] = field(default_factory=list)
    category: str = ""
    description: str = ""
    prefix: str = ""
    suffix: str = ""
    warnings: tuple[str, ...] = ()

    def rendered(self, prompt: Any) -> tuple[Asked, tuple[str, ...]]:
        """What a prompt asks with this test's variables. A prompt is a text or a list of messages."""
        inner = {name: _inner(value, self.variables) for name, value in self.variables.items()}
        if isinstance(prompt, str):
            written = self.prefix + render(prompt, inner) + self.suffix
            asked, warnings = asked_loosely(_chat(written), "prompt")
            missing = names_in(prompt) - set(inner) - {"env"}
        else:
            asked, warnings = asked_loosely(_rendered(prompt, inner), "prompt")
            missing = names_in(written_as_json(prompt)) - set(inner) - {"env"}
        if missing:
            warnings += (
                _("A prompt speaks of a variable that its test does not have: %(name)s.")
                % {"name": min(missing)[:60]},
            )
        return asked, warnings


def _inner(value: Any, variables: Mapping[str, Any]) -> Any:
    """A variable may speak of others."""
    return render(value, variables) if isinstance(value, str) and "{{" in value else value


def _rendered(prompt: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(prompt, str):
        return render(prompt, variables)
    if isinstance(prompt, Mapping):
        return {key: _rendered(value, variables) for key, value in prompt.items()}
    return [_rendered(item, variables) for item in prompt] if isinstance(prompt, list) else prompt


def _chat(written: str) -> Any:
    """Messages where a prompt is their YAML."""
    if re.match(r"\s*- role:", written) and len(written) < 200_000:
        try:
            return written if _refers(written) else yaml.safe_load(written)
        except (yaml.YAMLError, ValueError, RecursionError):
            return written
    return written


def _refers(written: str) -> bool:
    """Whether it names parts of its own: a few lines can name each other into billions."""
    return "&" in written and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(written))


def prompts_in(written: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Prompts as texts or lists of messages, and what could not be had: files lie beside the upload."""
    prompts: list[Any] = []
    missing = 0
    for one in written if isinstance(written, list) else [written] if written else []:
        raw = one.get("raw") or one.get("content") or one.get("id") if isinstance(one, Mapping) else one
        if isinstance(raw, str) and (
            raw.startswith("file://") or re.fullmatch(r"[\w./*-]+\.(txt|json|ya?ml|md|j2|js|py)", raw)
        ):
            missing += 1
        elif isinstance(raw, str | list) and raw:
            parsed = unpacked(raw)
            prompts.append(parsed if isinstance(parsed, list) else raw)
    notes = (
        (_("Prompts that lie in files of their own are not in the upload; they were left out."),)
        if missing
        else ()
    )
    return prompts, notes


def tests_in(values: Any, default: Any) -> Iterator[Test]:
    """A test, once for each combination of the lists among its variables. Raises BadRow."""
    test = test_in(values, default)
    lists = {name: value for name, value in test.variables.items() if _is_choice(value)}
    for number, chosen in enumerate(itertools.product(*lists.values())):
        if number >= _MOST_TESTS:
            raise BadRow(_("The lists in “vars” give more than %(most)s tests.") % {"most": _MOST_TESTS})
        yield Test(
            {**test.variables, **dict(zip(lists, chosen, strict=True))},
            test.references,
            test.category,
            test.description,
            test.prefix,
            test.suffix,
            test.warnings,
        )


def _is_choice(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(item, str | int | float) for item in value)
    )


def test_in(values: Any, default: Any) -> Test:
    """A test from an object or a row of a table. Raises BadRow."""
    if not isinstance(values, Mapping):
        raise BadRow(_("A test must be an object with vars."))
    if "vars" not in values:
        return _of_table(values)
    variables = values["vars"]
    if not isinstance(variables, Mapping):
        raise BadRow(_("“vars” must be an object: the variables by their names."))
    given = get(default, "vars")
    asserted = [*_list(get(default, "assert")), *_list(values.get("assert"))]
    references, warnings = _references(asserted)
    options = values.get("options")
    return Test(
        {**(given if isinstance(given, Mapping) else {}), **variables},
        references,
        _category(values.get("metadata")) or _category(get(default, "metadata")),
        text(values.get("description")),
        text(get(options, "prefix")),
        text(get(options, "suffix")),
        warnings,
    )


def _of_table(values: Mapping[str, Any]) -> Test:
    """A CSV's row: columns are variables but for those that begin with two underscores."""
    variables = {
        name: value for name, value in values.items() if not name.startswith("__") and value not in (None, "")
    }
    expected = [
        value
        for name, value in values.items()
        if re.fullmatch(r"__expected\d*", name) and text(value).strip()
    ]
    references, warnings = _references([_from_cell(text(value)) for value in expected])
    metadata = {
        name.removeprefix("__metadata:").removesuffix("[]"): value
        for name, value in values.items()
        if name.startswith("__metadata:")
    }
    return Test(
        variables,
        references,
        _category(metadata),
        text(values.get("__description")),
        text(values.get("__prefix")),
        text(values.get("__suffix")),
        warnings,
    )


def _from_cell(written: str) -> dict[str, Any]:
    """`contains: x`, `similar(0.8): x`; no known prefix means equals."""
    match = _PREFIXED.match(written)
    if match and match[2] in _KNOWN:
        value: Any = match[4]
        if match[2].endswith(("-any", "-all")):
            value = [item.strip() for item in match[4].split(",")]
        return {"type": (match[1] or "") + match[2], "value": value}
    return {"type": "equals", "value": written}


def _references(asserted: list[Any]) -> tuple[list[str], tuple[str, ...]]:
    """Texts that an answer should say; what only a program or a judge can check is left out and said."""
    found: list[str] = []
    left: set[str] = set()
    for one in asserted:
        one = _from_cell(one) if isinstance(one, str) else one
        kind, value = text(get(one, "type")), get(one, "value")
        if kind == "assert-set":
            inner, _more = _references(_list(get(one, "assert")))
            found += inner
        elif kind in _REFERENCES and value is not None:
            found.append(value if isinstance(value, str) else written_as_json(value))
        elif kind in _SEVERAL and isinstance(value, list):
            found += [item for item in value if isinstance(item, str)]
        elif kind:
            left.add(kind)
    warnings = [
        _("Checks of the type “%(type)s” are not an expected answer; they were left out.")
        % {"type": kind[:40]}
        for kind in sorted(left)
    ]
    return [value for value in dict.fromkeys(found) if not value.startswith("file://")], tuple(warnings)


def _category(metadata: Any) -> str:
    return text(get(metadata, "category")) or text(get(metadata, "topic"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
