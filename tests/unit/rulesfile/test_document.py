"""
The strict YAML reader: YAML 1.2 scalars, exact numbers, places, and bombs that do not go off.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rulesfile.document import MAX_NODES, TooMuchError, read_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("014", Decimal(14)),
        ("0o14", "0o14"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("0.50", Decimal("0.50")),
        ("0.1", Decimal("0.1")),
        ("-5", Decimal(-5)),
        (".5", Decimal("0.5")),
        ("1e3", Decimal("1e3")),
        ("1e99999", "1e99999"),
        ("9" * 41, "9" * 41),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2024-01-02", "2024-01-02"),
        ("~", None),
        ("null", None),
        ("", None),
        ("'5'", "5"),
        ('"true"', "true"),
        ("''", ""),
        ("٣", "٣"),
        ("=", "="),
    ],
)
def test_scalars_are_read_as_yaml_1_2_says_and_numbers_exactly(text: str, value: object) -> None:
    data = read_document(f"key: {text}\n").data

    assert data == {"key": value}
    assert isinstance(data, dict)
    assert str(data["key"]) == str(value)


@pytest.mark.parametrize("text", ["true", "5", "1e3", "2024-01-02", "no"])
def test_a_key_that_takes_a_text_gets_what_is_written(text: str) -> None:
    assert read_document(f"name: {text}\nnote: [{text}]\n").data == {"name": text, "note": [text]}


def test_keys_are_texts() -> None:
    assert read_document("on: a\n5: b\ntrue: c\n").data == {"on": "a", "5": "b", "true": "c"}


def test_places_name_keys_and_values() -> None:
    document = read_document("a:\n  - b: 'c'\n")
    place = document.places["a", 0, "b"]

    assert place.key is not None
    assert (place.key.line, place.key.column) == (1, 4)
    assert (place.span.line, place.span.column, place.span.end_column) == (1, 7, 10)
    assert (place.text, place.style) == ("c", "'")
    assert document.key_span(("a", 0)) == document.places["a", 0].span


@pytest.mark.parametrize(
    "bomb", ["[" * 500_000, "{a: " * 200_000, "- " * 400_000, "? " * 400_000], ids=["[", "{", "-", "?"]
)
def test_a_nesting_bomb_is_refused_at_its_eleventh_level(bomb: str) -> None:
    with pytest.raises(TooMuchError, match="nested more than 10 levels"):
        read_document(bomb)


def test_a_bomb_of_aliases_is_no_bomb() -> None:
    levels = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    document = read_document("\n".join(levels))

    assert len(document.issues) == 10 + 9 * 9


def test_too_many_values_are_refused() -> None:
    with pytest.raises(TooMuchError, match="more than 60,000 values"):
        read_document("a: [" + "x, " * MAX_NODES + "]")


def test_nothing_is_known_of_an_empty_text() -> None:
    document = read_document("")

    assert document.data is None
    assert document.places == {}
