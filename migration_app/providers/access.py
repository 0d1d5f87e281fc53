"""What the first calls of a connection's test show: whether it is reached, lets us in, has the model."""

from __future__ import annotations

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome

from .endpoints import Endpoint
from .errors import BadEndpointError
from .failures import quotable
from .probes import Shown
from .urls import read_url
from .wording import Template, gettext_noop

# The vendor's list of models; why there is none; or None, where no such list is known of.
Listed = tuple[str, ...] | Failed | None

_SILENT = Template(
    gettext_noop(
        "{place} took the request and did not answer within {seconds} seconds. "
        "Check that it is not overloaded or still loading its model."
    )
)
_UNTOLD = gettext_noop("It cannot be told: no call got as far as that.")
_GIVEN_OUT = gettext_noop("It gave its list of models.")
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


def is_closed(failed: Failed) -> bool:
    """Whether whatever else is asked would fail in the same way."""
    return not answered(failed) or failed.kind is FailureKind.UNAUTHORISED or failed.status in (401, 403)


def answered(failed: Failed) -> bool:
    """Whether something answered in HTTP, whatever it said."""
    return failed.status is not None or failed.kind is FailureKind.ANSWER_TOO_LONG


def unanswered(endpoint: Endpoint, failed: Failed, seconds: float) -> Shown:
    """Silence has more reasons here than in a run: a server may still be loading its model."""
    if failed.kind is not FailureKind.TIMEOUT or not failed.reached:
        return Shown(False, failed.message)
    return Shown(False, _SILENT(place=read_url(endpoint.base_url).authority, seconds=f"{seconds:g}"))


def reached(endpoint: Endpoint) -> Shown:
    try:
        url = read_url(endpoint.base_url)
    except BadEndpointError as error:
        return Shown(False, error.message)
    in_clear = url.scheme == "http" and any(endpoint.secrets) and not _is_this_machine(url.host)
    return Shown(True, (_IN_CLEAR if in_clear else _ANSWERS)(place=url.authority))


def authorised(endpoint: Endpoint, listed: Listed, answer: Outcome) -> Shown:
    if isinstance(answer, Completed) or (listed is not None and not isinstance(listed, Failed)):
        return Shown(True, _ACCEPTED if any(endpoint.secrets) else _NO_KEY)
    return Shown(None, _UNTOLD)


def list_alone(listed: Listed) -> dict[str, Shown]:
    """What the list tells by itself, while there is no model to ask: by the check's name."""
    if isinstance(listed, Failed):
        passed = None if _no_list(listed) else False
        return {"authorises": Shown(None, _UNTOLD), "models": Shown(passed, listed.message)}
    if not listed:
        return {}
    return {"authorises": Shown(True, _GIVEN_OUT), "models": Shown(True, _ADD_SOME(many=_many(listed)))}


def among(endpoint: Endpoint, listed: Listed, answer: Outcome) -> Shown:
    """Whether the model is in the list; an answer counts for more than a list."""
    if listed is None or (isinstance(listed, Failed) and _no_list(listed)):
        return Shown(None, _NO_LIST)
    if isinstance(listed, Failed):
        return Shown(False, listed.message)
    wanted = endpoint.model
    # Google writes "models/NAME" in its list and takes NAME.
    if any(name.removeprefix("models/") == wanted for name in listed):
        return Shown(True, _AMONG(many=_many(listed), model=wanted))
    if isinstance(answer, Completed):
        return Shown(None, _WITHOUT(many=_many(listed), model=wanted))
    first = quotable(", ".join(listed[:5]), endpoint.secrets) or "–"
    return Shown(False, _NOT_AMONG(model=wanted, first=first))


def _no_list(failed: Failed) -> bool:
    return failed.status in (404, 405, 501)


def _many(models: tuple[str, ...]) -> str:
    return _LISTS_ONE if len(models) == 1 else _LISTS(n=f"{len(models):,}")


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
