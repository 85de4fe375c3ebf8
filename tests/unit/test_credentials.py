"""
Where credentials come from, in which order, and that nothing of them is shown.
"""

from __future__ import annotations

import os
import pickle
import traceback
from dataclasses import asdict, astuple
from pathlib import Path
from pprint import pformat

import pytest

from tradewarden.credentials import Credentials, find_credentials
from tradewarden.errors import CredentialsError
from tradewarden.model.secret import RsaKey, Secret

NOWHERE = Path("/nonexistent/credentials")
PEM = "-----BEGIN PRIVATE KEY-----\nrsa-line-1\nrsa-line-2\n-----END PRIVATE KEY-----\n"


def in_folder(folder: Path, **names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in names.items():
        path = folder / f"threecommas_{name}"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    return folder


def texts(found: Credentials) -> tuple[str, str]:
    """
    Return the key and what it signs with.
    """
    key = found.signing_key
    return found.api_key.reveal(), key.pem.reveal() if isinstance(key, RsaKey) else key.reveal()


# The order


def test_systemd_comes_first(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "systemd", api_key="key-1\n", api_secret="secret-1\n")
    environ = {
        "CREDENTIALS_DIRECTORY": str(folder),
        "THREECOMMAS_API_KEY": "key-2",
        "THREECOMMAS_API_SECRET": "secret-2",
    }

    found = find_credentials(environ, system_folder=NOWHERE)

    assert texts(found) == ("key-1", "secret-1")
    assert found.origin == "systemd credentials"


def test_then_the_environment(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")
    environ = {"THREECOMMAS_API_KEY": " key-2 ", "THREECOMMAS_API_SECRET": "secret-2"}

    assert texts(find_credentials(environ, system_folder=folder)) == ("key-2", "secret-2")


def test_then_the_system_folder(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")

    found = find_credentials({"CREDENTIALS_DIRECTORY": str(NOWHERE)}, system_folder=folder)

    assert (found.api_key.reveal(), found.origin) == ("key-3", str(folder))


def test_nothing_printed_shows_a_secret(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="canary-key", api_secret="canary-secret")
    with_rsa = in_folder(tmp_path / "rsa", api_key="canary-key", rsa_key=PEM)

    for found in (find_credentials({}, system_folder=folder), find_credentials({}, system_folder=with_rsa)):
        shown = f"{found!r} {found} {asdict(found)} {astuple(found)} {pformat(found)} {found.signing_key}"
        assert "canary" not in shown
        assert "rsa-line" not in shown
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(found)


@pytest.mark.parametrize("name", ["THREECOMMAS_API_SECRET", "THREECOMMAS_RSA_KEY_FILE"])
def test_a_forgotten_key_is_named(tmp_path: Path, name: str) -> None:
    """
    Where nothing else gives a key: else the other half of the environment does not matter.
    """
    with pytest.raises(CredentialsError, match=f"{name} is set but THREECOMMAS_API_KEY is not.*export"):
        find_credentials({name: "canary"}, system_folder=NOWHERE)
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")
    assert texts(find_credentials({name: "canary"}, system_folder=folder)) == ("key-3", "secret-3")


# RSA keys


def test_an_rsa_key_of_systemd(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "systemd", api_key="key-1\n", rsa_key=PEM)

    found = find_credentials({"CREDENTIALS_DIRECTORY": str(folder)}, system_folder=NOWHERE)

    assert texts(found) == ("key-1", PEM)
    assert found.rsa_key is not None
    assert found.rsa_key.origin == str(folder / "threecommas_rsa_key")


def test_an_rsa_key_of_the_environment(tmp_path: Path) -> None:
    file = in_folder(tmp_path, rsa_key=PEM) / "threecommas_rsa_key"

    found = find_credentials(
        {"THREECOMMAS_API_KEY": "key-2", "THREECOMMAS_RSA_KEY_FILE": str(file)}, system_folder=NOWHERE
    )

    assert texts(found) == ("key-2", PEM)
    assert found.origin == "the environment"


def test_an_rsa_key_of_the_system_folder(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", rsa_key=PEM)

    assert texts(find_credentials({}, system_folder=folder)) == ("key-3", PEM)


def test_a_secret_and_an_rsa_key_are_one_too_many(tmp_path: Path) -> None:
    """
    Which of them belongs to the API key is not for us to guess.
    """
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3", rsa_key=PEM)
    environ = {
        "THREECOMMAS_API_KEY": "key-2",
        "THREECOMMAS_API_SECRET": "secret-2",
        "THREECOMMAS_RSA_KEY_FILE": str(folder / "threecommas_rsa_key"),
    }

    with pytest.raises(CredentialsError, match=r"threecommas_api_secret and threecommas_rsa_key both are in .*Remove"):
        find_credentials({}, system_folder=folder)
    with pytest.raises(CredentialsError, match=r"threecommas_api_secret and .* both are in systemd credentials"):
        find_credentials({"CREDENTIALS_DIRECTORY": str(folder)}, system_folder=NOWHERE)
    with pytest.raises(CredentialsError, match=r"_SECRET and THREECOMMAS_RSA_KEY_FILE both are set.*Unset"):
        find_credentials(environ, system_folder=NOWHERE)


@pytest.mark.parametrize("blank", ["", "\n", " \n\n"], ids=repr)
def test_a_blank_file_counts_as_none(tmp_path: Path, blank: str) -> None:
    """
    A unit that loads both gives each a blank default: what is there decides.
    """
    hmac = in_folder(tmp_path / "hmac", api_key="key-1", api_secret="secret-1", rsa_key=blank)
    with_rsa = in_folder(tmp_path / "rsa", api_key="key-1", api_secret=blank, rsa_key=PEM)
    neither = in_folder(tmp_path / "neither", api_key="key-1", api_secret=blank, rsa_key=blank)

    assert texts(find_credentials({}, system_folder=hmac)) == ("key-1", "secret-1")
    assert texts(find_credentials({}, system_folder=with_rsa)) == ("key-1", PEM)
    with pytest.raises(CredentialsError, match=r"threecommas_api_secret.* does not hold a key"):
        find_credentials({}, system_folder=neither)


@pytest.mark.parametrize("text", ["not a key", PEM * 300, f"\ufeff{PEM}"], ids=["words", "too long", "not ASCII"])
def test_what_is_no_pem_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", rsa_key=text)

    with pytest.raises(CredentialsError, match="threecommas_rsa_key does not hold an RSA key") as caught:
        find_credentials({}, system_folder=folder)

    assert text not in str(caught.value)


def test_an_rsa_file_that_is_not_there_is_named() -> None:
    environ = {"THREECOMMAS_API_KEY": "key-2", "THREECOMMAS_RSA_KEY_FILE": "/nonexistent/key.pem"}

    with pytest.raises(CredentialsError, match=r"/nonexistent/key\.pem cannot be read: No such file"):
        find_credentials(environ, system_folder=NOWHERE)


def test_credentials_hold_one_of_the_two() -> None:
    key = Secret("key")

    assert Credentials(api_key=key, api_secret=Secret("secret"), origin="a test").warnings == ()
    with pytest.raises(ValueError, match="either a secret or an RSA key"):
        Credentials(api_key=key, origin="a test")
    with pytest.raises(ValueError, match="either a secret or an RSA key"):
        Credentials(api_key=key, api_secret=key, rsa_key=RsaKey(pem=Secret(PEM), origin="a test"), origin="a test")


# Files that others may read


@pytest.mark.parametrize(("mode", "shown"), [(0o644, "0644"), (0o640, "0640"), (0o606, "0606"), (0o620, "0620")])
def test_a_file_that_is_open_to_others_is_warned_of(tmp_path: Path, mode: int, shown: str) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")
    secret = folder / "threecommas_api_secret"
    secret.chmod(mode)

    (warning,) = find_credentials({}, system_folder=folder).warnings

    assert warning.startswith(f"{secret} holds a credential")
    assert f"(mode {shown}): chmod 600 {secret}" in warning


def test_an_rsa_key_of_the_environment_is_warned_of_too(tmp_path: Path) -> None:
    file = in_folder(tmp_path, rsa_key=PEM) / "threecommas_rsa_key"
    file.chmod(0o644)

    found = find_credentials(
        {"THREECOMMAS_API_KEY": "key-2", "THREECOMMAS_RSA_KEY_FILE": str(file)}, system_folder=NOWHERE
    )

    assert len(found.warnings) == 1


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700, 0o711])
def test_a_file_of_its_owner_alone_is_fine(tmp_path: Path, mode: int) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3", api_secret="secret-3")
    (folder / "threecommas_api_key").chmod(mode)

    assert find_credentials({}, system_folder=folder).warnings == ()


def test_systemd_sees_to_the_rights_of_its_own_files(tmp_path: Path) -> None:
    """
    It grants the service's user by an access list, which looks like a right of the group.
    """
    folder = in_folder(tmp_path / "systemd", api_key="key-1", rsa_key=PEM)
    for file in folder.iterdir():
        file.chmod(0o440)

    assert find_credentials({"CREDENTIALS_DIRECTORY": str(folder)}, system_folder=NOWHERE).warnings == ()


# What is missing or wrong


def test_none_anywhere_names_the_places() -> None:
    with pytest.raises(CredentialsError, match="THREECOMMAS_API_KEY and THREECOMMAS_API_SECRET") as caught:
        find_credentials({}, system_folder=NOWHERE)

    assert str(NOWHERE) in str(caught.value)
    assert "THREECOMMAS_RSA_KEY_FILE or threecommas_rsa_key" in str(caught.value)


def test_half_a_pair_in_the_environment() -> None:
    with pytest.raises(CredentialsError, match="THREECOMMAS_API_SECRET is not"):
        find_credentials({"THREECOMMAS_API_KEY": "key"}, system_folder=NOWHERE)


def test_half_a_pair_in_a_folder(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3")

    with pytest.raises(CredentialsError, match="threecommas_api_secret cannot be read: No such file"):
        find_credentials({}, system_folder=folder)


def test_a_blank_systemd_credential_is_named_as_such(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "systemd", api_key="\n", api_secret="\n", rsa_key="\n")

    with pytest.raises(
        CredentialsError, match=r"the systemd credential threecommas_api_key \(.*\) does not hold a key: it is"
    ):
        find_credentials({"CREDENTIALS_DIRECTORY": str(folder)}, system_folder=NOWHERE)


@pytest.mark.parametrize("text", ["", "\n", "two lines\nhere", "two words", "ключ", "x" * 20_000], ids=len)
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    folder = in_folder(tmp_path / "system", api_key=text, api_secret="secret-3")

    with pytest.raises(CredentialsError, match="does not hold a key") as caught:
        find_credentials({}, system_folder=folder)

    assert not text.strip() or text.strip() not in str(caught.value)


def test_not_even_a_traceback_with_locals_shows_a_key(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="two words-3", api_secret="secret-3")

    with pytest.raises(CredentialsError) as caught:
        find_credentials({}, system_folder=folder)

    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "words-3" not in shown


def test_a_folder_that_is_not_ours_to_look_into_is_said(tmp_path: Path) -> None:
    """A path that cannot even be examined is not the same as one that is not there."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    with pytest.raises(CredentialsError):
        find_credentials({}, system_folder=loop)


def test_a_folder_that_cannot_be_examined_is_said(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="threecommas_api_key cannot be read: File name too long"):
        find_credentials({}, system_folder=tmp_path / ("x" * 300))


@pytest.mark.parametrize("name", ["api_key", "api_secret", "rsa_key"])
def test_a_pipe_is_refused_at_once(tmp_path: Path, name: str) -> None:
    texts_of = {"api_key": "key-3", "api_secret": "secret-3"} | ({"api_secret": ""} if name == "rsa_key" else {})
    folder = in_folder(tmp_path / "system", **texts_of)
    (folder / f"threecommas_{name}").unlink(missing_ok=True)
    os.mkfifo(folder / f"threecommas_{name}")

    with pytest.raises(CredentialsError, match=f"threecommas_{name} is not a file"):
        find_credentials({}, system_folder=folder)


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "system", api_key="key-3")
    (folder / "threecommas_rsa_key").mkdir()

    with pytest.raises(CredentialsError, match="threecommas_rsa_key cannot be read: Is a directory"):
        find_credentials({}, system_folder=folder)
