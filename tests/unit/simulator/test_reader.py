from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.simulator.reader import Reader
from tradewarden.simulator.scenario_error import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable


def read(**value: Any) -> Reader:
    return Reader(value, "place")


def test_what_is_there_is_read() -> None:
    reader = read(text="a", number="1.50", float=0.001, whole=3, flag=True, child={"x": 1}, children=[{"y": 2}])

    assert reader.text("text") == "a"
    assert reader.number("number") == Decimal("1.5")
    assert reader.number("float") == Decimal("0.001")
    assert reader.seconds("number") == 1.5
    assert reader.integer("whole") == 3
    assert reader.flag("flag", default=False) is True
    assert reader.child("child").object == {"x": 1}
    assert [child.place for child in reader.children("children")] == ["place.children[0]"]


def test_what_is_absent_or_null_has_its_default() -> None:
    reader = read(text=None, whole=None, child=None, children=None)

    assert reader.text("text", "b") == "b"
    assert reader.number("number") is None
    assert reader.seconds("number") == 0
    assert reader.integer("whole", 7) == 7
    assert reader.flag("flag", default=True) is True
    assert reader.child("child").object == {}
    assert reader.children("children") == []


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda: Reader([], "place"), "place: an object in braces is needed here, not []."),
        (lambda: read().text("a"), "place: the key 'a' is missing."),
        (lambda: read(a=1).text("a"), "place.a: a text in quotes is needed here, not 1."),
        (lambda: read(a="x").text("a", choices=("y", "z")), "place.a: 'x' is not one of y, z."),
        (lambda: read(a="x").number("a"), "place.a: 'x' is not a number; write it like \"0.1027\"."),
        (lambda: read(a="NaN").number("a"), "place.a: 'NaN' is not a number; write it like \"0.1027\"."),
        (lambda: read(a=True).number("a"), 'place.a: True is not a number; write it like "0.1027".'),
        (lambda: read(a=[1]).number("a"), 'place.a: [1] is not a number; write it like "0.1027".'),
        (lambda: read(a="0").positive("a"), "place.a: '0' is not above zero."),
        (lambda: read().positive("a"), "place: the key 'a' is missing."),
        (lambda: read(a=-1).seconds("a"), "place.a: -1 is negative; a time counts from 0."),
        (lambda: read(a="1").integer("a"), "place.a: a whole number above zero is needed here, not '1'."),
        (lambda: read(a=True).integer("a"), "place.a: a whole number above zero is needed here, not True."),
        (lambda: read(a=0).integer("a"), "place.a: a whole number above zero is needed here, not 0."),
        (lambda: read(a="yes").flag("a", default=False), "place.a: true or false is needed here, not 'yes'."),
        (lambda: read(a="x" * 99).child("a"), f"place.a: an object in braces is needed here, not '{'x' * 39}...."),
        (lambda: read(a={}).children("a"), "place.a: a list in brackets is needed here, not {}."),
        (lambda: read(lats=1).refuse_unknown(["last"]), "place.lats: this key is not known; did you mean 'last'?"),
        (lambda: read(q=1).refuse_unknown("ba"), "place.q: this key is not known; the keys known here are a, b."),
    ],
)
def test_every_complaint_is_a_sentence_with_its_place(ask: Callable[[], object], complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        ask()

    assert str(caught.value) == complaint


def test_known_keys_are_not_refused() -> None:
    read(a=1).refuse_unknown(["a", "b"])
