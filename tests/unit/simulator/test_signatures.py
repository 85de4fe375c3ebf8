from __future__ import annotations

import pytest

from tradewarden.simulator.messages import Request
from tradewarden.simulator.signatures import ApiKey, is_signed

# The published example credentials and signatures of the API's documentation.
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
CHANGE_MODE = "/public/api/ver1/users/change_mode"
QUERY = "bca8d8c10acfbe8e76c5335d3efbe0a550487170a8bb7aaea0a13efabab55316"
JSON = "0475b407ba6f2388d213134e478b330f74073388a232737837f79018694ae373"
JSON_WITHOUT_MARK = "a04435bdb0e7fc06450833a1e26d385c56ad3495c10cf3a36d432787591f5edb"
BARE_PATH = "2bedfe2a6b037b92c45a224103f4016da5df07149f34fa04e80f8e919b9a2103"
WITHOUT_PREFIX = "36cfd6b2ff4cec45c97dc73dcc2af0f904d3c784435e44fc4e2d43daaf1ffef6"


def signed(target: str, signature: str, *, body: bytes = b"", kind: str = "application/json") -> bool:
    headers = {"signature": signature, "content-type": kind}
    return is_signed(Request(method="POST", target=target, headers=headers, body=body), SECRET)


@pytest.mark.parametrize("signature", [QUERY, QUERY.upper()])
def test_a_query_is_signed_with_its_path_in_either_case(signature: str) -> None:
    assert signed(f"{CHANGE_MODE}?mode=paper", signature)


def test_a_form_is_signed_like_a_query() -> None:
    assert signed(CHANGE_MODE, QUERY, body=b"mode=paper", kind="application/x-www-form-urlencoded")


@pytest.mark.parametrize("signature", [JSON, JSON_WITHOUT_MARK])
def test_json_is_signed_with_or_without_a_question_mark(signature: str) -> None:
    assert signed(CHANGE_MODE, signature, body=b'{"mode": "paper"}')


def test_a_bare_path_is_signed_as_it_is() -> None:
    assert signed(CHANGE_MODE, BARE_PATH)


@pytest.mark.parametrize("signature", ["", "0" * 64, BARE_PATH, WITHOUT_PREFIX, "ü"])
def test_anything_else_is_refused(signature: str) -> None:
    assert not signed(f"{CHANGE_MODE}?mode=paper", signature)


def test_no_signature_is_none() -> None:
    assert not is_signed(Request(method="GET", target=CHANGE_MODE), SECRET)


def test_a_secret_is_not_shown() -> None:
    assert "hidden" not in repr(ApiKey(key="k", secret="hidden"))
