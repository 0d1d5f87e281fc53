"""promptfoo: tests with variables, from YAML, JSON, JSON Lines or CSV, and the results of a run.

With prompts in the file, each is rendered with each test's variables. Without, the variable that
is named like a question is what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Row
from ..shapes.answers import Answer
from ..shapes.loose import asked_loosely, references_in
from ..shapes.promptfoo_tests import Test, prompts_in, test_in, tests_in
from ..shapes.requests import Asked
from ..shapes.tokens import Tokens
from ..shapes.values import count, get, moment, money, number, text
from .building import draft_of, timed, with_tokens

_SPECIAL = ("__expected", "__prefix", "__suffix", "__description", "__metric", "__threshold", "__metadata")


def recognises(values: Mapping[str, Any]) -> float:
    if any(key.startswith(_SPECIAL) for key in values):
        return 1.0
    if isinstance(values.get("vars"), Mapping):
        return 1.0 if "assert" in values or "prompt" in values or "response" in values else 0.8
    return 0.9 if isinstance(values.get("tests"), list) or _results(values) else 0.0


def _results(values: Mapping[str, Any]) -> list[Any]:
    """A whole document of results in one row."""
    found = get(values, "results", "results")
    return found if isinstance(found, list) else []


def records(row: Row) -> Iterator[Draft | Call | Skipped | Problem]:
    """A test gives a draft for each prompt; a document in one row gives those of all its tests."""
    if results := _results(row.values):
        yield from everything(
            lambda: (row._replace(values=item) for item in results if isinstance(item, dict))
        )
    elif "response" in row.values and isinstance(row.values.get("prompt"), Mapping):
        yield _result(row)
    else:
        yield from _of_tests(row)


def everything(passes: Callable[[], Iterator[Row | Problem]]) -> Iterator[Draft | Call | Skipped | Problem]:
    """A run asks the same of several models: the first one's answer is kept as today's."""
    seen: set[tuple[str, str]] = set()
    for row in passes():
        if isinstance(row, Problem):
            yield row
            continue
        try:
            for found in records(row):
                again = (
                    isinstance(found, Draft)
                    and _is_result(row)
                    and (found.prompt_hash, found.cluster) in seen
                )
                if isinstance(found, Draft):
                    seen.add((found.prompt_hash, found.cluster))
                yield Skipped(row.line, _("It is the same test with another model.")) if again else found
        except BadRow as bad:
            yield Problem(row.line, str(bad)).within(row.file)


def _is_result(row: Row) -> bool:
    return "response" in row.values and "testIdx" in row.values


def _of_tests(row: Row) -> Iterator[Draft | Problem]:
    prompts, notes = prompts_in(row.values.get("prompts") or row.around.get("prompts"))
    default = row.values.get("defaultTest") or row.around.get("defaultTest")
    several = isinstance(row.values.get("tests"), list)
    for written in row.values["tests"] if several else [row.values]:
        try:
            for number, test in enumerate(tests_in(written, default)):
                yield from _drafts(row, test, prompts, notes, number)
        except BadRow as bad:
            if not several:
                raise
            yield Problem(row.line, str(bad))


def _drafts(row: Row, test: Test, prompts: list[Any], notes: tuple[str, ...], number: int) -> Iterator[Draft]:
    """One draft for each prompt; those of one test share a source."""
    asked: list[tuple[Asked, tuple[str, ...]]] = [test.rendered(prompt) for prompt in prompts]
    for request, warnings in asked or [_from_variables(test)]:
        yield draft_of(
            row.line,
            request,
            references=test.references,
            external_id=test.description,
            category=test.category,
            cluster=f"test:{row.file}:{row.line}:{number}" if len(asked) > 1 else "",
            warnings=(*notes, *test.warnings, *warnings),
        )


def _from_variables(test: Test) -> tuple[Asked, tuple[str, ...]]:
    variables = {name: value for name, value in test.variables.items() if value not in (None, "")}
    if not variables:
        raise BadRow(_("“vars” is empty; expected are the variables of a prompt, or a prompt."))
    if len(variables) == 1:
        return asked_loosely(next(iter(variables.values())), "vars")
    return asked_loosely(variables, "vars")


def _result(row: Row) -> Draft | Skipped:
    values = row.values
    test = test_in(values.get("testCase") if isinstance(values.get("testCase"), Mapping) else values, None)
    asked, warnings = asked_loosely(get(values, "prompt", "raw"), "prompt.raw")
    output = get(values, "response", "output")
    failed = output is None and bool(values.get("error"))
    call = Call(
        at=moment(values.get("createdAt")),
        model=text(get(values, "provider", "id") or get(values, "provider")),
        cost_usd=money(values.get("cost")),
        failed=failed,
        from_cache=bool(get(values, "response", "cached")),
    )
    milliseconds = number(values.get("latencyMs"))
    if milliseconds and not call.from_cache:
        timed(call, milliseconds / 1000)
    usage = get(values, "response", "tokenUsage")
    with_tokens(call, Tokens(input=count(get(usage, "prompt")), output=count(get(usage, "completion"))))
    return draft_of(
        row.line,
        asked,
        answer=None if failed or output is None else Answer(text=_written(output)),
        call=call,
        references=test.references,
        external_id=test.description or values.get("id"),
        category=test.category,
        cluster=f"test:{values['testIdx']}" if "testIdx" in values else "",
        warnings=(*test.warnings, *warnings),
    )


def _written(output: Any) -> str:
    return next(iter(references_in(output)), "")
