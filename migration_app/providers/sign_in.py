"""What a sign-in service is asked for a token, and what it answers.

Microsoft Entra ID   client credentials: https://learn.microsoft.com/entra/identity-platform/
                     v2-oauth2-client-creds-grant-flow
Google               a service account's signed assertion: https://developers.google.com/
                     identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from migration_app.evaluation.outcomes import FailureKind, Retry

from .answers import Answer
from .errors import BadEndpointError, CallError
from .failures import judge_status, quotable, read_complaint
from .pieces import dict_of, text_of
from .urls import Url, read_url
from .usage import count
from .wording import Template, gettext_noop

if TYPE_CHECKING:
    from .endpoints import Endpoint

CLIENT_SECRET, SERVICE_ACCOUNT = "client_secret", "service_account"
_ENTRA = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_ENTRA_SCOPE = "https://cognitiveservices.azure.com/.default"
_GOOGLE = "https://oauth2.googleapis.com/token"
_GOOGLE_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_ASSERTION_SECONDS = 3600
_SHORTEST, _USUAL = 60, 3600


class Form(NamedTuple):
    """One request to a sign-in service."""

    url: Url
    body: bytes


class Token(NamedTuple):
    """What it gave, and for how many seconds."""

    text: str
    seconds: float


class SignInError(CallError):
    """The sign-in service gave no token, so the vendor was never asked."""

    kind = FailureKind.UNAUTHORISED
    retry = Retry.PARK


def entra_form(endpoint: Endpoint) -> Form:
    """Raises BadEndpointError when something is missing."""
    secret = endpoint.credential(CLIENT_SECRET)
    if not (endpoint.tenant_id and endpoint.client_id and secret):
        raise BadEndpointError(
            gettext_noop(
                "Signing in to Entra needs a tenant ID, a client ID and a client secret. Enter all three."
            )
        )
    url = endpoint.token_url or _ENTRA.format(tenant=quote(endpoint.tenant_id, safe=""))
    asked = {
        "grant_type": "client_credentials",
        "client_id": endpoint.client_id,
        "client_secret": secret,
        "scope": _ENTRA_SCOPE,
    }
    return Form(_checked(url), urlencode(asked).encode())


def google_form(endpoint: Endpoint) -> Form:
    """Raises BadEndpointError when the service account's file is missing or is none."""
    from google.auth import crypt, jwt

    signing: Any = crypt.RSASigner  # the library is not typed
    encode: Any = jwt.encode
    account = service_account(endpoint.credential(SERVICE_ACCOUNT))
    url = endpoint.token_url or text_of(account.get("token_uri")) or _GOOGLE
    now = int(time.time())
    claims = {
        "iss": account["client_email"],
        "scope": _GOOGLE_SCOPE,
        "aud": text_of(account.get("token_uri")) or _GOOGLE,
        "iat": now,
        "exp": now + _ASSERTION_SECONDS,
    }
    try:
        assertion = encode(signing.from_service_account_info(account), claims).decode()
    except Exception as error:  # the library lets through whatever its own parts raise
        raise BadEndpointError(_NO_ACCOUNT) from error
    asked = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return Form(_checked(url), urlencode(asked).encode())


def service_account(text: str) -> dict[str, Any]:
    """The service account's file, read. Raises BadEndpointError when it is none."""
    try:
        account = dict_of(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise BadEndpointError(_NO_ACCOUNT) from error
    if not (text_of(account.get("client_email")) and text_of(account.get("private_key"))):
        raise BadEndpointError(_NO_ACCOUNT)
    return account


def read_token(answer: Answer, host: str, secrets: tuple[str, ...]) -> Token:
    """The token in `answer`. Raises SignInError with what the service says."""
    if answer.fault is not None:
        raise SignInError(answer.fault.message, retry=answer.fault.retry)
    if answer.status != 200:
        raise _refusal(answer, host, secrets)
    try:
        told = dict_of(orjson.loads(answer.body))
    except orjson.JSONDecodeError:
        told = {}
    token = text_of(told.get("access_token"))
    if not token or any(not 33 <= ord(letter) <= 126 for letter in token):
        raise SignInError(_NO_TOKEN(host=host))
    return Token(token, max(_SHORTEST, count(told.get("expires_in")) or _USUAL))


def _refusal(answer: Answer, host: str, secrets: tuple[str, ...]) -> SignInError:
    diagnosis, _ = judge_status(answer.status, answer.body, answer.headers)
    busy = answer.status == 429 or answer.status >= 500
    try:
        told = dict_of(orjson.loads(answer.body))
    except orjson.JSONDecodeError:
        told = {}
    words = text_of(told.get("error_description")) or read_complaint(answer.body).sentence
    said = quotable(words, secrets)
    advice = _LATER if busy else _CREDENTIALS
    refusal = _REFUSED(host=host, advice=advice)
    error = SignInError(_QUOTED(refusal=refusal, said=said) if said else refusal)
    if busy:
        error.kind, error.retry = diagnosis.kind, diagnosis.retry
    return error


def _checked(text: str) -> Url:
    """The sign-in service's address. A secret goes there, so never in the clear over a network."""
    url = read_url(text)
    if url.scheme != "https" and url.host not in ("localhost", "127.0.0.1", "::1"):
        raise BadEndpointError(gettext_noop("The address of the sign-in service must begin with https://."))
    return url


_NO_ACCOUNT = gettext_noop(
    "The service account is not the JSON file that Google gives out. "
    "Paste the whole file, with client_email and private_key."
)
_NO_TOKEN = Template(
    gettext_noop("{host} answered without a token. Check the address of the sign-in service.")
)
_REFUSED = Template(gettext_noop("{host} gave no token for these credentials. {advice}"))
_LATER = gettext_noop("Ask again later.")
_CREDENTIALS = gettext_noop("Enter valid credentials; a client secret or a key may have expired.")
_QUOTED = Template(gettext_noop("{refusal} It says: “{said}”"))
