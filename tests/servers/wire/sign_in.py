"""Sign-in services that give tokens: Microsoft Entra ID's and Google's, as their references describe them."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .base import Asked, Reply, WireVendor, whole

TENANT, CLIENT, SECRET = "tenant-1", "client-1", "entra-secret-never-to-be-shown"
TOKEN = "token-never-to-be-shown-"


class SignIn(WireVendor):
    """Gives `TOKEN` and a number, for `seconds`. `busy`: what it answers instead, once."""

    def __init__(self, seconds: float = 3599) -> None:
        super().__init__()
        self.seconds = seconds
        self.given = 0
        self.busy: list[Reply] = []
        self.private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def route(self, asked: Asked) -> Reply:
        if self.busy:
            return self.busy.pop()
        form = {name: values[0] for name, values in parse_qs(asked.raw.decode()).items()}
        if form.get("grant_type") == "client_credentials":
            return self._entra(asked, form)
        if form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._google(form["assertion"])
        return whole({"error": "unsupported_grant_type"}, 400)

    def account(self, url: str) -> str:
        """A service account's file, as Google gives it out."""
        pem = self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        told = {
            "type": "service_account",
            "project_id": "project-1",
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "client_email": "robot@project-1.iam.gserviceaccount.com",
            "token_uri": f"{url}/token",
        }
        return json.dumps(told)

    def _entra(self, asked: Asked, form: dict[str, str]) -> Reply:
        if form["scope"] != "https://cognitiveservices.azure.com/.default":
            return whole({"error": "invalid_scope", "error_description": "AADSTS70011"}, 400)
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            said = f"AADSTS7000215: Invalid client secret provided: {form['client_secret']}"
            return whole({"error": "invalid_client", "error_description": said}, 401)
        return self._give()

    def _google(self, assertion: str) -> Reply:
        signed, _, signature = assertion.rpartition(".")
        claims = json.loads(_decoded(signed.partition(".")[2]))
        try:
            self.private_key.public_key().verify(
                _decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return whole({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        if (
            claims["scope"] != "https://www.googleapis.com/auth/cloud-platform"
            or claims["exp"] <= claims["iat"]
        ):
            return whole({"error": "invalid_grant", "error_description": "Invalid JWT"}, 400)
        return self._give()

    def _give(self) -> Reply:
        self.given += 1
        token = f"{TOKEN}{self.given}"
        return whole({"token_type": "Bearer", "expires_in": self.seconds, "access_token": token})


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
