"""Sources: the tools whose exports are read. A new one is a module here and a line in SOURCES.

`readers` cuts a file into rows, whatever wrote it; a source knows what a row means. It is a
module with two functions: `recognises(values)`, which says from a row's content alone how sure
it is that the row is its own (0 to 1), and `records(row)`, which yields what the row holds:

    Draft     a request that can be replayed
    Call      a call that the log only counts: it feeds the traffic profile
    Skipped   something that is in order and no request

or raises BadRow. A source whose rows belong together (OpenAI's batch has requests and answers)
also has `everything(passes)`, where each `passes()` goes over the rows from the start. One whose
rows need not all show where they are from has `belongs(values)`, asked of the rest of a known file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Reading, Row, rows
from . import (
    azure_gateway,
    azure_requests,
    bedrock,
    bedrock_evaluation,
    helicone,
    langfuse,
    langfuse_dataset,
    langsmith,
    langsmith_examples,
    litellm,
    litellm_spend,
    openai_batch,
    openai_chat,
    openai_evals,
    openai_preference,
    opentelemetry,
    promptfoo,
    sharegpt,
)
from .columns import draft_from

__all__ = ["COLUMNS", "SOURCES", "Call", "Found", "Skipped", "Source", "found_in", "recognised"]

Found = Draft | Call | Skipped | Problem
COLUMNS = "columns"  # no source of its own: a table whose columns the person maps
_LEAST = 0.5  # how sure a source must be of a row


class Source(NamedTuple):
    label: str | Promise
    maker: str  # whose tool it is, as people call it
    because: str | Promise  # what in a row's content shows it
    module: ModuleType | None


# The more particular one first: of two that are equally sure, the earlier is chosen.
SOURCES: dict[str, Source] = {
    "openai_batch": Source(
        _("OpenAI Batch"), "OpenAI", _("custom_id with the body of a request or an answer"), openai_batch
    ),
    "openai_preference": Source(
        _("OpenAI preference tuning"), "OpenAI", _("input with preferred_output"), openai_preference
    ),
    "openai_evals": Source(_("OpenAI evals"), "OpenAI", _("input with ideal, or item"), openai_evals),
    "openai_chat": Source(
        _("OpenAI fine-tuning"), "OpenAI", _("messages, and nothing that is not OpenAI's"), openai_chat
    ),
    "promptfoo": Source(
        _("promptfoo"), "promptfoo", _("vars with assert, or columns such as __expected"), promptfoo
    ),
    "langfuse": Source(_("Langfuse observations"), "Langfuse", _("type, trace id and start time"), langfuse),
    "langfuse_dataset": Source(
        _("Langfuse dataset"), "Langfuse", _("input with expectedOutput of a dataset"), langfuse_dataset
    ),
    "langsmith": Source(_("LangSmith runs"), "LangSmith", _("run_type with inputs"), langsmith),
    "langsmith_examples": Source(
        _("LangSmith dataset"), "LangSmith", _("inputs with outputs"), langsmith_examples
    ),
    "helicone": Source(
        _("Helicone"), "Helicone", _("request_id with the bodies of request and response"), helicone
    ),
    "litellm": Source(_("LiteLLM log"), "LiteLLM", _("call_type, startTime and response_cost"), litellm),
    "litellm_spend": Source(
        _("LiteLLM spend log"), "LiteLLM", _("request_id, startTime and spend"), litellm_spend
    ),
    "opentelemetry": Source(
        _("OpenTelemetry GenAI"), "OpenTelemetry", _("spans with attributes"), opentelemetry
    ),
    "sharegpt": Source(_("ShareGPT"), "ShareGPT", _("conversations with from and value"), sharegpt),
    "azure_requests": Source(
        _("Azure OpenAI request log"), "Azure", _("the category RequestResponse"), azure_requests
    ),
    "azure_gateway": Source(_("Azure API Management"), "Azure", _("the category GatewayLogs"), azure_gateway),
    "bedrock": Source(_("Amazon Bedrock log"), "Amazon Bedrock", _("schemaType ModelInvocationLog"), bedrock),
    "bedrock_evaluation": Source(
        _("Amazon Bedrock evaluation"),
        "Amazon Bedrock",
        _("prompt with referenceResponse or modelResponses"),
        bedrock_evaluation,
    ),
    COLUMNS: Source(_("Table of requests"), "", _("no tool's own fields; you say what each column is"), None),
}


class Recognised(NamedTuple):
    """Which source wrote a file, and how many of the rows that were looked at say so."""

    source: str
    rows: int
    looked_at: int


def recognised(sample: Sequence[Row]) -> Recognised:
    """The source of most of these rows; COLUMNS where no source knows them."""
    votes = Counter(_source_of(row.values) for row in sample)
    votes.setdefault(COLUMNS, 0)
    order = [COLUMNS, *SOURCES]  # of two with as many votes, the table asks least of the file
    best = max(votes, key=lambda key: (votes[key], -order.index(key)))
    return Recognised(best, votes[best], len(sample))


def _source_of(values: Mapping[str, Any]) -> str:
    sure = {key: source.module.recognises(values) for key, source in SOURCES.items() if source.module}
    best = max(sure, key=lambda key: sure[key])
    return best if sure[best] >= _LEAST else COLUMNS


def found_in(
    file: BinaryIO, reading: Reading, mapping: Mapping[str, str], *, together: bool = True
) -> Iterator[Found]:
    """Everything that a file holds, in the order of its lines. `mapping` matters to COLUMNS alone.

    together: whether rows that belong to each other are joined, which takes a pass of its own;
        without it only what a row says by itself is found, and what is missing is no problem.
    """
    passes = partial(_own_rows, file, reading)
    module = SOURCES[reading.source].module
    if module is not None and hasattr(module, "everything"):
        if together:
            yield from module.everything(passes)
            return
        passes = partial(_by_themselves, passes)
    records: Callable[[Row], Iterator[Found]]
    records = partial(_mapped, mapping=mapping) if module is None else module.records
    if reading.chosen and module is not None:
        records = partial(_as_chosen, source=SOURCES[reading.source])
    for row in passes():
        if isinstance(row, Problem):
            yield row
            continue
        try:
            for found in records(row):
                yield found.within(row.file) if isinstance(found, Problem) else found
        except BadRow as bad:
            yield Problem(row.line, str(bad)).within(row.file)


def _own_rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    """The rows; one of another kind than the file's is a problem, unless a person chose the kind."""
    source = SOURCES[reading.source]
    if source.module is None or reading.chosen:
        yield from rows(file, reading)
        return
    belongs = getattr(source.module, "belongs", source.module.recognises)
    for row in rows(file, reading):
        if isinstance(row, Row) and not belongs(row.values):
            yield Problem(row.line, _foreign(source)).within(row.file)
        else:
            yield row


def _as_chosen(row: Row, source: Source) -> Iterator[Found]:
    """What a row holds when a person said what it is; of a row that is nothing of the kind, that."""
    found = list(source.module.records(row)) if source.module else []
    if any(isinstance(one, Draft) for one in found) or (
        source.module and source.module.recognises(row.values)
    ):
        yield from found
    else:
        yield Problem(row.line, _foreign(source))


def _by_themselves(passes: Callable[[], Iterator[Row | Problem]]) -> Iterator[Row | Problem]:
    """The rows that say something without the others."""
    for row in passes():
        if not isinstance(row, Row) or "response" not in row.values:
            yield row


def _foreign(source: Source) -> str:
    return gettext("It is not a line of %(source)s; expected is %(what)s.") % {
        "source": source.label,
        "what": source.because,
    }


def _mapped(row: Row, mapping: Mapping[str, str]) -> Iterator[Draft]:
    yield draft_from(row, mapping)
