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

from . import probes
from .addresses import AddressPolicy
from .answers import Answer
from .client import Client
from .endpoints import Endpoint
from .errors import BadEndpointError, CallError
from .failures import quotable
from .probes import Shown
from .reference import answers_the_package
from .urls import read_url
from .vendors import vendor_named
from .wording import Template, gettext_noop

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
_SILENT = Template(
    gettext_noop(
        "{place} took the request and did not answer within {seconds} seconds. "
        "Check that it is not overloaded or still loading its model."
    )
)
_UNTOLD = gettext_noop("It cannot be told: no call got as far as that.")
_ACCEPTED = gettext_noop("The key was accepted.")
_NO_KEY = gettext_noop("No key is set, and none was asked for.")
_NO_LIST = gettext_noop("There is no list of models to ask for here; that is no hindrance.")
_LISTS_ONE = gettext_noop("It lists 1 model")
_LISTS = Template(gettext_noop("It lists {n} models"))
_ADD_SOME = Template(gettext_noop("{many}. Add those you want to compare, then test again."))
_AMONG = Template(gettext_noop("{many}; {model} is among them."))
_WITHOUT = Template(gettext_noop("{many} without {model}, which answers all the same."))
_NOT_AMONG = Template(gettext_noop("{model} is not in its list. The list begins with: {first}."))
_ANSWERS = Template(gettext_noop("{place} answers."))
_IN_CLEAR = Template(
    gettext_noop("{place} answers. It is not encrypted: the key and the samples travel in the clear.")
)
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


async def examine_connection(
    endpoint: Endpoint, policy: AddressPolicy, *, seconds: float = 10.0
) -> Examination:
    """All checks of `endpoint`, in order."""
    found = Examination()
    async for known in examine_steps(endpoint, policy, seconds=seconds):
        found = known
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
        if isinstance(listed, Failed) and (not _answered(listed) or _denied(listed)):
            yield self._ended_early(listed)
            return
        self.found.models = () if listed is None or isinstance(listed, Failed) else listed
        if not self.endpoint.model and len(self.found.models) == 1:
            self.endpoint = self._as(self.found.models[0])
        if not self.endpoint.model:
            yield self._without_a_model(listed)
            return
        answer = await self._ask(probes.ANSWER)
        if isinstance(answer, Failed) and (not _answered(answer) or _denied(answer)):
            yield self._ended_early(answer)
            return
        yield self._note_answer(listed, answer)
        if isinstance(answer, Completed):
            for name in ("tools", "json_schema", "images", "seed"):
                self._note(name, await self._capability(name))
                yield self.found
            self._note("package", await self._package())
            yield self.found

    def _note_answer(self, listed: tuple[str, ...] | Failed | None, answer: Outcome) -> Examination:
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
        elif not _answered(failed):
            self._note("reaches", Shown(False, self._unanswered(failed)))
        else:
            self._note("reaches", self._reached())
            self._note("authorises", Shown(False, failed.message))
        self.found.rest(_EARLIER)
        return self.found

    def _unanswered(self, failed: Failed) -> str:
        """Silence has more reasons here than in a run: a server may still be loading its model."""
        if failed.kind is not FailureKind.TIMEOUT or not failed.reached:
            return failed.message
        place = read_url(self.endpoint.base_url).authority
        return _SILENT(place=place, seconds=f"{self.seconds:g}")

    def _without_a_model(self, listed: tuple[str, ...] | Failed | None) -> Examination:
        self._note("reaches", self._reached() if listed is not None else Shown(None, _NO_MODEL))
        if isinstance(listed, Failed):
            self._note("authorises", Shown(None, _UNTOLD))
            self._note("models", Shown(None if _no_list(listed) else False, listed.message))
        elif listed:
            self._note("authorises", Shown(True, gettext_noop("The list of models was given out.")))
            self._note("models", Shown(True, _ADD_SOME(many=_many(listed))))
        self.found.rest(_NO_MODEL)
        return self.found

    def _note_access(self, listed: tuple[str, ...] | Failed | None, answer: Outcome) -> None:
        self._note("reaches", self._reached())
        if isinstance(answer, Completed) or (listed is not None and not isinstance(listed, Failed)):
            keyed = any(self.endpoint.secrets)
            said = _ACCEPTED if keyed else _NO_KEY
            self._note("authorises", Shown(True, said))
        else:
            self._note("authorises", Shown(None, _UNTOLD))
        self._note("models", self._listed(listed, answer))

    def _listed(self, listed: tuple[str, ...] | Failed | None, answer: Outcome) -> Shown:
        if listed is None or (isinstance(listed, Failed) and _no_list(listed)):
            return Shown(None, _NO_LIST)
        if isinstance(listed, Failed):
            return Shown(False, listed.message)
        wanted = self.endpoint.model
        # Google writes "models/NAME" in its list and takes NAME.
        if any(name.removeprefix("models/") == wanted for name in listed):
            return Shown(True, _AMONG(many=_many(listed), model=wanted))
        if isinstance(answer, Completed):
            return Shown(None, _WITHOUT(many=_many(listed), model=wanted))
        first = quotable(", ".join(listed[:5]), self.endpoint.secrets) or "–"
        return Shown(False, _NOT_AMONG(model=wanted, first=first))

    def _reached(self) -> Shown:
        try:
            url = read_url(self.endpoint.base_url)
        except BadEndpointError as error:
            return Shown(False, error.message)
        in_clear = url.scheme == "http" and any(self.endpoint.secrets) and not _is_this_machine(url.host)
        return Shown(True, (_IN_CLEAR if in_clear else _ANSWERS)(place=url.authority))


def _answered(failed: Failed) -> bool:
    """Whether something answered in HTTP, whatever it said."""
    return failed.status is not None or failed.kind is FailureKind.ANSWER_TOO_LONG


def _denied(failed: Failed) -> bool:
    return failed.kind is FailureKind.UNAUTHORISED or failed.status in (401, 403)


def _no_list(failed: Failed) -> bool:
    return failed.status in (404, 405, 501)


def _many(models: tuple[str, ...]) -> str:
    return _LISTS_ONE if len(models) == 1 else _LISTS(n=f"{len(models):,}")


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
