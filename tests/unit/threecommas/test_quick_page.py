"""
The quick reader of a page: what it reads it reads as the careful one does, and what is not ordinary it leaves to that.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client import json_bytes
from tradewarden.model.smart_trade import SmartTrade, Unreadable
from tradewarden.threecommas import wire
from tradewarden.threecommas.quick_page import read_ordinary, read_ordinary_page
from tradewarden.threecommas.scalars import Malformed, NotOrdinary, number, numbers_of, times_of, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance

Entity = dict[str, Any]
DOCUMENTED: Entity = json.loads((Path(__file__).parent / "smart_trade.json").read_text())


def carefully(entity: Entity) -> SmartTrade | None:
    """
    Read an entity value by value; None if it would be set aside.
    """
    try:
        return wire.read_smart_trade(json_bytes(entity))
    except Malformed:
        return None


def paths_of(value: object) -> list[tuple[str | int, ...]]:
    items: Sequence[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path for key, inner in items for path in ((key,), *((key, *rest) for rest in paths_of(inner)))]


def bent(entity: Entity, path: tuple[str | int, ...], value: object) -> Entity:
    result: Any = copy.deepcopy(entity)
    parent = reduce(lambda inner, key: inner[key], path[:-1], result)
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return dict(result)


odd_values = st.sampled_from(
    [
        *(
            ...,
            None,
            True,
            False,
            0,
            1,
            -1,
            7,
            1.5,
            2**63,
            1001,
            [],
            {},
            [1],
            {"a": 1},
            {"value": "1"},
            {"enabled": True},
        ),
        *(
            "",
            "x",
            "a b",
            "long",
            "sell",
            "0.4",
            "-0.4",
            "1e5",
            "1.0e-05",
            "1E+41",
            "NaN",
            "Infinity",
            " 1",
            "1 ",
            "1_0",
        ),
        *(
            "+1",
            ".5",
            "5.",
            "-.5",
            "1,5",
            "--1",
            "1-2",
            "-",
            "٣",
            "0" * 41,
            "1" * 42,
            "0." + "0" * 41,
            "9" * 81,
            "7" * 80,
        ),
        *(
            "2024-08-14T19:51:43Z",
            "2024-13-14T19:51:43Z",
            "2024-08-14T19:51:43+00:00",
            "order_placed",
            "币",
            "\ud83d\ude00",
        ),
        {"type": "finished", "basic_type": "cancelled"},
        {"type": "finished"},
        {"enabled": True, "value": "5.0"},
        {"steps": [{"status": {"type": "finished"}}, {"id": 5}]},
    ]
)


@given(st.lists(st.tuples(st.sampled_from(paths_of(DOCUMENTED)), odd_values), max_size=3))
def test_it_reads_what_the_careful_reader_reads_or_leaves_it_alone(
    bends: list[tuple[tuple[str | int, ...], object]],
) -> None:
    """
    Whatever is bent: never another value, never a SmartTrade that should have been set aside.
    """
    entity = DOCUMENTED
    for path, value in bends:
        try:
            entity = bent(entity, path, value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier bend took the place away
    expected = carefully(entity)

    with suppress(NotOrdinary):
        assert read_ordinary(json_bytes(entity)) == expected
    (listed,) = wire.read_page(json_bytes([entity]))
    assert listed == expected if expected is not None else isinstance(listed, Unreadable)


def test_the_documented_smart_trade_is_ordinary() -> None:
    assert read_ordinary_page(json_bytes([DOCUMENTED])) == (carefully(DOCUMENTED),)


def test_keys_that_are_missing_are_ordinary() -> None:
    entity = {key: DOCUMENTED[key] for key in ("id", "account", "pair", "take_profit")}

    assert read_ordinary(json_bytes(entity)) == carefully(entity)


@pytest.mark.parametrize(
    "leverage", [{}, {"enabled": False}, {"enabled": False, "value": "3"}, {"enabled": True, "value": "5.0"}]
)
def test_leverage(leverage: Entity) -> None:
    entity = DOCUMENTED | {"leverage": leverage}

    assert read_ordinary(json_bytes(entity)) == carefully(entity)


def test_other_exits_and_an_average_price_are_ordinary() -> None:
    entity = bent(DOCUMENTED, ("data", "average_enter_price"), "0.2")
    entity["reduce_funds"]["steps"] = [{"status": {"type": "finished"}}, {"id": 5}]

    found = read_ordinary(json_bytes(entity))

    assert found == carefully(entity)
    assert found.entry_price == Decimal("0.2")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("data", "current_price", "bid"), 0.1),
        (("data", "current_price", "bid"), "NaN"),
        (("data", "current_price"), None),
        (("market_close",), {"id": 5}),
        (("pair",), "USDT DOGE"),
        (("take_profit", "steps", 0, "position"), "1"),
        (("data", "created_at"), "yesterday"),
        (("data", "created_at"), "2024-08-32T19:51:43Z"),
        (("id",), True),
    ],
)
def test_what_is_not_ordinary_is_for_the_careful_reader(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(NotOrdinary):
        read_ordinary_page(json_bytes([DOCUMENTED, bent(DOCUMENTED, path, value)]))


def test_one_odd_number_costs_its_neighbours_nothing() -> None:
    """
    The page is read again one by one, and the ordinary ones are still read as a whole.
    """
    odd = bent(DOCUMENTED, ("profit", "percent"), "Infinity")

    page = wire.read_page(json_bytes([DOCUMENTED, odd]))

    assert page == (carefully(DOCUMENTED), carefully(odd))
    assert isinstance(page[1], SmartTrade)
    assert page[1].profit_pct is None


@pytest.mark.parametrize("field", ["note", "note_raw"])
def test_bad_utf8_anywhere_is_not_ordinary(field: str) -> None:
    """
    In a text that nobody reads, too: the decoder skips it.
    """
    body = json_bytes([bent(DOCUMENTED, (field,), "umlaut")]).replace(b"umlaut", b"\xff")

    with pytest.raises(NotOrdinary):
        read_ordinary_page(body)


def test_good_utf8_is_ordinary() -> None:
    body = msgspec.json.encode([DOCUMENTED | {"note": "Übermut ☂"}])

    assert not body.isascii()
    assert read_ordinary_page(body)[0].note == "Übermut ☂"


def test_what_it_makes_is_the_real_thing() -> None:
    """
    Filled in as a draft, and frozen from then on, to the last part.
    """
    found = read_ordinary(json_bytes(DOCUMENTED))

    parts: list[DataclassInstance] = [found, found.price, found.stop_loss, *found.steps]

    for part in parts:
        for field in fields(part):
            with pytest.raises(FrozenInstanceError):
                setattr(part, field.name, getattr(part, field.name))
    assert hash(found) == hash(carefully(DOCUMENTED))


texts = st.text(alphabet="0123456789.-+eE,_ ", max_size=6) | st.sampled_from(
    ["0.4", "-2.728", "136509.39725", "1.0e-05", "1E+41", "1e99999999999999999999", "9" * 41, "9" * 81, "0." + "1" * 50]
)


@given(st.lists(st.none() | texts, max_size=6))
def test_many_numbers_at_once_are_what_each_is(given_texts: list[str | None]) -> None:
    each: dict[str | None, object] = {text: number(text) for text in given_texts if text is not None}

    try:
        found = numbers_of([given_texts])
    except NotOrdinary:
        assert None in each.values()
        return

    assert found == {**each, None: None}
    assert {str(value) for value in found.values()} == {"None", *(str(value) for value in each.values())}


@given(
    st.lists(st.none() | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.text(max_size=3), max_size=4)
)
def test_many_times_at_once_are_what_each_is(given_texts: list[str | None]) -> None:
    each: dict[str | None, object] = {text: utc(text) for text in given_texts if text is not None}

    try:
        found = times_of([given_texts])
    except NotOrdinary:
        assert None in each.values()
        return

    assert found == {**each, None: None}
