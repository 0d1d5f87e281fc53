"""Writes about vendors' secrets: put in, replaced, forgotten, encrypted anew; never read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english
from migration_app.providers.errors import BadEndpointError
from migration_app.providers.sign_in import SERVICE_ACCOUNT, service_account
from migration_app.said import said

from ..errors import InvalidCandidateError
from ..models import Connection
from ..secrets import Secret, SecretUnreadable, rotated
from ..ways import API_KEY

LONGEST_KEY = 4_000
LONGEST_FILE = 20_000
_STORED = ("api_key", "key_hint", "credentials", "credential_hints")


def replace_key(*, connection: Connection, user: User | None, api_key: str = "", **parts: str) -> Connection:
    """Put other secrets in place of the present ones; without any, they are removed.

    Raises InvalidCandidateError.
    """
    given = {API_KEY: api_key, **parts}
    forget_secrets(connection)
    put_secrets(connection, given)
    if any(given.values()):
        check_needed(connection)
    connection.checks, connection.checked_at = [], None
    connection.save(update_fields=[*_STORED, "checks", "checked_at"])
    record(team=connection.team, user=user, verb=english("replaced key of"), subject=connection.name)
    return connection


def put_secrets(connection: Connection, given: Mapping[str, str]) -> None:
    """Take the secrets that the connection's way in asks for; without any, the present ones stay.

    Raises InvalidCandidateError for one that is none, without repeating it.
    """
    asked = connection.way.secrets
    secrets = {name: _checked(name, given.get(name, "")) for name in asked}
    if not any(secrets.values()):
        return
    key = secrets.pop(API_KEY, "")
    connection.api_key, connection.key_hint = Secret.of(key), _hint(key)
    connection.credentials = Secret.of_parts(secrets)
    connection.credential_hints = {
        name: "" if name == SERVICE_ACCOUNT else _hint(value) for name, value in secrets.items() if value
    }


def forget_secrets(connection: Connection) -> None:
    connection.api_key = connection.credentials = Secret("")
    connection.key_hint, connection.credential_hints = "", {}


def check_needed(connection: Connection) -> None:
    """Raises InvalidCandidateError when the way in lacks something."""
    held = connection.secret_names
    for name in connection.way.needed:
        if name not in held and not getattr(connection, name, ""):
            raise InvalidCandidateError(_("This is needed to get in."), name)


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many connections were encrypted anew, and which could not be read."""

    done: int = 0
    unreadable: list[Connection] = field(default_factory=list)


def rotate_secrets() -> Rotation:
    """Encrypt every secret with the first of the keys; afterwards the others can be dropped.

    Each row is written only if nobody replaced its secrets meanwhile: then they are new anyway.
    """
    done, unreadable = 0, []
    for connection in Connection.objects.exclude(Q(api_key="") & Q(credentials="")).iterator():
        key, parts = connection.api_key, connection.credentials
        try:
            anew = {"api_key": rotated(key), "credentials": rotated(parts)}
        except SecretUnreadable:
            unreadable.append(connection)
            continue
        done += Connection.objects.filter(pk=connection.pk, api_key=key, credentials=parts).update(**anew)
    return Rotation(done, unreadable)


def _checked(name: str, text: str) -> str:
    if name == SERVICE_ACCOUNT:
        return _checked_file(text.strip())
    key = text.strip(" \t")
    if any(letter in key for letter in "\r\n"):
        raise InvalidCandidateError(_("The key runs over several lines. Paste it as one line."), name)
    if any(not 33 <= ord(letter) <= 126 for letter in key):
        raise InvalidCandidateError(
            _(
                "The key has a space or a letter that no key has, such as a long dash or a curly quote. "
                "Copy it again from the vendor's page."
            ),
            name,
        )
    if len(key) > LONGEST_KEY:
        raise InvalidCandidateError(_("The key is too long to be one. Copy only the key."), name)
    return key


def _checked_file(text: str) -> str:
    if not text:
        return ""
    if len(text) > LONGEST_FILE:
        raise InvalidCandidateError(_("The file is too long to be a service account."), SERVICE_ACCOUNT)
    try:
        service_account(text)
    except BadEndpointError as error:
        raise InvalidCandidateError(said(error.message), SERVICE_ACCOUNT) from None
    return text


def _hint(key: str) -> str:
    """The last four characters; four of a short key would give away too much of it."""
    return key[-4:] if len(key) >= 12 else ""
