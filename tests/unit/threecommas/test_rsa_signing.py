"""
RSA signatures: verified with the public key, over what really stands in the request line; and keys that are none.

No key is kept here: each run makes its own.
"""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import subprocess
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from api_client import API_KEY, api_error, make_rig
from loopback import answering, loopback, response
from tradewarden.errors import AccessDenied, CredentialsError
from tradewarden.model.cancel import Answer
from tradewarden.model.secret import RsaKey, Secret
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.threecommas.rsa_signing import RsaSigner
from tradewarden.threecommas.signing import HmacSigner, signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "signature_vectors.json").read_text())
PRIVATE = rsa.generate_private_key(65537, 2048)
PUBLIC = PRIVATE.public_key()
PKCS1, PKCS8 = form.PrivateFormat.TraditionalOpenSSL, form.PrivateFormat.PKCS8
PASS_PHRASE = form.BestAvailableEncryption(b"pass phrase")
ORIGIN = "/etc/tradewarden/credentials/threecommas_rsa_key"


def pem_of(
    key: PrivateKey, shape: form.PrivateFormat = PKCS8, protection: form.KeySerializationEncryption | None = None
) -> str:
    return key.private_bytes(form.Encoding.PEM, shape, protection or form.NoEncryption()).decode()


def public_pem(shape: form.PublicFormat) -> str:
    return PUBLIC.public_bytes(form.Encoding.PEM, shape).decode()


def key_of(pem: str) -> RsaKey:
    return RsaKey(pem=Secret(pem), origin=ORIGIN)


SIGNER = RsaSigner(key_of(pem_of(PRIVATE)))


def verify(signature: str, message: str, by: rsa.RSAPublicKey = PUBLIC) -> None:
    """
    Raise InvalidSignature unless *signature* is what 3Commas wants for *message*.
    """
    by.verify(base64.b64decode(signature, validate=True), message.encode(), padding.PKCS1v15(), hashes.SHA256())


# The signature

# The public half of the documentation's example key: it follows from the published signatures.
PUBLISHED = rsa.RSAPublicNumbers(
    65537,
    int(
        "b2931faca0e5efc80c5abe043bd36bf4ba198ab3ef90df77a060ced4b3e7bc32309264d54025eff44020cf3e04dfa07d46e5"
        "c8ba433276bc02aad3ce6b0792005823f4c6743c5c085ac1e4e31edf954254dd823751bdae73e8e5d8c6edc5fa1e8b971b63"
        "a880c2ca7e1f278aadda27547b4477d985bad778ebcfaf3bbfabc7f33cd289dc7ddb8d55ffc6451d8c71338ee0fb66e2cebc"
        "7256347725cc44b89d423c9d3cf60d8eecece3b0d5c4d2beb57192ed04872ee0bb54efd80575aa64dcef8a2d4a78210878f2"
        "5fcf4eb2c1915374dc59b76512a2e740814301bc983470b2aa409171a7ad8f7b3e9a582d2557dc833c7a54c29f917eb3623f"
        "6d77bca39b9d",
        16,
    ),
).public_key()


@pytest.mark.parametrize("vector", VECTORS["derived_rsa_base64"], ids=lambda vector: vector["case"])
def test_the_known_answers_are_what_these_tests_call_a_signature(vector: dict[str, str]) -> None:
    verify(vector["signature"], vector["message"], by=PUBLISHED)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_the_public_key_verifies_what_was_signed(message: str) -> None:
    signature = SIGNER.sign(message.encode())

    verify(signature, message)
    assert len(signature) == 344  # 256 bytes on one line
    assert signature.isprintable()
    with pytest.raises(InvalidSignature):
        verify(signature, message + "?")


def test_the_same_request_has_the_same_signature() -> None:
    """
    PKCS#1 v1.5, not PSS, which differs each time.
    """
    assert SIGNER.sign(b"/public/api/ver1/validate") == SIGNER.sign(b"/public/api/ver1/validate")


@pytest.mark.parametrize("shape", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
@pytest.mark.parametrize("edit", [str, lambda pem: f"a comment\n\n{pem}\n\n", lambda pem: pem.replace("\n", "\r\n")])
def test_a_key_is_read_in_every_form_in_which_it_comes(shape: form.PrivateFormat, edit: Callable[[str], str]) -> None:
    signer = RsaSigner(key_of(edit(pem_of(PRIVATE, shape))))

    verify(signer.sign(b"/public/api"), "/public/api")


def test_a_key_of_4096_bits_signs_too() -> None:
    private = rsa.generate_private_key(65537, 4096)

    signature = base64.b64decode(RsaSigner(key_of(pem_of(private))).sign(b"/public/api"))

    private.public_key().verify(signature, b"/public/api", padding.PKCS1v15(), hashes.SHA256())


async def fine() -> str | None:
    return None


async def test_path_and_query_are_signed_as_they_go_over_the_wire() -> None:
    """
    A list, a SmartTrade, its trades, the validation and the DELETE, over a real connection.
    """
    denied = response(401, b'{"error": "signature_invalid"}')
    async with loopback(answering(*[denied] * 5)) as server:
        rig = make_rig(url=server.url, signer=SIGNER)
        async with rig.client as client:
            for read in (client.list_open(), client.validate()):
                with pytest.raises(AccessDenied):
                    await read
            answer = await client.cancel_step(
                SmartTradeId(1),
                TradeId(2),
                last_check=fine,
                read_asked_at=rig.clock.now(),
                connect_within=timedelta(seconds=5),
                reservation=await client.reserve_cancel(),
            )
            with pytest.raises(AccessDenied):
                await client.read(SmartTradeId(1))

    assert answer.answer is Answer.REJECTED
    lines = [head.split("\r\n") for head in server.requests]
    for request_line, *headers in lines:
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in headers)}
        assert found["apikey"] == API_KEY
        verify(found["signature"], request_line.split(" ")[1])
    assert {line[0].split(" ")[0] for line in lines} == {"GET", "DELETE"}
    assert "DELETE /public/api/v2/smart_trades/1/trades/2 HTTP/1.1" in {line[0] for line in lines}
    assert any("?order_by=created_at&order_direction=asc&page=1" in line[0] for line in lines)


# Which signer


def test_the_kind_of_the_key_decides() -> None:
    assert isinstance(signer_of(Secret("secret")), HmacSigner)
    assert isinstance(signer_of(key_of(pem_of(PRIVATE))), RsaSigner)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tradewarden.threecommas.rsa_signing")
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(CredentialsError, match=r"requirements-rsa.lock") as caught:
        signer_of(key_of(pem_of(PRIVATE)))

    assert str(caught.value).startswith(ORIGIN)


def test_a_secret_needs_no_such_library() -> None:
    """
    It is an extra, and 10 MB.
    """
    program = (
        "import sys; from tradewarden.model.secret import Secret; from tradewarden.threecommas import client, signing; "
        "signing.signer_of(Secret('x')).sign(b'/'); sys.exit('cryptography' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 (fixed arguments)


# Keys that are none


def damaged(pem: str) -> str:
    lines = pem.splitlines()
    return "\n".join([*lines[:5], lines[5][::-1], *lines[6:]])


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        pytest.param(public_pem(form.PublicFormat.SubjectPublicKeyInfo), "holds a public key", id="public"),
        pytest.param(public_pem(form.PublicFormat.PKCS1), "holds a public key", id="public, PKCS#1"),
        pytest.param(pem_of(PRIVATE, PKCS8, PASS_PHRASE), "protected by a pass phrase", id="encrypted"),
        pytest.param(pem_of(PRIVATE, PKCS1, PASS_PHRASE), "protected by a pass phrase", id="encrypted, PKCS#1"),
        pytest.param(pem_of(ec.generate_private_key(ec.SECP256R1())), "RSA keys only", id="elliptic curve"),
        pytest.param(pem_of(ec.generate_private_key(ec.SECP256R1()), PKCS1), "RSA keys only", id="EC PRIVATE KEY"),
        pytest.param(pem_of(ed25519.Ed25519PrivateKey.generate()), "RSA keys only", id="Ed25519"),
        pytest.param(pem_of(rsa.generate_private_key(65537, 1024)), "of 1024 bits", id="too small"),  # noqa: S505 (refused)
        pytest.param(pem_of(PRIVATE)[:-40], "whole and undamaged", id="cut off"),
        pytest.param(damaged(pem_of(PRIVATE)), "whole and undamaged", id="damaged"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "whole and undamaged", id="hollow"),
        pytest.param("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "undamaged", id="certificate"),
        pytest.param("-----BEGIN ", "whole and undamaged", id="a beginning"),
    ],
)
def test_what_is_no_private_rsa_key_is_refused_in_a_sentence(pem: str, says: str) -> None:
    """
    At start-up, with the exit code for credentials, and with nothing of the key: not even in a traceback with locals.
    """
    with pytest.raises(CredentialsError, match=says) as caught:
        signer_of(key_of(pem))

    assert caught.value.exit_code == 77
    assert str(caught.value).startswith(f"{ORIGIN} ")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    ours = shown[shown.index("threecommas/signing.py") :]  # the frame of this test holds the PEM as a plain text
    assert not any(line in ours for line in pem.splitlines() if len(line) > 40)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_no_text_at_all_upsets_it(text: str) -> None:
    with pytest.raises(CredentialsError):
        RsaSigner(key_of(f"-----BEGIN RSA PRIVATE KEY-----\n{text}\n-----END RSA PRIVATE KEY-----\n"))


async def test_nothing_shows_key_or_signature(caplog: pytest.LogCaptureFixture) -> None:
    """
    Not even an answer that repeats the signature, which is as good as a password for its request.
    """
    key = key_of(pem_of(PRIVATE))
    caplog.set_level(logging.DEBUG)
    rig = make_rig(lambda asked: api_error(401, "signature_invalid", asked.headers["Signature"]), signer=SIGNER)

    with pytest.raises(AccessDenied) as caught:
        await rig.client.validate()

    shown = "".join([repr(key), str(key), f"{key}", repr(SIGNER), str(SIGNER), repr(vars(SIGNER)), caplog.text])
    shown += "".join(traceback.format_exception(caught.value))
    assert "signature_invalid: ***" in shown
    assert rig.requests[0].headers["Signature"] not in shown
    assert not any(line in shown for line in key.pem.reveal().splitlines())


def test_neither_key_nor_signer_can_be_written_somewhere() -> None:
    for value in (key_of(pem_of(PRIVATE)), SIGNER):
        with pytest.raises(TypeError):
            pickle.dumps(value)
    assert copy.deepcopy(key_of("x")) == key_of("x")
