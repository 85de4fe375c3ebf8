"""
What other languages write, how large a condition may be, and what is said of both.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.scanner import FOREIGN_OPERATORS, FOREIGN_WORDS, LOOKALIKES
from unit.rules.language import condition, marked, problems

NUMBERS = "numbers are plain decimals: 0.0975, -5%, 2h, 1h30m"
SPLIT = "make it two rules, or use a list: pair in [...]"


@pytest.mark.parametrize(
    ("text", "symbol", "hint"),
    [
        ("stop_loss && breakeven", "&&", "write `and`"),
        ("stop_loss || breakeven", "||", "write `or`"),
        ("!stop_loss", "!", "write `not`"),
        ("last = 3", "=", "write `==`"),
        ("last === 3", "===", "write `==`"),
        ("last !== 3", "!==", "write `!=`"),
        ("last => 3", "=>", "write `>=`"),
        ("last =< 3", "=<", "write `<=`"),
        ("last <> 3", "<>", "write `!=`"),
        ("last ** 3 > 1", "**", "there are no powers"),
        ("last // 3 > 1", "//", "write `/`; a comment belongs behind a # outside the condition"),
        ("last% > 1", "%", "a percent sign stands right after a number: 5%"),
        ("last > 1 # dear", "#", "a comment belongs outside the condition"),
        ("last > 1;", ";", "put it in quotes if it belongs to a text"),
        (
            "last. > 1",
            ".",
            'a fact of a step is written `step.distance`, of a market `market("USDT_BTC").last`, a number `0.5`',
        ),
        ("pair =~ 'x'", "=~", 'write `like "USDT_*"`'),
    ],
)
def test_foreign_operators(text: str, symbol: str, hint: str) -> None:
    assert marked(text) == [(symbol, f"`{symbol}` is not part of this language", hint)]


def test_a_control_character_is_named_by_its_number() -> None:
    hint = "put it in quotes if it belongs to a text"

    assert marked("last\x00 > 1") == [("\x00", "`U+0000` is not part of this language", hint)]


@pytest.mark.parametrize(("text", "meant"), [("last < = 3", "<="), ("last ! = 3", "!="), ("last =\n= 3", "==")])
def test_an_operator_torn_apart(text: str, meant: str) -> None:
    torn = text[5:-2]

    assert marked(text) == [(torn, f"`{' '.join(torn.split())}` is torn apart", f"write `{meant}`")]


@pytest.mark.parametrize("word", ["AND", "Or", "NOT", "In", "LIKE", "True", "FALSE"])
def test_words_are_written_in_small_letters(word: str) -> None:
    found = marked(f"stop_loss {word} breakeven")

    assert found == [(word, f"`{word}` must be written in small letters", f"write `{word.lower()}`")]


@pytest.mark.parametrize("word", [*FOREIGN_WORDS, "None", "NULL", "IS", "Between"])
def test_words_of_other_languages(word: str) -> None:
    found = marked(f"last {word} 3")

    assert found == [(word, f"`{word}` is not a word of this language", FOREIGN_WORDS[word.lower()])]


@pytest.mark.parametrize("character", LOOKALIKES)
def test_lookalikes_are_refused_with_what_was_meant(character: str) -> None:
    """
    A character that only looks like an operator comes from a web page or a phone's keyboard.
    """
    ((part, message, hint),) = marked(f"last {character} 3")

    assert part == character
    assert message.endswith("not the character on the keyboard")
    assert hint is not None
    assert LOOKALIKES[character] in hint


@pytest.mark.parametrize(
    ("character", "message", "hint"),
    [
        ("\N{MINUS SIGN}", "this is a minus sign, not the character on the keyboard", "write `-`"),
        (
            "\N{NO-BREAK SPACE}",
            "this is a no-break space, not the character on the keyboard",
            "write an ordinary space",
        ),
        (
            "\N{FULLWIDTH LESS-THAN SIGN}",
            "this is a fullwidth less-than sign, not the character on the keyboard",
            "write `<`",
        ),
        (
            "\N{CYRILLIC SMALL LETTER A}",
            "a cyrillic small letter a cannot stand outside quotes",
            "facts and operators are plain ASCII",
        ),
        ("\x85", "a u+0085 cannot stand outside quotes", "facts and operators are plain ASCII"),
    ],
)
def test_characters_from_afar(character: str, message: str, hint: str) -> None:
    assert marked(f"last {character} 3") == [(character, message, hint)]


def test_quotes_hold_any_character() -> None:
    assert condition('pair == "\N{MINUS SIGN} && AND 1e5 é"')


@pytest.mark.parametrize(
    ("number", "message", "hint"),
    [
        ("0x10", "0x10 is not a number", NUMBERS),
        ("1e5", "1e5 is not a number", NUMBERS),
        ("1_000", "1_000 is not a number", NUMBERS),
        (".5", ".5 is not a number", NUMBERS),
        ("5.", "5. is not a number", NUMBERS),
        ("1.2.3", "1.2.3 is not a number", NUMBERS),
        ("2h%", "2h% is not a number", NUMBERS),
        ("007", "007 begins with a zero too many", "write 7"),
        ("05%", "05% begins with a zero too many", "write 5%"),
        ("5min", "5min is not a duration", "write 5m; the units are s, m, h, d and w"),
        ("2Hours", "2Hours is not a duration", "write 2h; the units are s, m, h, d and w"),
        ("30m1h", "the units of the duration 30m1h are out of order", "write each unit once, the largest first: 1h30m"),
        ("1h1h", "the units of the duration 1h1h are out of order", "write each unit once, the largest first: 1h30m"),
        ("1" * 31, "the number has more than 30 digits", "round it"),
        ("0." + "0" * 30, "the number has more than 30 digits", "round it"),
        ("1h" + "1" * 30 + "s", "the number has more than 30 digits", "round it"),
    ],
)
def test_malformed_numbers(number: str, message: str, hint: str) -> None:
    assert marked(f"last > {number}") == [(number, message, hint)]


POINT = "a number has a point, not a comma"
THOUSANDS = "write thousands without a separator, as in 1000, and a fraction with a point, as in 0.05"


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("1,05", f"{POINT}: write 1.05"),
        ("0,05%", f"{POINT}: write 0.05%"),
        ("1,05 %", f"{POINT}: write 1.05%"),
        ("0,050", f"{POINT}: write 0.050"),
        ("1.234,05", f"{POINT}: write 1234.05"),
        ("1,000", THOUSANDS),
        ("1,050", THOUSANDS),
        ("1,050.5", THOUSANDS),
        ("1,05.5", THOUSANDS),
        ("1.5,05", THOUSANDS),
    ],
)
def test_a_zero_behind_a_comma_is_the_end_of_a_torn_number(number: str, hint: str) -> None:
    assert marked(f"entry_price > last * {number}") == [(number, f"{number} is not a number", hint)]


def test_thousands_of_thousands_are_told_of_at_each_separator() -> None:
    assert marked("last > 1,050,000") == [
        ("1,050", "1,050 is not a number", THOUSANDS),
        ("1,050,000", "1,050,000 is not a number", THOUSANDS),
    ]


def test_a_zero_behind_a_comma_that_parts_values_is_one_too_many() -> None:
    assert marked("max(last, 05) > 1") == [("05", "05 begins with a zero too many", "write 5")]


def test_a_quote_that_is_never_closed() -> None:
    assert marked("pair == 'a") == [("'", "this quote is never closed", "end the text with '")]


def test_everything_foreign_is_told_at_once() -> None:
    found = marked("!stop_loss && last = 1e5 OR pair is None")

    assert [part for part, _, _ in found] == ["!", "&&", "=", "1e5", "OR", "is", "None"]


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_condition(text: str) -> None:
    (problem,) = problems(text)

    assert str(problem) == "the condition is empty (day_change < -5%)"
    assert (problem.start, problem.end) == (0, 0)


def test_too_many_characters() -> None:
    text = f"pair == '{'x' * 991}'"

    assert condition(text[:-2] + "'")
    assert marked(text) == [("'", "the condition has 1,001 characters, 1,000 are allowed", SPLIT)]


def test_too_many_nodes() -> None:
    largest = " or ".join(["stop_loss"] * 32)

    assert condition(f"not {largest}")
    assert marked(f"not not {largest}") == [
        ("stop_loss", "the condition has 65 names, values and operators, 64 are allowed", SPLIT)
    ]


def test_brackets_nested_too_deep() -> None:
    assert condition("(" * 16 + "stop_loss" + ")" * 16)
    assert marked("(" * 17 + "stop_loss" + ")" * 17) == [("(", "brackets are nested deeper than 16", "leave some out")]


def test_no_hint_is_empty() -> None:
    assert all([*FOREIGN_OPERATORS.values(), *FOREIGN_WORDS.values(), *LOOKALIKES.values()])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("age > 1mo", "there is no unit month: write 30d"),
        ("age > 2months", "there is no unit month: write 60d"),
        ("age > 1.5Mo", "there is no unit month: write 45d"),
        ("age > 1month", "there is no unit month: write 30d"),
        ("age > 1y", "there is no unit year: write 365d"),
        ("age > 1year", "there is no unit year: write 365d"),
        ("age > 1 month", "there is no unit month: write 30d"),
        ("age > 1M", "there is no unit M: minutes are 1m; a month is 30d, a million 1000000"),
        ("age > 1ms", "there are no milliseconds: the units are s, m, h, d and w"),
        ("last > 1million", NUMBERS),
        ("age > 5mins", "write 5m; the units are s, m, h, d and w"),
        ("age > 5minutes", "write 5m; the units are s, m, h, d and w"),
    ],
)
def test_a_month_never_becomes_a_minute(text: str, hint: str) -> None:
    assert [found for _, _, found in marked(text)] == [hint]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("last > $5", "write the number alone: prices and amounts carry no currency"),
        ("last > \N{EURO SIGN}5", "write the number alone: prices and amounts carry no currency"),
        ("last > 5 USD", "write the number alone: 5"),
        ("last > 5 dollars", "here comes an operator such as < or and"),
        ("last > 10x", "write the number alone: 10"),
        ("last > 1k", "write thousands out: 1000"),
        ("last > 014", "write 14"),
        ("last > 00.5", "write 0.5"),
        ("last > 1,014", THOUSANDS),
    ],
)
def test_amounts_as_people_write_them(text: str, hint: str) -> None:
    assert [found for _, _, found in marked(text)] == [hint]


def test_a_range_is_a_chain() -> None:
    assert [hint for _, _, hint in marked("last in [8-20]")] == ["write `8 <= last <= 20`"]


@pytest.mark.parametrize("text", ["hour > 18:00", "hour > 18:30 and stop_loss", "stop_loss and hour < 6:05"])
def test_a_time_of_day_is_an_hour(text: str) -> None:
    """
    One mistake is one message: its minutes are not told by themselves.
    """
    hour = 6 if "6:05" in text else 18

    assert marked(text) == [
        (":", "`:` is not part of this language", f"a time of day is asked by its hour alone, as in hour >= {hour}")
    ]
