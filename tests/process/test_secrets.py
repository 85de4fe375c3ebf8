"""
Every command, against a server that repeats what it was sent in every way it can: nothing of it is shown or kept.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Answer = Callable[[str, str], bytes]

pytestmark = pytest.mark.process

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
PART, PART_OF_A_SIGNATURE = 8, 12  # what is shown of ids and digests is hexadecimal too
AGAIN = ("--state", "state/again")  # a folder that knows of no penalty yet
RULES = 'version: 1\nmode: live\napi: {timeout: 2s}\nrules: [{name: any, when: note like "*", cancel: farthest}]\n'
PLANTED = """\
import sys
from tradewarden.threecommas import signing

def sign(self, message):
    raise RuntimeError("planted")

signing.HmacSigner.sign = sign
from tradewarden.__main__ import main
sys.exit(main())
"""


def http(status: int, body: object, *headers: str) -> bytes:
    content = json.dumps(body).encode()
    return "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", *headers, "", ""]).encode() + content


def smart_trade(text: str) -> dict[str, object]:
    step = {"id": 5, "position": 1, "status": {"type": text}, "order_type": text}
    steps = {"enabled": True, "steps": [step]}
    return {"id": 7, "account": {"id": 1, "type": text}, "pair": text, "note": text, "take_profit": steps}


ECHOES: list[Answer] = [
    lambda key, signature: http(401, {"error": f"bad {key}", "error_description": signature}, f"X-Request-Id: {key}"),
    lambda key, signature: http(400, {"error": key[:30], "error_description": f"it begins with {signature[:20]}"}),
    lambda key, signature: http(200, [smart_trade(key), smart_trade(signature)]),
    lambda key, signature: f"HTTP/1.1 200 OK\r\nno header {key} {signature}\r\n\r\n".encode(),
    lambda key, signature: http(302, {}, f"Location: http://127.0.0.1/{key}", f"Age: {signature}"),
    lambda key, signature: http(429, {"error": key.lower(), "error_description": signature.upper()}),
]


class Echo:
    """
    Repeats key and signature of each request in the way *answer* says, and keeps the signatures.
    """

    def __init__(self, port: int) -> None:
        self.answer = ECHOES[0]
        self.signatures: set[str] = set()
        self.url = f"http://127.0.0.1:{port}/public/api"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                head = b""
                while b"\r\n\r\n" not in head and (piece := connection.recv(65_536)):
                    head += piece
                sent = dict(re.findall(r"(?im)^(apikey|signature): (.*)\r$", head.decode()))
                values = {name.lower(): value for name, value in sent.items()}
                if values:
                    self.signatures.add(values["signature"])
                    connection.sendall(self.answer(values["apikey"], values["signature"]))


@contextmanager
def echoing() -> Iterator[Echo]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        echo = Echo(listener.getsockname()[1])
        thread = threading.Thread(target=echo.serve, args=(listener,))
        thread.start()
        yield echo
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


class Stage:
    """
    A folder in which commands run; *told* is all that they said.
    """

    def __init__(self, folder: Path, url: str, **credentials: str) -> None:
        self.folder = folder
        self.told = ""
        (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TRADEWARDEN_API_URL": url,
            "TRADEWARDEN_STATE": str(folder / "state"),
            "THREECOMMAS_API_KEY": KEY,
            # Whatever Python, asyncio and the machine say when they are asked to say more.
            "PYTHONDEVMODE": "1",
            "PYTHONASYNCIODEBUG": "1",
            **credentials,
        }

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, *command],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        said, _ = self.start(["-m", "tradewarden", *words]).communicate(timeout=50)
        self.told += said
        return said

    def crash(self) -> str:
        """
        Run the daemon until its log tells of its first cycle, and abort it.
        """
        process = self.start(["-m", "tradewarden", "run", *AGAIN])
        assert process.stdout is not None
        for line in process.stdout:
            self.told += line
            if '"cycle.ended"' in line:
                break
        process.send_signal(signal.SIGABRT)
        said, _ = process.communicate(timeout=30)
        self.told += said
        return said

    def found(self, secrets: Sequence[str], length: int) -> list[str]:
        """
        Return where any part of *secrets*, of that *length*, stands: what was said, or a file of the state folder.
        """
        state = self.folder / "state"
        files = {path.name: path.read_bytes().decode("latin1") for path in state.rglob("*") if path.is_file()}
        parts = {secret[at : at + length] for secret in secrets for at in range(len(secret) - length + 1)}
        return [where for where, text in {"told": self.told, **files}.items() if any(part in text for part in parts)]


@pytest.mark.timeout(180)
def test_no_command_shows_or_keeps_a_secret(tmp_path: Path) -> None:
    with echoing() as echo:
        stage = Stage(tmp_path, echo.url, THREECOMMAS_API_SECRET=SECRET)
        for answer in ECHOES:
            echo.answer = answer
            stage.run("run", "--once", "--json")
            stage.run("explain", "--json")
        for command in (
            ["disarm", "--reason", "a test"],
            ["arm", "--reason", "a test"],
            ["status"],
            ["status", "--json"],
            ["journal"],
            ["journal", "--json"],
            ["check", "rules.yaml"],
            ["run", "--once", "--api-url", "http://example.org/"],
            ["explain"],
            ["explain", "--at", "-0s"],
        ):
            stage.run(*command)
        echo.answer = ECHOES[2]
        aborted = stage.crash()
        planted, _ = stage.start(["-c", PLANTED, "run", "--once", *AGAIN]).communicate(timeout=30)
        stage.told += planted

    assert len(echo.signatures) >= 1
    assert stage.told.count("***") > len(ECHOES)
    assert "Fatal Python error: Aborted" in aborted
    assert "RuntimeError: planted" in planted
    assert (tmp_path / "state" / "journal.sqlite3").exists()
    assert stage.found([KEY, SECRET], PART) == []
    assert stage.found([*echo.signatures], PART_OF_A_SIGNATURE) == []


@pytest.mark.timeout(120)
def test_no_line_of_an_rsa_key_is_shown_or_kept(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
    file = tmp_path / "key.pem"
    file.touch(mode=0o600)
    with echoing() as echo:
        stage = Stage(tmp_path, echo.url, THREECOMMAS_RSA_KEY_FILE=str(file))
        for content in (pem, pem[: len(pem) // 2], pem.replace("PRIVATE", "OTHER"), "".join(pem.split("\n")[1:])):
            file.write_text(content, encoding="utf-8")
            stage.run("run", "--once")
        file.write_text(pem, encoding="utf-8")
        stage.crash()

    lines = [line for line in pem.splitlines() if "-----" not in line]
    assert len(echo.signatures) >= 1
    assert stage.found([KEY, *lines], PART) == []
    assert stage.found([*echo.signatures], PART_OF_A_SIGNATURE) == []
