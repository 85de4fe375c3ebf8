"""
Where the API credentials come from: never from the rules file.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradewarden.errors import CredentialsError
from tradewarden.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_NAME, SECRET_NAME, RSA_NAME = "threecommas_api_key", "threecommas_api_secret", "threecommas_rsa_key"
SYSTEM_FOLDER = Path("/etc/tradewarden/credentials")
LONGEST_BYTES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """
    An HMAC key pair, and in *origin* where it was found.
    """

    api_key: Secret
    api_secret: Secret
    origin: str


def find_credentials(environ: Mapping[str, str], *, system_folder: Path = SYSTEM_FOLDER) -> Credentials:
    """
    Look in systemd's credentials, then in the environment, then in the system folder: the first that has a key.

    Raises CredentialsError, in a sentence that names the places but never a value.
    """
    systemd_folder = environ.get("CREDENTIALS_DIRECTORY")
    if systemd_folder and (Path(systemd_folder) / KEY_NAME).exists():
        return _from_folder(Path(systemd_folder), origin="systemd credentials")
    if environ.get("THREECOMMAS_API_KEY"):
        return _from_environment(environ)
    try:
        present = (system_folder / KEY_NAME).exists()
    except OSError:
        present = True  # not ours to look into: reading it tells why
    if present:
        return _from_folder(system_folder, origin=str(system_folder))
    msg = (
        "no API credentials found. Give them as systemd credentials, as THREECOMMAS_API_KEY and THREECOMMAS_API_SECRET "
        f"in the environment, or as the files {KEY_NAME} and {SECRET_NAME} in {system_folder} (owner root, mode 0600)."
    )
    raise CredentialsError(msg)


def _from_environment(environ: Mapping[str, str]) -> Credentials:
    if not environ.get("THREECOMMAS_API_SECRET"):
        if environ.get("THREECOMMAS_RSA_KEY_FILE"):
            raise CredentialsError(_no_rsa("THREECOMMAS_RSA_KEY_FILE"))
        msg = "THREECOMMAS_API_KEY is set but THREECOMMAS_API_SECRET is not: set both."
        raise CredentialsError(msg)
    return Credentials(
        api_key=_checked(environ["THREECOMMAS_API_KEY"], "THREECOMMAS_API_KEY"),
        api_secret=_checked(environ["THREECOMMAS_API_SECRET"], "THREECOMMAS_API_SECRET"),
        origin="the environment",
    )


def _from_folder(folder: Path, *, origin: str) -> Credentials:
    if not _exists(folder / SECRET_NAME) and _exists(folder / RSA_NAME):
        raise CredentialsError(_no_rsa(str(folder / RSA_NAME)))
    return Credentials(api_key=_read(folder / KEY_NAME), api_secret=_read(folder / SECRET_NAME), origin=origin)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _no_rsa(what: str) -> str:
    return f"{what} names an RSA key: RSA keys are not available yet. Use an API key with a secret (HMAC) for now."


def _read(path: Path) -> Secret:
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise CredentialsError(_no_file(path))
            text = file.read(LONGEST_BYTES + 1).decode("ascii")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        msg = (
            f"{path} cannot be read: {error.strerror}. It must exist and be readable by the user that runs TradeWarden."
        )
        raise CredentialsError(msg) from None
    return _checked(text, str(path))


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to would keep us waiting for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _no_file(path: Path) -> str:
    return f"{path} is not a file but a pipe or a device: make it a file that holds nothing but the key."


def _checked(text: str, where: str) -> Secret:
    value = text.strip()
    if not value or len(value) > LONGEST_BYTES or not value.isascii() or not value.isprintable() or " " in value:
        msg = f"{where} does not hold a key: it is empty, or more than one line of plain characters."
        raise CredentialsError(msg)
    return Secret(value)
