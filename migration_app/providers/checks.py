"""“Test connection”: what works, one line each, before anything is planned on it.

The checks run through the same client as a run, in this order; one that could not be tried has
`passed=None` and says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome

from . import access, probes
from .access import Listed
from .addresses import AddressPolicy
from .answers import Answer
from .client import Client
from .endpoints import Endpoint
from .errors import CallError
from .probes import Shown
from .reference import answers_the_package
from .vendors import vendor_named
from .wording import gettext_noop

LABELS = {
    "reaches": gettext_noop("Reaches the address"),
    "authorises": gettext_noop("Accepts the key"),
    "models": gettext_noop("Lists the model"),
    "answers": gettext_noop("Answers a prompt"),
    "streams": gettext_noop("Streams its answer"),
    "usage": gettext_noop("Reports tokens in streams"),
    "tools": gettext_noop("Calls tools"),
    "json_schema": gettext_noop("Follows a JSON schema"),
    "images": gettext_noop("Takes images"),
    "seed": gettext_noop("Repeats itself with a seed"),
    "package": gettext_noop("Answers the openai package"),
}
# Without these nothing can be asked; the others limit what can be asked, or how well it is measured.
NEEDED = ("reaches", "authorises", "answers")
MOST_CALLS = 8  # the list, an answer, a tool, a schema, an image, a seed twice, and the package
_QUESTIONS: dict[str, tuple[Conversation, Callable[[Outcome, tuple[str, ...]], Shown]]] = {
    "tools": (probes.TOOLS, probes.tools),
    "json_schema": (probes.JSON_SCHEMA, probes.json_schema),
    "images": (probes.IMAGE, probes.images),
}
_EARLIER = gettext_noop("Not tried, because an earlier check failed.")
_NO_MODEL = gettext_noop("Not tried yet: add a model first, then test again.")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the test. `passed`: None when it could not be told. `detail`: a sentence."""

    name: str
    label: str
    passed: bool | None
    detail: str


@dataclass(slots=True)
class Examination:
    """What was found so far: the checks in order, and the models that the vendor lists."""

    checks: list[Check] = field(default_factory=list)
    models: tuple[str, ...] = ()

    def note(self, name: str, shown: Shown) -> None:
        self.checks.append(Check(name, LABELS[name], shown.passed, shown.detail))

    def rest(self, why: str) -> None:
        """All checks that are still open were not tried."""
        for name in list(LABELS)[len(self.checks) :]:
            self.note(name, Shown(None, why))


def check_connection(
    endpoint: Endpoint,
    policy: AddressPolicy,
    *,
    seconds: float = 10.0,
    report: Callable[[Examination], object] = lambda _: None,
) -> Examination:
    """All checks of `endpoint`, in order, for callers without an event loop.

    report: told between two calls of what is known so far; no event loop runs meanwhile.
    """
    found = Examination()
    with asyncio.Runner() as runner:
        steps = examine_steps(endpoint, policy, seconds=seconds)
        while (known := runner.run(_next(steps))) is not None:
            found = known
            report(found)
    return found


async def examine_steps(
    endpoint: Endpoint, policy: AddressPolicy, *, seconds: float
) -> AsyncIterator[Examination]:
    """What is known so far, again and again: at most `MOST_CALLS` calls of `seconds` each.

    Without a model, the only one that is listed is tried. Never raises for what a vendor or
    network does, and no sentence holds a secret.
    """
    client = Client(policy=policy, connect_timeout=seconds, idle_timeout=seconds)
    try:
        async for found in _Examiner(endpoint, client, seconds).run():
            yield found
    finally:
        await client.close()


async def _next(steps: AsyncIterator[Examination]) -> Examination | None:
    return await anext(steps, None)


class _Examiner:
    """The calls, one after the other, and what each shows."""

    def __init__(self, endpoint: Endpoint, client: Client, seconds: float) -> None:
        self.endpoint, self.client, self.seconds = endpoint, client, seconds
        self.vendor = vendor_named(endpoint.vendor)
        self.found = Examination()

    async def run(self) -> AsyncIterator[Examination]:
        listed = await self.client.models(self._as("?"), seconds=self.seconds)
        if isinstance(listed, Failed) and access.is_closed(listed):
            yield self._ended_early(listed)
            return
        self.found.models = () if listed is None or isinstance(listed, Failed) else listed
        if not self.endpoint.model and len(self.found.models) == 1:
            self.endpoint = self._as(self.found.models[0])
        if not self.endpoint.model:
            yield self._without_a_model(listed)
            return
        answer = await self._ask(probes.ANSWER)
        if isinstance(answer, Failed) and access.is_closed(answer):
            yield self._ended_early(answer)
            return
        yield self._note_answer(listed, answer)
        if isinstance(answer, Completed):
            for name in ("tools", "json_schema", "images", "seed"):
                self._note(name, await self._capability(name))
                yield self.found
            self._note("package", await self._package())
            yield self.found

    def _note_answer(self, listed: Listed, answer: Outcome) -> Examination:
        self._note_access(listed, answer)
        self._note("answers", probes.answers(answer, self.endpoint.secrets))
        if isinstance(answer, Completed):
            self._note("streams", probes.streams(answer))
            self._note("usage", probes.usage(answer))
        else:
            self.found.rest(_EARLIER)
        return self.found

    async def _capability(self, name: str) -> Shown:
        if name == "seed":
            if self.vendor.seed_field is None:
                return probes.no_seed(self.vendor)
            return probes.seed(await self._ask(probes.SEED), await self._ask(probes.SEED))
        question, judge = _QUESTIONS[name]
        return judge(await self._ask(question), self.endpoint.secrets)

    async def _package(self) -> Shown:
        def send(body: bytes) -> Awaitable[Answer]:
            return self.client.raw(self.endpoint, body, seconds=self.seconds)

        try:
            return await answers_the_package(self.endpoint, send, seconds=self.seconds)
        except CallError as error:
            return Shown(False, error.message)

    async def _ask(self, conversation: Conversation) -> Outcome:
        return await self.client.ask(self.endpoint, conversation, deadline=self.seconds)

    def _as(self, model: str) -> Endpoint:
        return replace(self.endpoint, model=self.endpoint.model or model)

    def _note(self, name: str, shown: Shown) -> None:
        self.found.note(name, shown)

    # ── what the first calls show ─────────────────────────────────────────────

    def _ended_early(self, failed: Failed) -> Examination:
        """Nothing answered, or the key was refused: the rest would fail in the same way."""
        if failed.status is None and failed.kind is FailureKind.UNAUTHORISED:
            self._note("reaches", Shown(None, gettext_noop("Not tried: the sign-in before it failed.")))
            self._note("authorises", Shown(False, failed.message))
        elif not access.answered(failed):
            self._note("reaches", access.unanswered(self.endpoint, failed, self.seconds))
        else:
            self._note("reaches", access.reached(self.endpoint))
            self._note("authorises", Shown(False, failed.message))
        self.found.rest(_EARLIER)
        return self.found

    def _without_a_model(self, listed: Listed) -> Examination:
        known = listed is not None
        self._note("reaches", access.reached(self.endpoint) if known else Shown(None, _NO_MODEL))
        for name, shown in access.list_alone(listed).items():
            self._note(name, shown)
        self.found.rest(_NO_MODEL)
        return self.found

    def _note_access(self, listed: Listed, answer: Outcome) -> None:
        self._note("reaches", access.reached(self.endpoint))
        self._note("authorises", access.authorised(self.endpoint, listed, answer))
        self._note("models", access.among(self.endpoint, listed, answer))
