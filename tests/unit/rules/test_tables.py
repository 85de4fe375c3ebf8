"""
The tables of the grammar say what the grammar says.
"""

from __future__ import annotations

import json

import pytest
from lark import Lark, UnexpectedToken

from tradewarden.rules import tables
from tradewarden.rules.tables import GRAMMAR, OPTIONS, TABLES, build_parser, load_parser, make_tables, origin, read

CONDITIONS = (
    "day_change < -5%",
    "-10% < profit < 0% and not (stop_loss or live_steps >= 3)",
    'pair in ["USDT_BTC", \'USDT_ETH\'] or pair not in [] or note like "*keep*" or note not like "x"',
    "abs(profit - 2 * 0.5%) / 3 > max(1%, min(2%, 3%)) and known(age)",
    "age > 1h30m and breakeven == true and not false",
)
BROKEN = ("", "day_change <", "day_change < < 5%", "and", "(profit > 1%", "pair in", "min(1%,)", "profit 5%")


def test_the_tables_are_of_this_grammar_and_this_lark() -> None:
    made = json.loads(read(TABLES))

    assert made["from"] == origin(read(GRAMMAR)), "run scripts/grammar"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_both_parsers_read_the_same(condition: str) -> None:
    loaded, built = load_parser(read(GRAMMAR), read(TABLES)), build_parser(read(GRAMMAR))

    tree = loaded.parse(condition)
    assert tree == built.parse(condition)
    assert [vars(one.meta) for one in tree.iter_subtrees()] == [
        vars(one.meta) for one in built.parse(condition).iter_subtrees()
    ]


@pytest.mark.parametrize("condition", BROKEN)
def test_both_parsers_refuse_the_same(condition: str) -> None:
    errors = []
    for parser in (load_parser(read(GRAMMAR), read(TABLES)), build_parser(read(GRAMMAR))):
        with pytest.raises(UnexpectedToken) as caught:
            parser.parse(condition)
        errors.append((caught.value.token, caught.value.token.type, caught.value.accepts))

    assert errors[0] == errors[1]


def test_tables_of_another_grammar_are_not_believed() -> None:
    """
    A grammar that was changed without its tables is read as it stands.
    """
    grammar = read(GRAMMAR).replace('"or"', '"otherwise"')

    parser = load_parser(grammar, read(TABLES))

    assert parser.parse("a otherwise b").data == "disjunction"
    with pytest.raises(UnexpectedToken):
        parser.parse("a or b")


def test_tables_of_another_lark_are_not_believed() -> None:
    made = json.loads(read(TABLES))
    made["from"]["lark"] = "1.2.0"
    made["tables"] = None

    assert load_parser(read(GRAMMAR), json.dumps(made)).parse("a or b").data == "disjunction"


def test_tables_that_are_made_anew_can_be_loaded() -> None:
    assert load_parser(read(GRAMMAR), make_tables(read(GRAMMAR))).parse("a or b").data == "disjunction"


def test_tables_say_from_what_they_are_made() -> None:
    assert json.loads(make_tables(read(GRAMMAR)))["from"] == origin(read(GRAMMAR))


def test_with_its_tables_the_parser_is_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    That would be done at every start, and is what the tables are for.
    """

    def work_out(_grammar: str) -> Lark:
        pytest.fail("the parser was worked out")

    monkeypatch.setattr(tables, "build_parser", work_out)

    assert load_parser(read(GRAMMAR), read(TABLES)).parse("a or b").data == "disjunction"


def test_the_options_of_the_parser_are_part_of_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    before = origin(read(GRAMMAR))
    monkeypatch.setitem(OPTIONS, "propagate_positions", False)

    assert origin(read(GRAMMAR)) != before
