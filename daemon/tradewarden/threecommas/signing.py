"""
The signature of a request, as 3Commas wants it (api-facts 3).

The message is the path with its ``/public/api``, then ``?`` and the query exactly as sent if there is one. No time and
no nonce is in it: a signature is as good as a password for its request and is never shown.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Protocol

import httpx

from tradewarden.errors import CredentialsError
from tradewarden.model.secret import RsaKey

if TYPE_CHECKING:
    from collections.abc import Generator

    from tradewarden.model.secret import Secret

API_KEY_HEADER = "Apikey"
SIGNATURE_HEADER = "Signature"


class Signer(Protocol):
    """
    Whatever turns the message into a signature: a shared secret or a private RSA key.
    """

    def sign(self, message: bytes) -> str:
        """
        Return the signature of *message*, ready for the header.
        """
        ...


class HmacSigner:
    """
    HMAC-SHA256 in hex, with the secret's text as it is as the key.
    """

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def sign(self, message: bytes) -> str:
        """
        Return the signature of *message* in lower-case hex.
        """
        return hmac.new(self._secret.reveal().encode(), message, hashlib.sha256).hexdigest()


def signer_of(key: Secret | RsaKey) -> Signer:
    """
    Return the signer for an API key's secret or RSA key.

    Raises CredentialsError, a sentence without any of the key, if it is not one to sign with or its library is missing.
    """
    if not isinstance(key, RsaKey):
        return HmacSigner(key)
    try:
        from tradewarden.threecommas.rsa_signing import RsaSigner  # noqa: PLC0415 (its library is an extra)
    except ImportError as error:
        msg = (
            f"{key.origin} is an RSA key, and the library that signs with it cannot be used ({error}): "
            "install the packages of requirements-rsa.lock."
        )
        raise CredentialsError(msg) from None
    return RsaSigner(key)


class SignedRequests(httpx.Auth):
    """
    Give every request the API key and its signature. The answer is never asked to try again.
    """

    def __init__(self, *, api_key: Secret, signer: Signer) -> None:
        self._api_key = api_key
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """
        Sign what will stand in the request line: the raw path and query.
        """
        request.headers[API_KEY_HEADER] = self._api_key.reveal()
        request.headers[SIGNATURE_HEADER] = self._signer.sign(request.url.raw_path)
        yield request
