"""What came back from one call: an answer, or a named failure.

    Outcome
    ├── Completed   the vendor answered to the end
    └── Failed      it did not; `kind` says how, `retry` says what to do

All durations are seconds on a monotonic clock, counted from the moment the request's last
byte was handed to the socket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .conversations import ToolCall


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the vendor counted them. `None` is unknown, never 0.

    `input_tokens` includes cached reads and cache writes; `output_tokens` includes
    reasoning. Parts are given apart so that a price never counts a token twice: of the cache
    writes, those kept for an hour; of the input, the tokens of images. `images` is how many
    were sent. `raw` keeps the vendor's own figures.
    """

    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    cache_write_1h_tokens: int | None = None
    image_input_tokens: int | None = None
    images: int | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """When things happened in one call.

    first_byte: response headers arrived.
    ttft: first *content* token (text or tool call); role-only and empty chunks are not tokens.
        `None` when no content came.
    total: last byte.
    token_gaps: seconds between successive content chunks, in order.
    first_reasoning: first reasoning token, where the vendor sends them.
    sent: the moment from which all of these are counted, on the machine's monotonic clock.
    """

    first_byte: float | None
    ttft: float | None
    total: float
    token_gaps: tuple[float, ...] = ()
    first_reasoning: float | None = None
    sent: float | None = None


class FailureKind(StrEnum):
    """Why a call failed, in the words a page can show."""

    REFUSED_CONNECTION = "refused_connection"  # nobody listens, DNS fails, TLS fails
    BLOCKED_ADDRESS = "blocked_address"  # our own rule forbids this address
    TIMEOUT = "timeout"  # no answer within the deadline, or silence in mid-stream
    DISCONNECTED = "disconnected"  # the connection broke before the end
    RATE_LIMITED = "rate_limited"  # 429
    OVERLOADED = "overloaded"  # 503, 529
    SERVER_ERROR = "server_error"  # other 5xx
    UNAUTHORISED = "unauthorised"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404: model or path
    BAD_REQUEST = "bad_request"  # 400, 422
    TOO_LARGE = "too_large"  # 413, context length exceeded
    CONTENT_FILTER = "content_filter"  # the vendor's filter blocked it
    QUOTA = "quota"  # out of credit
    REDIRECTED = "redirected"  # 3xx: redirects are never followed
    NOT_AN_API = "not_an_api"  # HTML or something else that is not the protocol
    BROKEN_STREAM = "broken_stream"  # invalid JSON, an error event in mid-stream, no proper end
    ANSWER_TOO_LONG = "answer_too_long"  # over our own size limit
    UNKNOWN = "unknown"  # a crash between call and settle: may have been billed


class Retry(StrEnum):
    """What to do with a failure: a typed decision, not a boolean."""

    NOW = "now"  # at once, on a fresh connection
    LATER = "later"  # after a pause
    NEVER = "never"  # the same request would fail again
    PARK = "park"  # stop this connection until a person acts


@dataclass(frozen=True, slots=True)
class Completed:
    """An answer that arrived to its end. `refusal` is the vendor's own refusal field."""

    text: str
    usage: Usage
    timing: Timing
    finish_reason: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    reasoning: str = ""
    served_model: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A call without an answer. `message` is one plain sentence that says what to do next.

    `retry_after` is the vendor's own wish in seconds. `usage` holds what the vendor
    reported before the failure, when it did. `reached` tells whether the request may have
    reached the vendor (and so may be billed).
    """

    kind: FailureKind
    message: str
    retry: Retry
    status: int | None = None
    retry_after: float | None = None
    timing: Timing | None = None
    usage: Usage | None = None
    reached: bool = True
    request_id: str = ""


Outcome = Completed | Failed
