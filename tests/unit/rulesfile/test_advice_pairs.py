"""
What `match` says that nothing is called: pairs in one text, a coin alone, kinds that there are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import examine
from tradewarden.rulesfile.mending import is_otherwise_the_same, mended

if TYPE_CHECKING:
    from tradewarden.rulesfile.problems import Issue

HEAD = "version: 1\nrules:\n  - name: a\n    cancel: farthest\n"


def advice(more: str) -> tuple[Issue, ...]:
    when = "" if "when:" in more else "    when: stop_loss\n"
    return examine(f"{HEAD}{when}    {more}\n".encode(), name="rules.yaml", vocabulary=VOCABULARY).issues


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ('match: {pair: "USDT_DOGE,USDT_XRP"}', "write [USDT_DOGE, USDT_XRP]"),
        ("match: {pair: 'USDT_*, USDC_*'}", 'write ["USDT_*", "USDC_*"]'),
        ("except: {pair: usdt_doge xrp_usdt}", "write [USDT_DOGE, USDT_XRP]"),
        ("match:\n      pair: USDT_DOGE;USDT_XRP", "write [USDT_DOGE, USDT_XRP]"),
    ],
)
def test_several_pairs_in_one_text_are_made_a_list(written: str, hint: str) -> None:
    [issue] = advice(written)

    assert (issue.code, issue.hints) == ("pair-notation", (hint,))
    assert issue.fix is not None
    assert issue.fix.is_safe
    before = f"{HEAD}    {written}\n    when: stop_loss\n"
    found = examine(before.encode(), name="rules.yaml", vocabulary=VOCABULARY).issues
    after, applied = mended(before, [one.fix for one in found if one.fix is not None])
    assert hint.removeprefix("write ") in after
    assert is_otherwise_the_same(before, after, applied)
    assert examine(after.encode(), name="rules.yaml", vocabulary=VOCABULARY).issues == ()


def test_a_list_is_the_owner_s_to_mend_where_it_is_one_already() -> None:
    [issue] = advice("match: {pair: [USDT_DOGE USDT_XRP, USDT_BTC]}")

    assert issue.message == "USDT_DOGE USDT_XRP is one text, and no pair is called so"
    assert (issue.hints, issue.fix) == (("write each as an entry of its own: USDT_DOGE, USDT_XRP",), None)


def test_several_pairs_over_several_lines_are_told_without_a_fix() -> None:
    [issue] = advice("match:\n      pair: >-\n        USDT_DOGE,USDT_XRP")

    assert (issue.hints, issue.fix) == (("write [USDT_DOGE, USDT_XRP]",), None)


@pytest.mark.parametrize(
    ("written", "replacement"),
    [
        ("match: {pair: DOGE}", '"*_DOGE"'),
        ("match: {pair: 'DOGE*'}", "*_DOGE"),
        ("except: {pair: [USDT_BTC, doge]}", '"*_DOGE"'),
    ],
)
def test_a_coin_alone_may_be_meant_with_one_quote_or_with_any(written: str, replacement: str) -> None:
    [issue] = advice(written)

    assert (issue.code, issue.hints) == ("pair-notation", ('for any quote, write "*_DOGE"',))
    assert issue.fix is not None
    assert (issue.fix.replacement, issue.fix.is_safe) == (replacement, False)


def test_a_coin_alone_in_a_folded_text_is_told_without_a_fix() -> None:
    [issue] = advice("match:\n      pair: >-\n        DOGE")

    assert (issue.code, issue.fix) == ("pair-notation", None)


@pytest.mark.parametrize(
    ("when", "hint"),
    [
        ('pair == "DOGE"', 'with any quote it is `pair like "*_DOGE"`'),
        ('pair like "DOGE*"', 'with any quote it is `pair like "*_DOGE"`'),
        ('pair in ["USDT_BTC", "DOGE"]', 'with any quote it is `pair like "*_DOGE"`'),
        ('pair == "USDT_DOGE,USDT_XRP"', 'one of them is `(pair == "USDT_DOGE" or pair == "USDT_XRP")`'),
        ('pair like "USDT_DOGE USDC_*"', 'one of them is `(pair == "USDT_DOGE" or pair like "USDC_*")`'),
    ],
)
def test_a_condition_that_asks_for_no_pair(when: str, hint: str) -> None:
    [issue] = advice(f"when: {when}")

    assert (issue.code, issue.hints, issue.fix) == ("pair-notation", (hint,), None)
    assert advice(f"when: {hint.partition('`')[2].rstrip('`')}") == ()


@pytest.mark.parametrize(
    "written",
    [
        "match: {pair: [USDT_DOGE, USDT_XRP]}",
        "match: {pair: '*DOGE*'}",
        "match: {pair: 'BTC*'}",
        "match: {pair: SOMETHING}",
        "match: {kind: [smart_trade, simple_buy]}",
        "match: {kind: 'smart*'}",
        "except: {kind: 'sell?'}",
    ],
)
def test_what_may_be_right_is_left_alone(written: str) -> None:
    assert advice(written) == ()


@pytest.mark.parametrize(
    ("written", "marked"),
    [
        ("match: {kind: smarttrade}", "smarttrade"),
        ("match: {kind: [smart_trade, smarttrade]}", "smarttrade"),
        ("except: {kind: smarttrade}", "smarttrade"),
    ],
)
def test_a_kind_that_there_is_not(written: str, marked: str) -> None:
    """As in a condition: there it is an error."""
    [issue] = advice(written)

    assert (issue.code, issue.message) == ("kind-unknown", 'kind is never "smarttrade"')
    assert issue.hints[0].startswith('did you mean "smart_trade"? It is one of "simple_buy"')
    assert f"    {written}"[issue.column : issue.column + issue.length] == marked
