"""The `openai` package, sent over our own transport: does code that is written for it work here?

A customer's programs mostly speak to their vendor through this package. Whether a vendor answers
it unchanged tells how far one is locked in. What the package writes goes out by our rules: to a
checked address, without proxies or redirects, with our limits, and with no setting taken from the
environment.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from .answers import Answer
from .endpoints import Endpoint
from .failures import SAID_BY_VENDOR, quotable
from .probes import MOST_TOKENS, Shown
from .vendors import vendor_named
from .wording import Template, gettext_noop

Send = Callable[[bytes], Awaitable[Answer]]

_OTHERWISE = gettext_noop(
    "It speaks a protocol of its own. Programs written for the openai package must be changed to use it."
)


_STATUS = Template(gettext_noop("The openai package was answered with status {status}."))
_UNREADABLE = Template(gettext_noop("The openai package cannot read its answer ({error})."))
_FITS = gettext_noop(
    "It answers the openai package: programs written for it need another address, key and model only."
)
_FITS_EMPTY = gettext_noop(
    "It answers the openai package: programs written for it need another address, key and model only. "
    "The answer was empty, as some models' thoughts are."
)


async def answers_the_package(endpoint: Endpoint, send: Send, *, seconds: float) -> Shown:
    """Ask one small question through the package. `send`: a chat request's body → the answer.

    Raises CallError when nothing answered.
    """
    if vendor_named(endpoint.vendor).protocol != "openai":
        return Shown(None, _OTHERWISE)
    import openai  # 1 s and 60 MB, so only where it is used

    try:
        async with _client(send, seconds) as client:
            said = await client.chat.completions.create(
                model=endpoint.model,
                messages=[{"role": "user", "content": "Say hello."}],
                **_limit(endpoint),
            )
        text = said.choices[0].message.content or ""
    except openai.APIStatusError as error:
        why = quotable(str(error.message), endpoint.secrets)
        told = _STATUS(status=error.status_code)
        return Shown(False, SAID_BY_VENDOR(advice=told, said=why) if why else told)
    except (openai.OpenAIError, ValueError, TypeError, AttributeError, IndexError) as error:
        return Shown(False, _UNREADABLE(error=type(error).__name__))
    return Shown(True, _FITS if text.strip() else _FITS_EMPTY)


def _limit(endpoint: Endpoint) -> dict[str, Any]:
    return {vendor_named(endpoint.vendor).max_tokens_field: MOST_TOKENS}


def _client(send: Send, seconds: float) -> Any:
    import httpx2
    import openai

    class Ours(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            answer = await send(await request.aread())
            if answer.fault is not None:
                raise answer.fault
            kind = answer.headers.get("content-type", "application/json")
            return httpx2.Response(answer.status, headers={"content-type": kind}, content=answer.body)

    return openai.AsyncOpenAI(
        api_key="sent-by-the-transport",
        base_url="https://transport.invalid/v1",
        organization="",
        project="",
        max_retries=0,
        timeout=seconds,
        http_client=httpx2.AsyncClient(transport=Ours(), trust_env=False, follow_redirects=False),
    )
