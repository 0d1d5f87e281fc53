"""OpenAI Batch: a request per line, and the file of answers, joined on `custom_id`.

Answers come in any order and without their requests, so they wait in a temporary file's index
until the request with their id passes. Their timings are those of a batch, not of a person
waiting, and are not kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Row
from ..shapes.answers import Answer, answer_in
from ..shapes.requests import asked_in
from ..shapes.values import get, moment, text
from .building import draft_of, with_tokens

_NO_CHAT = {
    "embeddings": gettext_lazy("It is a request for embeddings, which gives no answer to compare."),
    "moderations": gettext_lazy("It is a request for moderation, which gives no answer to compare."),
    "images": gettext_lazy("It is a request for an image, which gives no text to compare."),
}


def recognises(values: Mapping[str, Any]) -> float:
    if not isinstance(values.get("custom_id"), str | int):
        return 0.0
    if isinstance(values.get("body"), Mapping):
        return 1.0
    return 1.0 if _is_output(values) else 0.0


def _is_output(values: Mapping[str, Any]) -> bool:
    return "response" in values and isinstance(values["response"], Mapping | None) and "body" not in values


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    """A line on its own: a request, or an answer whose request is not there."""
    if _is_output(row.values):
        raise BadRow(_no_request(row.values))
    yield _request(row, None)


def everything(passes: Callable[[], Iterator[Row | Problem]]) -> Iterator[Draft | Call | Skipped | Problem]:
    """Every request with its answer.

    1. Pass over all lines and keep the answers in an index on disk; say which come twice.
    2. Pass again: give each request its answer and strike it off.
    3. Say which answers found no request.
    """
    with closing(_Answers()) as answers:
        for row in passes():
            if isinstance(row, Row) and _is_output(row.values) and not answers.keep(row):
                yield Problem(row.line, _again(row.values)).within(row.file)
        for row in passes():
            if isinstance(row, Problem):
                yield row
            elif not _is_output(row.values):
                yield _try_request(row, answers.take(text(row.values.get("custom_id"))))
        yield from answers.left()


def _try_request(row: Row, output: Any) -> Draft | Skipped | Problem:
    try:
        return _request(row, output)
    except BadRow as bad:
        return Problem(row.line, str(bad)).within(row.file)


def _request(row: Row, output: Any) -> Draft | Skipped:
    values = row.values
    if reason := _not_chat(values):
        return Skipped(row.line, reason)
    body = values.get("body")
    if not isinstance(body, Mapping):
        raise BadRow(_("“body” must be an object: the request as it would be sent."))
    answer, call = _answer(output, body)
    return draft_of(row.line, asked_in(body), answer=answer, call=call, external_id=values.get("custom_id"))


def _not_chat(values: Mapping[str, Any]) -> str | None:
    url = text(values.get("url"))
    return next((str(reason) for name, reason in _NO_CHAT.items() if f"/{name}" in url), None)


def _answer(output: Any, body: Mapping[str, Any]) -> tuple[Answer | None, Call | None]:
    if output is None:
        return None, None
    reply = get(output, "response", "body")
    answer = answer_in(reply) if isinstance(reply, Mapping) else Answer()
    status = get(output, "response", "status_code")
    call = Call(
        at=moment(get(reply, "created")) or moment(get(reply, "created_at")),
        model=answer.model or text(body.get("model")),
        failed=not answer and bool(output.get("error") or answer.error or (status or 200) != 200),
    )
    return answer, with_tokens(call, answer.tokens)


def _again(values: Mapping[str, Any]) -> str:
    return _("It is a second answer to the custom_id “%(id)s”; the first one is kept.") % {
        "id": text(values.get("custom_id"))[:60]
    }


def _no_request(values: Mapping[str, Any]) -> str:
    return _(
        "It is an answer whose request is not in the upload (custom_id “%(id)s”). "
        "Upload the batch's input file together with its output file."
    ) % {"id": text(values.get("custom_id"))[:60]}


class _Answers:
    """Answers by `custom_id`, in a temporary file that SQLite makes and removes by itself."""

    def __init__(self) -> None:
        self.base = sqlite3.connect("")
        self.base.execute(
            "create table answer (id text primary key, line int, file text, content blob) without rowid"
        )
        self.kept = 0

    def close(self) -> None:
        self.base.close()

    def keep(self, row: Row) -> bool:
        """Whether this is the first answer to its id, which is the one that counts."""
        found = (text(row.values.get("custom_id")), row.line, row.file, orjson.dumps(row.values))
        new = self.base.execute("insert or ignore into answer values (?, ?, ?, ?)", found).rowcount
        self.kept += new
        return bool(new)

    def take(self, name: str) -> Any:
        if not self.kept:
            return None
        found = self.base.execute("delete from answer where id = ? returning content", (name,)).fetchone()
        return orjson.loads(found[0]) if found else None

    def left(self) -> Iterator[Problem]:
        left = self.base.execute("select line, file, content from answer order by file, line")
        for line, file, content in left:
            yield Problem(line, _no_request(orjson.loads(content))).within(file)
