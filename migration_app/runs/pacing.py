"""Requests and tokens a minute, shared by every worker, on the message server's own clock.

    ask ──► (0: go) or (seconds to wait) ──► call ──► correct, with the tokens it really used

One script holds, for each limit, the moment at which all that was let through is paid off
(the generic cell rate algorithm, ITU-T I.371). A call may go when that moment has come, give
or take a short burst; then the moment moves on by the call's cost. The rates are set so that
burst and refill together never pass the limit in any minute.

A connection's key has limits of its own, so a new key starts afresh. A connection without
limits never asks. When the server is gone nobody is let through: workers stop calling, since
a guess by each of many could be the limit many times over.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from migration_app.candidates.models import Connection
from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Outcome

CHARACTERS_PER_TOKEN = 4
_MINUTE, _BURST = 60.0, 1.0  # seconds
_MICRO = 1_000_000

# KEYS: one for each limit. ARGV: "ask" or "correct", then for each limit its cost and its
# burst, in microseconds. Returns the microseconds to wait; 0 lets the call go and charges it.
# A moment that lies absurdly far ahead comes from a clock that was set back: it is cut.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local paid, wait = {}, 0
for i, key in ipairs(KEYS) do
  local cost, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local at = tonumber(redis.call('GET', key) or '0')
  at = math.min(math.max(at, now), now + math.max(120000000, 2 * math.abs(cost)))
  paid[i] = at
  wait = math.max(wait, at - burst - now)
end
if ARGV[1] == 'ask' and wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  local at = math.max(paid[i] + tonumber(ARGV[2 * i]), now)
  redis.call('SET', key, string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000) + 60000)
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """One allowance: where it is kept, what one unit costs and how much may come at once, in seconds."""

    key: str
    unit: float
    burst: float


def requests_limit(key: str, per_minute: int) -> Limit:
    """A second's worth may come at once; with it, no minute holds more than `per_minute` requests."""
    at_once = max(1, per_minute // 60)
    unit = _MINUTE / (per_minute - at_once + 1)
    return Limit(key, unit, (at_once - 1) * unit)


def tokens_limit(key: str, per_minute: int) -> Limit:
    """No minute holds more than `per_minute` tokens and the call that reached the limit."""
    return Limit(key, (_MINUTE + _BURST) / per_minute, _BURST)


def limits_of(connection: Connection, secret: str) -> tuple[Limit | None, Limit | None]:
    """The connection's limits on requests and on tokens; None where there is none."""
    key = hashlib.blake2b(secret.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=8).hexdigest()
    name = f"crossover:pace:{connection.pk.hex}:{key}"
    requests, tokens = connection.requests_per_minute, connection.tokens_per_minute
    return (
        requests_limit(f"{name}:requests", requests) if requests else None,
        tokens_limit(f"{name}:tokens", tokens) if tokens else None,
    )


def open_server() -> redis.Redis:
    """A client that fails soon instead of waiting: a worker that cannot ask does not call."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )


class Pacer:
    """Asks for permission to call one connection. One for each event loop and connection.

    turn: held by whoever waits, so that a worker asks for one call at a time.
    """

    def __init__(self, server: redis.Redis, requests: Limit | None, tokens: Limit | None) -> None:
        self._requests, self._tokens = requests, tokens
        self._script = server.register_script(_SCRIPT)
        self._answers = self._written = 0
        self.turn = asyncio.Lock()

    @property
    def ahead(self) -> int:
        """How many calls to have at hand: a quarter of a second's worth, and at least two."""
        return max(2, round(0.25 / self._requests.unit)) if self._requests else 2

    def expected(self, conversation: Conversation) -> int:
        """Tokens that a call will take: its text, and as much output as others had."""
        if self._tokens is None:
            return 0
        asked = sum(len(str(message.content)) for message in conversation.messages) // CHARACTERS_PER_TOKEN
        if self._answers:
            return asked + self._written // self._answers
        return asked + (conversation.settings.max_output_tokens or 0)

    async def ask(self, tokens: int) -> float:
        """Seconds until the call may go; 0.0: it may, and is charged. Raises RedisError."""
        waits = await self._run("ask", 1, tokens)
        return waits / _MICRO

    async def correct(self, expected: int, outcome: Outcome) -> None:
        """Put the tokens a call used in place of those expected. Raises RedisError."""
        usage = outcome.usage
        if self._tokens is None or usage is None:
            return
        if usage.input_tokens is None or usage.output_tokens is None:
            return
        self._answers += 1
        self._written += usage.output_tokens
        await self._run("correct", 0, usage.input_tokens + usage.output_tokens - expected)

    async def _run(self, what: str, requests: int, tokens: int) -> int:
        units = [(limit, count) for limit, count in self._units(requests, tokens) if limit is not None]
        figures = [
            round(seconds * _MICRO) for limit, count in units for seconds in (limit.unit * count, limit.burst)
        ]
        return int(await self._script(keys=[limit.key for limit, _ in units], args=[what, *figures]))

    def _units(self, requests: int, tokens: int) -> Sequence[tuple[Limit | None, int]]:
        return (self._requests, requests), (self._tokens, tokens)
