"""
``run --once`` with an API key of the kind RSA, and with files that hold none.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tradewarden.simulator.api import Faults
from tradewarden.simulator.messages import Request, Response

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.simulator.api import Api

pytestmark = pytest.mark.process

PRIVATE = rsa.generate_private_key(65537, 2048)


class Verifier(Faults):
    """
    Verifies each signature with the public key over path and query as they came, and answers with no SmartTrade.
    """

    def __init__(self) -> None:
        self.verified: list[str] = []

    def before(self, request: Request) -> Response | None:
        signature = base64.b64decode(request.header("Signature") or "", validate=True)
        PRIVATE.public_key().verify(signature, request.target.encode(), padding.PKCS1v15(), hashes.SHA256())
        self.verified.append(request.target)
        return Response(status=200, body=b"[]")

    def after(self, request: Request, response: Response) -> Response:
        del request
        return response


@pytest.fixture
def key_file(environ: dict[str, str], tmp_path: Path) -> Path:
    """
    Give the process a key file instead of the secret.
    """
    file = tmp_path / "key.pem"
    file.touch(mode=0o600)
    del environ["THREECOMMAS_API_SECRET"]
    environ["THREECOMMAS_RSA_KEY_FILE"] = str(file)
    return file


def test_requests_are_signed_with_the_rsa_key(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, key_file: Path
) -> None:
    key_file.write_bytes(PRIVATE.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    exchange.faults = verifier = Verifier()
    process = start("run", "--once", "--json")

    out, err = process.communicate(timeout=30)

    assert process.returncode == 0, err
    assert json.loads(out)["errors"] == []
    assert [target.partition("?")[0] for target in verifier.verified] == ["/public/api/v2/smart_trades"]
    assert not any(line in out + err for line in key_file.read_text().splitlines())


def test_a_public_key_ends_the_start_with_77(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, key_file: Path
) -> None:
    public = PRIVATE.public_key()
    key_file.write_bytes(public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))
    process = start("run", "--once")

    out, err = process.communicate(timeout=30)

    assert process.returncode == 77
    assert f"{key_file} holds a public key" in err
    assert "Traceback" not in err
    assert not any(line in out + err for line in key_file.read_text().splitlines())
    assert exchange.requests == []
