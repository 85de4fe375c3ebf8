"""
Signatures with a private RSA key: PKCS#1 v1.5 with SHA-256, in base64 on one line (api-facts 3).

Imported only where there is such a key: the library is the extra ``rsa``.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tradewarden.errors import CredentialsError

if TYPE_CHECKING:
    from tradewarden.model.secret import RsaKey

SMALLEST_BITS = 2048  # 3Commas takes keys of 2048 and 4096 bits

PUBLIC = "holds a public key: that one is for 3Commas. Put the private key that belongs to it here."
ENCRYPTED = (
    "is protected by a pass phrase, and nobody is there to type it. Write the key without one "
    "(openssl pkey -in OLD -out NEW), and protect the file: mode 0600, or an encrypted systemd credential."
)
NO_KEY = (
    "does not hold a private RSA key in PEM form, whole and undamaged. "
    "It begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----."
)
NOT_RSA = "holds a private key of another kind: 3Commas takes RSA keys only. Make one: openssl genrsa -out KEY 2048"


class RsaSigner:
    """
    RSA PKCS#1 v1.5 with SHA-256 in base64. Raises CredentialsError, without any of the key, for what is no such key.
    """

    def __init__(self, key: RsaKey) -> None:
        self._key = _private_key(key)

    def sign(self, message: bytes) -> str:
        """
        Return the signature of *message* in base64, on one line.
        """
        return base64.b64encode(self._key.sign(message, PKCS1v15(), SHA256())).decode()


def _private_key(key: RsaKey) -> RSAPrivateKey:
    # The key's text stands in no local variable: a traceback that shows them shows none of it.
    found, problem = _load(key)
    if found is None:
        msg = f"{key.origin} {problem}"
        raise CredentialsError(msg)
    if found.key_size < SMALLEST_BITS:
        msg = (
            f"{key.origin} holds an RSA key of {found.key_size} bits: 3Commas takes {SMALLEST_BITS} and more. "
            f"Make a new one: openssl genrsa -out KEY {SMALLEST_BITS}"
        )
        raise CredentialsError(msg)
    return found


def _load(key: RsaKey) -> tuple[RSAPrivateKey | None, str]:
    """
    Return the key, or ``None`` and what is wrong with it.
    """
    if "PRIVATE KEY-----" not in key.pem.reveal() and "PUBLIC KEY-----" in key.pem.reveal():
        return None, PUBLIC
    try:
        found = load_pem_private_key(key.pem.reveal().encode(), password=None)
    except TypeError:
        return None, ENCRYPTED
    except (ValueError, UnsupportedAlgorithm):
        return None, NO_KEY
    return (found, "") if isinstance(found, RSAPrivateKey) else (None, NOT_RSA)
