"""The models a server says it offers, as the connection test and the page that adds models need them."""

from __future__ import annotations

from collections.abc import Sequence

from migration_app.evaluation.outcomes import Failed, FailureKind, Retry

from .answers import Answer
from .failures import judge_status, sentence
from .protocols import protocol_of
from .vendors import Vendor
from .waits import wait_wished
from .wording import gettext_noop


def read_models(answer: Answer, vendor: Vendor, secrets: Sequence[str]) -> tuple[str, ...] | Failed:
    """The names in an answer to a request for the list of models."""
    if answer.fault is not None:
        return Failed(answer.fault.kind, answer.fault.message, answer.fault.retry, status=answer.status)
    if not 200 <= answer.status < 300:
        diagnosis, complaint = judge_status(answer.status, answer.body, answer.headers)
        return Failed(
            diagnosis.kind,
            sentence(diagnosis, complaint, secrets),
            diagnosis.retry,
            status=answer.status,
            retry_after=wait_wished(answer.headers, body=answer.body),
        )
    names = protocol_of(vendor).model_ids(answer.body)
    if names is None:
        return Failed(FailureKind.NOT_AN_API, _NO_LIST, Retry.PARK, status=answer.status)
    return tuple(names)


_NO_LIST = gettext_noop("It answered, but not with a list of models. Check the base URL; many end in /v1.")
