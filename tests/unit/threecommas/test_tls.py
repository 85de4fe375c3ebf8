"""
TLS is always verified: a server that cannot prove that it is the one gets no byte of a request.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api_client import make_rig
from tradewarden.errors import TransientError
from tradewarden.model.cancel import Answer
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = datetime.now(UTC)
ENVIRONMENT = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """
    One that nobody trusts unless told to, with its certificate in *file*.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    file: Path


@dataclass
class TlsServer:
    """
    What it heard: *requests* that came through after a handshake, *alerts* of handshakes that came to nothing.
    """

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/public/api"


def certify(
    authority: Authority | None, key: ec.EllipticCurvePrivateKey, *, host: str, ends: datetime
) -> x509.Certificate:
    """
    Write a certificate for *key*, signed by *authority* or by itself.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = [x509.IPAddress(ip_address(host))] if host[0].isdigit() else [x509.DNSName(host)]
    builder = x509.CertificateBuilder().subject_name(name).public_key(key.public_key())
    builder = builder.issuer_name(name if authority is None else authority.certificate.subject)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(TODAY - timedelta(days=60))
    builder = builder.not_valid_after(ends).add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
    return builder.sign(key if authority is None else authority.key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify(None, key, host="authority.example", ends=TODAY + timedelta(days=60))
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(key=key, certificate=certificate, file=file)


@contextmanager
def serving(folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Iterator[TlsServer]:
    """
    Serve TLS on loopback with *certificate*, one connection after the other.
    """
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    seen = TlsServer()

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        if got := secured.recv(65_536):
                            seen.requests.append(got)
                            secured.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"valid": true}')
                except OSError as error:
                    seen.alerts.append(str(error))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen.port = listener.getsockname()[1]
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield seen
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


async def try_both(server: TlsServer) -> tuple[TransientError, Answer]:
    """
    Send a read and a DELETE, and return how each failed.
    """
    rig = make_rig(url=server.url, timeout=timedelta(seconds=10))

    async def fine() -> str | None:
        return None

    async with rig.client:
        with pytest.raises(TransientError) as caught:
            await rig.client.validate()
        answer = await rig.client.cancel_step(
            SmartTradeId(1),
            TradeId(2),
            last_check=fine,
            read_asked_at=rig.clock.now(),
            connect_within=timedelta(seconds=5),
            reservation=await rig.client.reserve_cancel(),
        )
        assert rig.client.requests_sent == 0
    return caught.value, answer.answer


CASES = ["signed by itself", "by an unknown authority", "expired", "of another host"]


@pytest.mark.parametrize("case", CASES)
async def test_a_server_that_cannot_prove_itself_gets_no_byte(
    case: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither key nor signature, and a DELETE is *not sent*. Nothing in the environment changes that."""
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, str(authority.file.parent if name == "SSL_CERT_DIR" else authority.file))
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify(
        None if case == "signed by itself" else authority,
        key,
        host="api.3commas.io" if case == "of another host" else "127.0.0.1",
        ends=TODAY + timedelta(days=-1 if case == "expired" else 30),
    )

    with serving(tmp_path, certificate, key) as server:
        error, answer = await try_both(server)

    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert answer is Answer.NOT_SENT
    assert server.requests == []
    assert len(server.alerts) == 4  # three tries to read, and the one DELETE


@pytest.mark.parametrize(
    ("case", "why"),
    [("valid", None), ("expired", "certificate has expired"), ("of another host", "IP address mismatch")],
)
async def test_of_a_trusted_authority_only_a_certificate_for_this_host_and_time_counts(
    case: str, why: str | None, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server, once its authority is among those that are trusted: so it is no other fault that stops it."""
    monkeypatch.setattr("certifi.where", lambda: str(authority.file))
    key = ec.generate_private_key(ec.SECP256R1())
    host = "api.3commas.io" if case == "of another host" else "127.0.0.1"
    ends = TODAY + timedelta(days=-1 if case == "expired" else 30)

    with serving(tmp_path, certify(authority, key, host=host, ends=ends), key) as server:
        if why is None:
            async with make_rig(url=server.url).client as client:
                await client.validate()
        else:
            error, answer = await try_both(server)
            assert why in str(error)
            assert answer is Answer.NOT_SENT

    assert len(server.requests) == (1 if why is None else 0)


async def test_no_key_of_a_connection_is_written_for_others(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$SSLKEYLOGFILE, left over from a debugging session, would let whoever listens read the API key."""
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    monkeypatch.setattr("certifi.where", lambda: str(authority.file))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify(authority, key, host="127.0.0.1", ends=TODAY + timedelta(days=30))

    with serving(tmp_path, certificate, key) as server:
        async with make_rig(url=server.url).client as client:
            await client.validate()

    assert len(server.requests) == 1
    assert not log.exists()
