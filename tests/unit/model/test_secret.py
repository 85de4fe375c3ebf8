"""
Secret: nothing gives it away but `reveal`.
"""

from __future__ import annotations

import copy
import pickle
import traceback
from dataclasses import asdict, dataclass

import pytest

from tradewarden.model.secret import Secret

TEXT = "NhqPtmdSJYdKjVHjA7PZ"


@dataclass(frozen=True)
class Holder:
    secret: Secret


def test_only_reveal_shows_it() -> None:
    secret = Secret(TEXT)

    assert secret.reveal() == TEXT
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>12}", f"{secret!r}", "%s" % secret, repr([secret])]  # noqa: UP031 (old code does so)
    assert not [text for text in shown if TEXT in text]


def test_fields_of_a_dataclass_hide_it() -> None:
    holder = Holder(Secret(TEXT))

    assert TEXT not in repr(holder)
    assert TEXT not in repr(asdict(holder))
    assert TEXT not in repr(copy.copy(holder))


def test_a_copy_is_itself() -> None:
    secret = Secret(TEXT)

    assert copy.copy(secret) is secret
    assert copy.deepcopy(secret) is secret


def test_a_traceback_with_local_values_hides_it() -> None:
    def fail(secret: Secret) -> None:
        raise RuntimeError(secret)

    with pytest.raises(RuntimeError) as caught:
        fail(Secret(TEXT))

    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "secret = Secret(***)" in told
    assert TEXT not in told


def test_it_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(TEXT))


def test_equal_only_to_the_same_secret() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert hash(Secret(TEXT)) == hash(Secret(TEXT))
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
