"""A vendor's HTTP answer as it came off the wire: bytes, and when each read arrived."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .errors import CallError, NotHttpError, TooMuchError
from .wording import Template, gettext_noop

_COMPRESSED = Template(
    gettext_noop(
        "The vendor compressed its answer with “{encoding}” although plain text was asked for. "
        "Check for a proxy between us and the vendor."
    )
)
_TOO_MUCH = Template(
    gettext_noop(
        "The answer grew over {size} MB and was cut off. "
        "Lower the maximum output tokens, or check that this is a chat endpoint."
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Moments are `time.monotonic()` seconds.

    body: every byte of the body, in order.
    stamps, ends: parallel; after the read at `stamps[i]` the body was `ends[i]` bytes long.
    sent: when the request's last byte was handed to the socket.
    first_byte: when the first byte of the answer arrived.
    ended: when the last byte arrived.
    fault: why the body is incomplete; `None` when it came to its proper end.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    stamps: Sequence[float]
    ends: Sequence[int]
    sent: float
    first_byte: float
    ended: float
    fault: CallError | None = field(default=None)


_PIECE = 256 * 1024


def plain(answer: Answer, limit: int) -> Answer:
    """`answer` with its body decompressed, read by read, so that the stamps stay true.

    We ask for `identity`; some servers and proxies compress all the same. At most `limit`
    bytes come out: a small body that swells beyond it is refused, not expanded.

    Raises TooMuchError over the limit, NotHttpError for an encoding we did not ask for and cannot read.
    """
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return answer
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise NotHttpError(_COMPRESSED(encoding=encoding[:20]))
    body, ends = _inflated(answer, limit)
    return replace(answer, body=body, ends=ends)


def _inflated(answer: Answer, limit: int) -> tuple[bytes, list[int]]:
    # 47 lets zlib recognise gzip and zlib headers by itself.
    inflate = zlib.decompressobj(47)
    body, ends, start = bytearray(), [], 0
    try:
        for end in answer.ends:
            waiting, piece = answer.body[start:end], b" "
            while waiting or piece:  # a bomb swells a thousandfold: it is held once, not twice
                piece = inflate.decompress(waiting, _PIECE)
                waiting = inflate.unconsumed_tail
                body += piece
                if len(body) > limit:
                    raise TooMuchError(too_much(limit))
            ends.append(len(body))
            start = end
    except zlib.error as error:
        raise NotHttpError(
            gettext_noop(
                "The vendor's answer says it is compressed, and is not. Check for a proxy in between."
            )
        ) from error
    return bytes(body), ends


def too_much(limit: int) -> str:
    """The sentence for an answer over the size limit."""
    return _TOO_MUCH(size=f"{limit / 1_000_000:g}")
