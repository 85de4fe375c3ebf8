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
from tradewarden.model.secret import RsaKey, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_NAME, SECRET_NAME, RSA_NAME = "threecommas_api_key", "threecommas_api_secret", "threecommas_rsa_key"
KEY_VARIABLE, SECRET_VARIABLE, RSA_VARIABLE = (
    "THREECOMMAS_API_KEY",
    "THREECOMMAS_API_SECRET",
    "THREECOMMAS_RSA_KEY_FILE",
)
SYSTEM_FOLDER = Path("/etc/tradewarden/credentials")
LONGEST_BYTES = 16_384
OPEN_TO_OTHERS = 0o066  # group or others may read or write


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """
    An API key with its secret or its private RSA key, one of the two, and in *origin* where they were found.

    *warnings* are sentences for their owner: what works and should be mended.
    """

    api_key: Secret
    api_secret: Secret | None = None
    rsa_key: RsaKey | None = None
    origin: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """
        Refuse none and both.
        """
        if (self.api_secret is None) == (self.rsa_key is None):
            raise ValueError("an API key has either a secret or an RSA key")

    @property
    def signing_key(self) -> Secret | RsaKey:
        """
        Return what requests are signed with.
        """
        if self.rsa_key is not None:
            return self.rsa_key
        assert self.api_secret is not None  # noqa: S101 (for mypy: __post_init__ has seen to it)
        return self.api_secret


def find_credentials(environ: Mapping[str, str], *, system_folder: Path = SYSTEM_FOLDER) -> Credentials:
    """
    Look in systemd's credentials, then in the environment, then in the system folder: the first that has a key.

    Raises CredentialsError, in a sentence that names the places but never a value.
    """
    systemd_folder = environ.get("CREDENTIALS_DIRECTORY")
    if systemd_folder and (Path(systemd_folder) / KEY_NAME).exists():
        return _from_folder(Path(systemd_folder), _Files(guarded=True), origin="systemd credentials")
    if environ.get(KEY_VARIABLE):
        return _from_environment(environ, _Files())
    try:
        present = (system_folder / KEY_NAME).exists()
    except OSError:
        present = True  # not ours to look into: reading it tells why
    if present:
        return _from_folder(system_folder, _Files(), origin=str(system_folder))
    lone = next((name for name in (SECRET_VARIABLE, RSA_VARIABLE) if environ.get(name)), None)
    if lone is not None:
        msg = f"no API credentials found: {lone} is set but {KEY_VARIABLE} is not. Set both, each with `export`."
        raise CredentialsError(msg)
    msg = (
        f"no API credentials found. Give them as systemd credentials, as {KEY_VARIABLE} and {SECRET_VARIABLE} in the "
        f"environment (with `export`), or as the files {KEY_NAME} and {SECRET_NAME} in {system_folder} (owner root, "
        f"mode 0600). With an RSA key, {RSA_VARIABLE} or {RSA_NAME} takes the place of the secret."
    )
    raise CredentialsError(msg)


def _from_environment(environ: Mapping[str, str], files: _Files) -> Credentials:
    secret, rsa_file = environ.get(SECRET_VARIABLE), environ.get(RSA_VARIABLE)
    if secret and rsa_file:
        raise CredentialsError(_both(SECRET_VARIABLE, RSA_VARIABLE, "are set", "Unset"))
    if not secret and not rsa_file:
        msg = (
            f"{KEY_VARIABLE} is set but {SECRET_VARIABLE} is not: set both, "
            f"or {RSA_VARIABLE} instead of the secret for an API key of the kind RSA."
        )
        raise CredentialsError(msg)
    return Credentials(
        api_key=_checked(Secret(environ[KEY_VARIABLE]), KEY_VARIABLE),
        api_secret=_checked(Secret(secret), SECRET_VARIABLE) if secret else None,
        rsa_key=files.rsa_key(Path(rsa_file)) if rsa_file else None,
        origin="the environment",
        warnings=tuple(files.warnings),
    )


def _from_folder(folder: Path, files: _Files, *, origin: str) -> Credentials:
    api_key = files.line(folder / KEY_NAME)
    api_secret, rsa_key = None, None
    if not _is_given(folder / RSA_NAME):
        api_secret = files.line(folder / SECRET_NAME)
    elif not _is_given(folder / SECRET_NAME):
        rsa_key = files.rsa_key(folder / RSA_NAME)
    else:
        raise CredentialsError(_both(SECRET_NAME, RSA_NAME, f"are in {origin}", "Remove"))
    return Credentials(
        api_key=api_key, api_secret=api_secret, rsa_key=rsa_key, origin=origin, warnings=tuple(files.warnings)
    )


def _both(secret: str, rsa: str, where: str, remedy: str) -> str:
    return (
        f"{secret} and {rsa} both {where}, but an API key has only one of them. {remedy} the one that is not its own."
    )


def _is_given(path: Path) -> bool:
    """
    Tell whether there is such a file. A blank one is as good as none: so a unit can give each of the two a default.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            return not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or file.read(LONGEST_BYTES).strip() != b""
    except FileNotFoundError:
        return False
    except OSError:
        return True  # there is something: reading it tells why it is of no use


class _Files:
    """
    Reads the files of credentials and gathers *warnings*; *guarded* ones are systemd's, which sees to their rights.
    """

    def __init__(self, *, guarded: bool = False) -> None:
        self.warnings: list[str] = []
        self._guarded = guarded

    def line(self, path: Path) -> Secret:
        """
        Read a key or secret. Raises CredentialsError.
        """
        where = str(path)
        if self._guarded:
            where = f"the systemd credential {path.name} (of the unit's file {SYSTEM_FOLDER / path.name})"
        return _checked(self._read(path), where)

    def rsa_key(self, path: Path) -> RsaKey:
        """
        Read an RSA key as it is: whoever signs with it looks into it. Raises CredentialsError.
        """
        pem = self._read(path)
        if not _is_pem(pem.reveal()):
            msg = f"{path} does not hold an RSA key: it is empty, too long, or no plain text with -----BEGIN."
            raise CredentialsError(msg)
        return RsaKey(pem=pem, origin=str(path))

    def _read(self, path: Path) -> Secret:
        try:
            with open(path, "rb", opener=_open_at_once) as file:
                mode = os.fstat(file.fileno()).st_mode
                if not stat.S_ISREG(mode):
                    raise CredentialsError(_no_file(path))
                secret = _decoded(file.read(LONGEST_BYTES + 1))
        except OSError as error:
            msg = (
                f"{path} cannot be read: {error.strerror}. "
                "It must exist and be readable by the user that runs TradeWarden."
            )
            raise CredentialsError(msg) from None
        if mode & OPEN_TO_OTHERS and not self._guarded:
            rights = stat.S_IMODE(mode)
            self.warnings.append(
                f"{path} holds a credential and is open to others than its owner (mode {rights:04o}): chmod 600 {path}"
            )
        return secret


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to would keep us waiting for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _no_file(path: Path) -> str:
    return f"{path} is not a file but a pipe, a folder or a device: make it a file that holds nothing but the key."


def _decoded(content: bytes) -> Secret:
    try:
        return Secret(content.decode("ascii"))
    except UnicodeDecodeError:
        return Secret("")  # no key is written so


def _checked(secret: Secret, where: str) -> Secret:
    # Whoever raises holds the text in no local variable: a traceback that shows them shows none of it.
    if not _is_line(secret.reveal().strip()):
        msg = f"{where} does not hold a key: it is empty, or more than one line of plain characters."
        raise CredentialsError(msg)
    return Secret(secret.reveal().strip())


def _is_line(text: str) -> bool:
    return 0 < len(text) <= LONGEST_BYTES and text.isascii() and text.isprintable() and " " not in text


def _is_pem(text: str) -> bool:
    return len(text) <= LONGEST_BYTES and "-----BEGIN " in text
