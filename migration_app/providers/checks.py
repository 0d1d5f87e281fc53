"""“Test connection”: what works, one line each, before anything is planned on it.

Six checks, in this order; one that could not be tried has `passed=None` and says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
import openai
import orjson

from .addresses import AddressPolicy
from .endpoints import Endpoint
from .errors import CallError, TooMuchError
from .failures import judge_status, quotable, sentence
from .listing import fetch_models
from .pool import Origin
from .reference import reference_client, unanswered
from .urls import read_url
from .vendors import Vendor, vendor_named

LABELS = {
    "reaches": "Reaches the address",
    "authorises": "Accepts the key",
    "models": "Lists the model",
    "answers": "Answers a prompt",
    "streams": "Streams its answer",
    "usage": "Reports tokens in streams",
}
_NO_API = "It answered, but not as an OpenAI-compatible server does. Check the base URL; many end in /v1."
_PROMPT = "Answer with one word: what colour is the sky on a clear day?"
_MOST_TOKENS = 32
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the test. `passed`: None when it could not be told. `detail`: a sentence."""

    name: str
    label: str
    passed: bool | None
    detail: str


def check_connection(endpoint: Endpoint, policy: AddressPolicy, *, seconds: float = 10.0) -> list[Check]:
    """All six checks of `endpoint`, in order, for callers without an event loop."""
    return asyncio.run(examine_connection(endpoint, policy, seconds=seconds))


async def examine_connection(
    endpoint: Endpoint, policy: AddressPolicy, *, seconds: float = 10.0
) -> list[Check]:
    """All six checks of `endpoint`, in order. Makes at most three calls of `seconds` each.

    Never raises for what a vendor or network does, and no sentence holds the key.
    """
    try:
        client = reference_client(endpoint, policy, seconds=seconds)
    except CallError as error:
        return _unreached(error.message)
    async with client:
        return await _Examination(endpoint, client, seconds).run()


class _Failure(Exception):
    """A call failed: the sentence, and what it tells about reaching and authorising."""

    def __init__(
        self, detail: str, *, reached: bool = True, denied: bool = False, missing: bool = False
    ) -> None:
        super().__init__(detail)
        self.detail, self.reached, self.denied, self.missing = detail, reached, denied, missing


class _Examination:
    """The three calls (models, answer, stream) and what each shows."""

    def __init__(self, endpoint: Endpoint, client: openai.AsyncOpenAI, seconds: float) -> None:
        self.endpoint, self.client, self.seconds = endpoint, client, seconds
        self.vendor: Vendor = vendor_named(endpoint.vendor)

    async def run(self) -> list[Check]:
        models = await self._try(self._models)
        if isinstance(models, _Failure) and not models.reached:
            return _unreached(models.detail)
        if isinstance(models, _Failure) and models.denied:
            return [_reached(self.endpoint), _check("authorises", False, models.detail), *_untried("models")]
        answer = await self._try(self._answer)
        return [
            _reached(self.endpoint),
            self._authorised(models, answer),
            self._listed(models, answer),
            _check("answers", *_told(answer)),
            *await self._streamed(answer),
        ]

    # ── the calls ─────────────────────────────────────────────────────────────

    async def _models(self) -> list[str]:
        listed = await fetch_models(self.client)
        if listed is None:
            raise _Failure(_NO_API)
        return listed

    async def _answer(self) -> str:
        raw = await self.client.post("/chat/completions", cast_to=httpx2.Response, body=self._question())
        answer = _object(raw.content)
        choices = answer.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise _Failure(_NO_API)
        message = choices[0].get("message")
        text = message.get("content") if isinstance(message, dict) else None
        if isinstance(text, str) and text.strip():
            return f"It said “{quotable(text, self.endpoint.secrets)}”."
        return f"It answered, with no text within {_MOST_TOKENS} tokens: a reasoning model may need more."

    async def _stream(self) -> tuple[int, bool]:
        """(chunks that came, whether token counts were among them)."""
        options: dict[str, Any] = {}
        if self.vendor.usage_in_stream == "ask":
            options["stream_options"] = {"include_usage": True}
        chunks, counted = 0, False
        stream = await self.client.chat.completions.create(**self._question(), **options, stream=True)
        async for chunk in stream:
            # The SDK hands on whatever JSON came, of whatever shape.
            chunks += bool(getattr(chunk, "choices", None))
            counted = counted or getattr(chunk, "usage", None) is not None
        if not chunks:
            raise _Failure("It sent no stream. Runs still work, but without a time to the first token.")
        return chunks, counted

    def _question(self) -> dict[str, Any]:
        return {
            "model": self.endpoint.model,
            "messages": [{"role": "user", "content": _PROMPT}],
            self.vendor.max_tokens_field: _MOST_TOKENS,
        }

    async def _try(self, call: Callable[[], Awaitable[_Result]]) -> _Result | _Failure:
        """The call's result, or the _Failure it ended in."""
        try:
            async with asyncio.timeout(self.seconds):
                return await call()
        except _Failure as failure:
            return failure
        except TimeoutError:
            return _Failure(unanswered(_origin(self.endpoint), self.seconds), reached=False)
        except openai.APIStatusError as error:
            return self._refused(error)
        except openai.APIConnectionError as error:
            return _Failure(_because(error, self.endpoint), reached=False)
        except CallError as error:
            # Only an answer that was too long came from something that answers.
            return _Failure(error.message, reached=isinstance(error, TooMuchError))
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, RecursionError):
            # What the SDK raises when a 200 is not what it should be depends on what it is.
            return _Failure(_NO_API)

    def _refused(self, error: openai.APIStatusError) -> _Failure:
        try:
            body = error.response.content
        except (openai.OpenAIError, RuntimeError):
            body = b""
        verdict, complaint = judge_status(error.status_code, body)
        return _Failure(
            sentence(verdict, complaint, self.endpoint.secrets),
            denied=error.status_code in (401, 403),
            missing=error.status_code in (404, 405, 501),
        )

    # ── what they show ────────────────────────────────────────────────────────

    def _authorised(self, models: list[str] | _Failure, answer: str | _Failure) -> Check:
        if isinstance(answer, _Failure) and answer.denied:
            return _check("authorises", False, answer.detail)
        if not isinstance(answer, _Failure) or not isinstance(models, _Failure):
            said = (
                "The key was accepted." if self.endpoint.api_key else "No key is set, and none was asked for."
            )
            return _check("authorises", True, said)
        return _check("authorises", None, "It cannot be told: no call got as far as that.")

    def _listed(self, models: list[str] | _Failure, answer: str | _Failure) -> Check:
        if isinstance(models, _Failure):
            if models.missing:
                return _check("models", None, "This server offers no list of models; that is no hindrance.")
            return _check("models", False, models.detail)
        wanted = self.endpoint.model
        # Google writes "models/NAME" in its list and takes NAME.
        if any(name.removeprefix("models/") == wanted for name in models):
            return _check("models", True, f"{_many(models)}; {wanted} is among them.")
        if not isinstance(answer, _Failure):
            return _check("models", None, f"{_many(models)} without {wanted}, which answers all the same.")
        first = quotable(", ".join(models[:5]), self.endpoint.secrets) or "none"
        return _check("models", False, f"{wanted} is not in its list. The list begins with: {first}.")

    async def _streamed(self, answer: str | _Failure) -> list[Check]:
        if isinstance(answer, _Failure):
            return list(_untried("streams"))
        stream = await self._try(self._stream)
        if isinstance(stream, _Failure):
            return [_check("streams", False, stream.detail), *_untried("usage")]
        chunks, counted = stream
        pieces = "1 piece" if chunks == 1 else f"{chunks} pieces"
        return [
            _check("streams", True, f"The answer came in {pieces}."),
            _check("usage", counted, _COUNTED if counted else _UNCOUNTED),
        ]


_COUNTED = "It reports its own token counts, so costs are the vendor's own figures."
_UNCOUNTED = "It reports no token counts in streams: tokens and costs will be estimates, and shown as such."


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _Failure(_NO_API) from error
    if not isinstance(value, dict):
        raise _Failure(_NO_API)
    return value


def _because(error: openai.APIConnectionError, endpoint: Endpoint) -> str:
    cause = _cause(error)
    if cause is not None:
        return cause.message
    return f"No connection to {read_url(endpoint.base_url).authority}. Check the base URL."


def _origin(endpoint: Endpoint) -> Origin:
    url = read_url(endpoint.base_url)
    return Origin(url.host, url.port, url.scheme == "https")


def _cause(error: BaseException) -> CallError | None:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, CallError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _told(answer: str | _Failure) -> tuple[bool, str]:
    return (False, answer.detail) if isinstance(answer, _Failure) else (True, answer)


def _many(models: list[str]) -> str:
    return "It lists 1 model" if len(models) == 1 else f"It lists {len(models)} models"


def _reached(endpoint: Endpoint) -> Check:
    url = read_url(endpoint.base_url)
    detail = f"{url.authority} answers."
    if url.scheme == "http" and endpoint.api_key and not _is_this_machine(url.host):
        detail += " It is not encrypted: the key and the samples travel in the clear."
    return _check("reaches", True, detail)


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _unreached(detail: str) -> list[Check]:
    return [_check("reaches", False, detail), *_untried("authorises")]


def _untried(first: str) -> Iterator[Check]:
    """`first` and all checks after it, as not tried."""
    names = list(LABELS)
    for name in names[names.index(first) :]:
        yield _check(name, None, "Not tried, because an earlier check failed.")


def _check(name: str, passed: bool | None, detail: str) -> Check:
    return Check(name, LABELS[name], passed, detail)
