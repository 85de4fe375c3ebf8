from __future__ import annotations

import os
from pathlib import Path

import pytest

from tradewarden.credentials import find_credentials
from tradewarden.errors import CredentialsError

NOWHERE = Path("/nonexistent/credentials")


def in_folder(folder: Path, **names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in names.items():
        (folder / f"threecommas_{name}").write_text(text, encoding="utf-8")
    return folder


def test_systemd_comes_first(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "systemd", api_key="key-1\n", api_secret="secret-1\n")
    environ = {
        "CREDENTIALS_DIRECTORY": str(folder),
        "THREECOMMAS_API_KEY": "key-2",
        "THREECOMMAS_API_SECRET": "secret-2",
    }

    found = find_credentials(environ, system_folder=NOWHERE)

    assert found.api_key.reveal() == "key-1"
    assert found.api_secret.reveal() == "secret-1"
    assert found.origin == "systemd credentials"


def test_then_the_environment(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")
    environ = {"THREECOMMAS_API_KEY": " key-2 ", "THREECOMMAS_API_SECRET": "secret-2"}

    found = find_credentials(environ, system_folder=folder)

    assert (found.api_key.reveal(), found.api_secret.reveal()) == ("key-2", "secret-2")


def test_then_the_system_folder(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")

    found = find_credentials({"CREDENTIALS_DIRECTORY": str(NOWHERE)}, system_folder=folder)

    assert (found.api_key.reveal(), found.origin) == ("key-3", str(folder))


def test_nothing_printed_shows_a_secret(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")

    assert "-3" not in repr(find_credentials({}, system_folder=folder))


def test_none_anywhere_names_the_places() -> None:
    with pytest.raises(CredentialsError, match="THREECOMMAS_API_KEY and THREECOMMAS_API_SECRET") as caught:
        find_credentials({}, system_folder=NOWHERE)

    assert str(NOWHERE) in str(caught.value)


def test_half_a_pair_in_the_environment() -> None:
    with pytest.raises(CredentialsError, match="THREECOMMAS_API_SECRET is not"):
        find_credentials({"THREECOMMAS_API_KEY": "key"}, system_folder=NOWHERE)


def test_half_a_pair_in_a_folder(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3")

    with pytest.raises(CredentialsError, match="threecommas_api_secret cannot be read: No such file"):
        find_credentials({}, system_folder=folder)


def test_rsa_is_refused_by_name(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", rsa_key="-----BEGIN")

    with pytest.raises(CredentialsError, match="RSA keys are not available yet"):
        find_credentials({}, system_folder=folder)
    with pytest.raises(CredentialsError, match="RSA keys are not available yet"):
        find_credentials({"THREECOMMAS_API_KEY": "key", "THREECOMMAS_RSA_KEY_FILE": "/key.pem"}, system_folder=NOWHERE)


@pytest.mark.parametrize("text", ["", "\n", "two lines\nhere", "two words", "ключ", "x" * 20_000], ids=len)
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    folder = in_folder(tmp_path / "system", api_key=text, api_secret="secret-3")

    with pytest.raises(CredentialsError, match="does not hold a key") as caught:
        find_credentials({}, system_folder=folder)

    assert not text.strip() or text.strip() not in str(caught.value)


def test_a_folder_that_is_not_ours_to_look_into_is_said(tmp_path: Path) -> None:
    """A path that cannot even be examined is not the same as one that is not there."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    with pytest.raises(CredentialsError):
        find_credentials({}, system_folder=loop)


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_secret="secret-3")
    os.mkfifo(folder / "threecommas_api_key")

    with pytest.raises(CredentialsError, match="threecommas_api_key is not a file"):
        find_credentials({}, system_folder=folder)
