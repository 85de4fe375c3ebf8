"""
Windows, held conditions and markets: what each becomes, and how each is refused, as a trader reads it.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tradewarden.model.truth import Truth
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.origin import Held, MarketFact, Window, WindowFunction
from tradewarden.rules.schema import FactValue, Kind, OverTime, Scope, Vocabulary
from tradewarden.rules.tree import Comparison, Fact, walk
from unit.rules.language import VOCABULARY, condition, make_fact, marked

BTC = 'market("USDT_BTC")'
LOOKS_BACK = "it can on last, day_change and profit"
QUOTE_FIRST = "write it as 3Commas does, quote first, in capitals: "


def _fact(text: str) -> Fact:
    """
    Return the first fact of a condition.
    """
    return next(part for part in walk(condition(text).expression) if isinstance(part, Fact))


@pytest.mark.parametrize(
    ("text", "name", "kind", "minutes"),
    [
        ("change(last, 15m) < -3%", "change(last, 15m)", Kind.PERCENT, 15),
        ("change( day_change ,900s ) < -3%", "change(day_change, 15m)", Kind.PERCENT, 15),
        ("lowest(last, 1h30m) < 5", "lowest(last, 1h30m)", Kind.NUMBER, 90),
        ("highest(profit, 1d) < 5%", "highest(profit, 1d)", Kind.PERCENT, 1440),
        ("highest(profit, 24h) < 5%", "highest(profit, 1d)", Kind.PERCENT, 1440),
        ("lowest(live_steps, 60m) < 5", "lowest(live_steps, 1h)", Kind.NUMBER, 60),
        ("lowest(last, 1s) < 5", "lowest(last, 1s)", Kind.NUMBER, 1 / 60),
        (f"lowest({BTC}.last, 1h) < 5", f"lowest({BTC}.last, 1h)", Kind.NUMBER, 60),
        ("change(market('USDT_BTC').day_change, 1h) < 5%", f"change({BTC}.day_change, 1h)", Kind.PERCENT, 60),
    ],
)
def test_a_window_is_a_fact_with_an_origin(text: str, name: str, kind: Kind, minutes: float) -> None:
    fact = _fact(text)

    assert (fact.name, fact.kind, text[fact.start : fact.end]) == (name, kind, text.partition(" <")[0])
    assert isinstance(fact.origin, Window)
    assert fact.origin.function is WindowFunction(name.partition("(")[0])
    assert fact.origin.length == timedelta(minutes=minutes)
    assert name.startswith(f"{fact.origin.function}({fact.origin.base.name}, ")


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("lowest(live_steps, 1h) < 5", True),
        ("lowest(last, 1h) < 5", False),
        ("change(last, 1h) < 5%", False),
    ],
)
def test_a_window_over_a_count_is_a_count_too(text: str, is_whole: bool) -> None:
    assert _fact(text).is_whole is is_whole


def test_how_much_a_count_has_changed_is_no_count() -> None:
    """No count of the real vocabulary has a change; if one had, it would be a percentage."""
    vocabulary = Vocabulary([make_fact("orders", Kind.NUMBER, over_time=OverTime.ALL, is_whole=True)])
    expression = compile_condition("change(orders, 1h) > 2%", vocabulary, scope=Scope.SMART_TRADE).expression

    assert [part.is_whole for part in walk(expression) if isinstance(part, Fact)] == [False]


def test_a_held_condition_is_a_fact_with_an_origin() -> None:
    text = "held(profit  <  5% and\n pair == 'a  b', 600s)"
    fact = _fact(text)

    assert (fact.name, fact.kind) == ("held(profit < 5% and pair == 'a  b', 10m)", Kind.BOOL)
    assert text[fact.start : fact.end] == text
    assert isinstance(fact.origin, Held)
    assert (fact.origin.text, fact.origin.length) == ("profit < 5% and pair == 'a  b'", timedelta(minutes=10))
    assert fact.origin.condition.kind is Kind.BOOL


def test_a_market_fact_has_an_origin() -> None:
    text = f"{BTC}.day_change < -5%"
    fact = _fact(text.replace('"', "'"))

    assert (fact.name, fact.kind, fact.start, fact.end) == (f"{BTC}.day_change", Kind.PERCENT, 0, 29)
    assert fact.origin == MarketFact(pair="USDT_BTC", fact="day_change")


def test_the_same_window_written_twice_is_one() -> None:
    asked = condition("change(last, 15m) < -3% or change(last,900s) > 3%")

    assert asked.facts == {"change(last, 15m)"}
    assert [fact.name for fact in asked.beyond] == ["change(last, 15m)"]


def test_what_stands_within_is_asked_for_too() -> None:
    asked = condition(f"held(change({BTC}.last, 5m) < lowest(day_change, 1h), 10m) and last > 1")

    assert asked.facts == {f"held(change({BTC}.last, 5m) < lowest(day_change, 1h), 10m)", "last"}
    assert [fact.name for fact in asked.beyond] == [
        f"held(change({BTC}.last, 5m) < lowest(day_change, 1h), 10m)",
        f"change({BTC}.last, 5m)",
        f"{BTC}.last",
        "lowest(day_change, 1h)",
    ]


def test_windows_are_values_like_any_other() -> None:
    text = f"last < min(lowest(last, 1h) * 1.01, {BTC}.last) and not held(stop_loss, 5m) and known(change(profit, 1h))"
    asked = condition(text)
    facts: dict[str, FactValue] = {
        "last": Decimal(5),
        "lowest(last, 1h)": Decimal(6),
        f"{BTC}.last": Decimal(7),
        "held(stop_loss, 5m)": False,
        "change(profit, 1h)": Decimal(0),
    }

    assert asked.evaluate(facts) is Truth.TRUE
    assert asked.evaluate({**facts, "held(stop_loss, 5m)": True}) is Truth.FALSE
    assert asked.evaluate({**facts, "lowest(last, 1h)": None}) is Truth.UNKNOWN
    assert asked.evaluate({}) is asked.trace({}).truth is Truth.FALSE  # known() is asked of nothing


def test_what_is_held_may_be_compared() -> None:
    expression = condition("held(stop_loss, 5m) == false").expression

    assert isinstance(expression, Comparison)


@pytest.mark.parametrize("name", ["change", "lowest", "highest"])
@pytest.mark.parametrize("inside", ["last", "last, 15m, 3"])
def test_a_window_takes_a_fact_and_a_duration(name: str, inside: str) -> None:
    call, example = f"{name}({inside})", {"change": "last, 15m", "lowest": "last, 1h", "highest": "profit, 1d"}[name]
    message = f"`{name}` takes two things, a fact and a duration, not {inside.count(',') + 1}"

    assert marked(f"{call} < 5%") == [(call, message, f"as in `{name}({example})`")]


WRONG: list[tuple[str, str, str, str]] = [
    (
        "held(stop_loss)",
        "held(stop_loss)",
        "`held` takes two things, a condition and a duration, not 1",
        "as in `held(day_change < -5%, 10m)`",
    ),
    ("change()", "change()", "`change` takes two things, a fact and a duration, not 0", "as in `change(last, 15m)`"),
    # the duration
    ("change(15m, last) < 5%", "change(15m, last)", "the duration comes second", "write `change(last, 15m)`"),
    ("held(10m, stop_loss)", "held(10m, stop_loss)", "the duration comes second", "write `held(stop_loss, 10m)`"),
    ("change(last, 15) < 5%", "15", "15 is a number, not a duration", "write 15m or 15h"),
    ("held(stop_loss, 10)", "10", "10 is a number, not a duration", "write 10m or 10h"),
    ("change(last, 15%) < 1%", "15%", "the length of a window is a written duration", "as in `change(last, 15m)`"),
    ("lowest(last, age) < 1", "age", "the length of a window is a written duration", "as in `lowest(last, 1h)`"),
    (
        "change(last, profit / 1%) < 1%",
        "profit / 1%",
        "the length of a window is a written duration",
        "as in `change(last, 15m)`",
    ),
    (
        "lowest(last, 5m + 5m) < 1",
        "5m + 5m",
        "the length of a window is a written duration",
        "as in `lowest(last, 1h)`",
    ),
    ("lowest(last, 2d) < 1", "2d", "a window is 1s to 1d long, not 2d", "readings are kept for a day"),
    ("lowest(last, 1d1s) < 1", "1d1s", "a window is 1s to 1d long, not 1d1s", "readings are kept for a day"),
    (
        "lowest(last, 99999999999999999999999d) < 1",
        "99999999999999999999999d",
        "a window is 1s to 1d long, not 99999999999999999999999d",
        "readings are kept for a day",
    ),
    ("lowest(last, 0.5s) < 1", "0.5s", "a window is 1s to 1d long, not 0.5s", "as in `lowest(last, 1h)`"),
    ("highest(profit, -1h) < 1%", "-1h", "a window is 1s to 1d long, not -1h", "as in `highest(profit, 1d)`"),
    # what is looked back on
    (
        "change(last + 1, 15m) < 5%",
        "last + 1",
        "`change` looks back on one fact, not on `last + 1`",
        "as in `change(last, 15m)`",
    ),
    ("change(5, 15m) < 5%", "5", "`change` looks back on one fact, not on a number", "as in `change(last, 15m)`"),
    ('lowest("last", 1h) < 5', '"last"', "`lowest` looks back on one fact, not on a text", "as in `lowest(last, 1h)`"),
    (
        "change(change(last, 5m), 15m) < 5%",
        "change(last, 5m)",
        "a window of a window has no meaning here",
        "as in `change(last, 15m)`",
    ),
    (
        "lowest(held(stop_loss, 5m), 1h) < 5",
        "held(stop_loss, 5m)",
        "a window of a window has no meaning here",
        "as in `lowest(last, 1h)`",
    ),
    (
        "change(stop_loss, 15m) < 5%",
        "stop_loss",
        "stop_loss is true or false",
        "ask whether it was true all the time: `held(stop_loss, 10m)`",
    ),
    ("lowest(age, 1h) < 5h", "age", "`lowest` cannot look back on age", LOOKS_BACK),
    ("highest(pair, 1h) < 5", "pair", "`highest` cannot look back on pair", LOOKS_BACK),
    ("change(entry_price, 1h) < 5%", "entry_price", "`change` cannot look back on entry_price", LOOKS_BACK),
    (
        "change(live_steps, 1h) < 5%",
        "live_steps",
        "a change of live_steps in percent has no meaning",
        "compare it with its extremes: `live_steps < highest(live_steps, 1h)`",
    ),
    ("change(lst, 15m) < 5%", "lst", "there is no fact `lst`", "did you mean `last`?"),
    # what is held
    ("held(last, 10m)", "last", "last is a number, not a condition", "compare it, as in `last > 0.25`"),
    (
        "held(stop_loss and held(breakeven, 5m), 10m)",
        "stop_loss and held(breakeven, 5m)",
        "`held(...)` inside `held(...)` says nothing new",
        "leave one out, keep the longer",
    ),
    # units
    (
        "change(last, 15m) < -3",
        "-3",
        "change(last, 15m) is a percentage, write -3%",
        "a percentage is written as 3Commas shows it: 5% is five of a hundred",
    ),
    (
        "lowest(last, 1h) < 5%",
        "lowest(last, 1h) < 5%",
        "lowest(last, 1h) is a number and 5% is a percentage: they cannot be compared",
        "lowest(last, 1h) is a plain number: write it without %",
    ),
    # markets
    (f"{BTC} < 5", BTC, "a market by itself is no value", f"ask for one of its facts, as in `{BTC}.day_change`"),
    (f"{BTC}.price < 5", f"{BTC}.price", "a market has no `price`", "a market has last and day_change"),
    (f"{BTC}.lst < 5", f"{BTC}.lst", "a market has no `lst`", "did you mean `last`?"),
    (f"{BTC}.profit < 5%", f"{BTC}.profit", "a market has no `profit`", "a market has last and day_change"),
    (
        "abs(last).last < 5",
        "abs(last).last",
        "`abs(...)` has nothing behind a dot",
        f"only a market has, as in `{BTC}.day_change`",
    ),
    (
        'markt("USDT_BTC").last < 5',
        'markt("USDT_BTC").last',
        "`markt(...)` has nothing behind a dot",
        "did you mean `market`?",
    ),
    (
        "market(USDT_BTC).last < 5",
        "market(USDT_BTC).last",
        "a market is named by its pair, a text in quotes",
        'write `market("USDT_BTC")`',
    ),
    (
        "market().last < 5",
        "market().last",
        "a market is named by its pair, a text in quotes",
        f"as in `{BTC}.day_change`",
    ),
    (
        'market("USDT_BTC", 5).last < 5',
        'market("USDT_BTC", 5).last',
        "a market is named by its pair, a text in quotes",
        f"as in `{BTC}.day_change`",
    ),
    (
        "market(5).last < 5",
        "market(5).last",
        "a market is named by its pair, a text in quotes",
        f"as in `{BTC}.day_change`",
    ),
]


@pytest.mark.parametrize(("text", "part", "message", "hint"), WRONG, ids=[text for text, *_ in WRONG])
def test_what_is_wrong_is_told_where_and_how_to_mend_it(text: str, part: str, message: str, hint: str) -> None:
    assert marked(text) == [(part, message, hint)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DOGEUSDT", "USDT_DOGE"),
        ("DOGE/USDT", "USDT_DOGE"),
        ("doge-usdt", "USDT_DOGE"),
        ("DOGE USDT", "USDT_DOGE"),
        ("USDTDOGE", "USDT_DOGE"),
        ("USDT/DOGE", "USDT_DOGE"),
        ("usdt_doge", "USDT_DOGE"),
        (" USDT_DOGE", "USDT_DOGE"),
        ("USDT_DOGE_", "USDT_DOGE"),
        ("ETHBTC", "BTC_ETH"),
        ("btcfdusd", "FDUSD_BTC"),
        ("DOGEUSDC", "USDC_DOGE"),
        ("DOGEUSD", "USD_DOGE"),
        ("BTCEUR", "EUR_BTC"),
        ("DOGEETH", "ETH_DOGE"),
        ("ETH/BTC", "BTC_ETH"),
        ("eth_btc", "ETH_BTC"),
        # Of two that are quotes elsewhere the last is the quote, and in mixed capitals too.
        ("EURUSDT", "USDT_EUR"),
        ("FDUSDUSDC", "USDC_FDUSD"),
        ("USDCFDUSD", "FDUSD_USDC"),
        ("EURUSD", "USD_EUR"),
        ("BtcEur", "EUR_BTC"),
        ("*/USDT", "USDT_BTC"),
        ("USDT", "USDT_BTC"),
        ("USDT_*", "USDT_BTC"),
        ("A_B_C", "USDT_BTC"),
        ("dogecoin", "USDT_BTC"),
        ("", "USDT_BTC"),
    ],
)
def test_a_pair_is_written_quote_first(written: str, meant: str) -> None:
    assert marked(f'market("{written}").last < 5') == [
        (f'"{written}"', f'"{written}" is not one pair', f'{QUOTE_FIRST}"{meant}"')
    ]


def test_two_mistakes_in_one_market_are_told_both() -> None:
    assert [message for _, message, _ in marked('market("DOGEUSDT").lst < 5')] == [
        "a market has no `lst`",
        '"DOGEUSDT" is not one pair',
    ]


def test_a_mistake_within_is_told_once() -> None:
    assert [part for part, *_ in marked("held(nope < 5, 10m) and change(nope, 5m) < 5%")] == ["nope", "nope"]
    assert [part for part, *_ in marked('change(market("x").last, 15) < 5%')] == ['"x"', "15"]
    assert [part for part, *_ in marked("held(last, 15)")] == ["last", "15"]
    assert [part for part, *_ in marked("change(last, nope) < 5%")] == ["nope"]
    assert [part for part, *_ in marked("change(15m, nope) < 5%")] == ["15m", "nope"]
    assert [part for part, *_ in marked('market("x").last < 5%')] == ['"x"']


def test_a_text_is_not_looked_back_on_whatever_its_declaration_says() -> None:
    """A text has no lowest and no highest."""
    vocabulary = Vocabulary([VOCABULARY["last"], make_fact("note", Kind.TEXT, over_time=OverTime.ALL)])

    with pytest.raises(ConditionError) as refused:
        compile_condition('lowest(note, 1h) == "a"', vocabulary, scope=Scope.SMART_TRADE)

    assert [problem.message for problem in refused.value.problems] == ["`lowest` cannot look back on note"]


def test_steps_are_not_looked_back_on() -> None:
    hint = "`held` speaks of the whole SmartTrade: its steps are not looked back on"

    assert marked("held(step.distance < 5% and stop_loss, 10m)", scope=Scope.STEP) == [
        ("step.distance < 5% and stop_loss", "`step.distance` is known only of the present step", hint)
    ]
    assert marked("lowest(step.distance, 10m) < 5%", scope=Scope.STEP) == [
        ("step.distance", "`lowest` cannot look back on step.distance", LOOKS_BACK)
    ]
    assert marked("step.distance < highest(profit, 10m)", scope=Scope.STEP) == []
