"""Amazon's signature over a request (SigV4), made by `botocore`.

Reference: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html. Imported when
the first request to Amazon is signed: it takes a quarter of a second.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .errors import BadEndpointError
from .wording import gettext_noop

if TYPE_CHECKING:
    from .endpoints import Endpoint

ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN = "access_key_id", "secret_access_key", "session_token"
_SERVICE = "bedrock"
# Where everything is logged, botocore would write the session token of each request.
logging.getLogger("botocore.auth").setLevel(logging.INFO)


def signed_headers(endpoint: Endpoint, method: str, url: str, body: bytes) -> dict[str, str]:
    """The headers that sign this one request, for some minutes. Raises BadEndpointError without keys."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    key, secret = endpoint.credential(ACCESS_KEY_ID), endpoint.credential(SECRET_ACCESS_KEY)
    if not key or not secret or not endpoint.region:
        raise BadEndpointError(
            gettext_noop(
                "Amazon needs a region, an access key ID and a secret access key. Enter all three."
            )
        )
    request = AWSRequest(method, url, data=body)
    credentials = Credentials(key, secret, endpoint.credential(SESSION_TOKEN) or None)
    SigV4Auth(credentials, _SERVICE, endpoint.region).add_auth(request)
    return dict(request.headers.items())
