"""
What was probably meant by a key or a word that a test does not know: the words of traders and of other tools.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tradewarden.ruletests.settable import SETTABLE, STEP_SETTABLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_BELOW = "write it below `set`, or below `series` if it changes"
_NAME_THE_STEP = "name the step in `cancels`: cancels: {position: 2}"

IN_A_TEST = {
    **dict.fromkeys((*SETTABLE, "steps", "of"), _BELOW),
    **dict.fromkeys(("given", "facts", "when"), "did you mean set?"),
    **dict.fromkeys(("then", "expected", "expects"), "did you mean expect?"),
    **dict.fromkeys(("deal", "trade", "file", "fixture"), "did you mean smart_trade?"),
    "every": "write it in `series`: series: {every: 1m, ...}",
    "expect": "`expect: []` says that nothing happens",
}
"""
Keys that are none of a test or have no value there, with the help to each.
"""

WITHOUT_VALUE = dict.fromkeys(SETTABLE, "write unknown if 3Commas does not tell it")
"""
The same of facts without a value.
"""

IN_AN_EXPECTATION = {
    **dict.fromkeys(("position", "price", "id", "step"), _NAME_THE_STEP),
    **dict.fromkeys(("check", "invariant"), "did you mean denied?"),
    "nothing": "leave the entry out: what is not written must not happen",
    "reason": "did you mean deferred?",
    "time": "did you mean at?",
    "would_cancel": "write cancels, also with mode: dry-run",
}
"""
The same of an entry of `expect`.
"""

IN_CANCELS = {
    **dict.fromkeys(("step", "number", "index"), "did you mean position?"),
    "trade_id": "did you mean id?",
}
"""
The same of the step that is cancelled.
"""

FACTS = {
    "account": "did you mean account_id?",
    "change": "did you mean day_change?",
    "price": "the price of the pair is `last`; that of a step: steps: {2: {price: ...}}",
    "symbol": "did you mean pair?",
    "volume": "did you mean quote_volume?",
    **{
        name: f"name the step: steps: {{2: {{{name}: ...}}}}"
        for name in STEP_SETTABLE
        if name not in {"status", "price"}
    },
}
"""
The same of facts.
"""

_UNKNOWN = frozenset({"none", "nan", "n/a", "na", "nil", "missing", "?", "-", "null"})
_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_WORDS = {
    "active": ("waiting_targets", "order_placed"),
    "armed": ("to_process",),
    "buy": ("long",),
    "canceled": ("cancelled",),
    "filled": ("finished",),
    "open": ("waiting_targets", "order_placed"),
    "pending": ("idle",),
    "sell": ("short",),
    "working": ("order_placed",),
}
_TIMES = re.compile(r"(?P<value>\S.*?)\s*[x*×]\s*(?P<count>[1-9][0-9]{0,4})", re.ASCII)  # noqa: RUF001 (people write it)
_TIMES_BEFORE = re.compile(r"(?P<count>[1-9][0-9]{0,4})\s*[x*×]\s*(?P<value>\S+)", re.ASCII)  # noqa: RUF001 (as above)
_COUNTED = re.compile(r"(?P<value>\S.{0,99}?)\s{1,9}x\s{0,9}(?P<count>[-+]?[0-9][0-9.]{0,19})", re.ASCII)
_BETWEEN = re.compile(r"\s*[;|]\s*|\s+")


def means_unknown(value: object) -> bool:
    """
    Tell whether *value* is how others write that something is not known.
    """
    return value is None or (isinstance(value, str) and value.lower() in _UNKNOWN)


def boolean_meant(value: object) -> str | None:
    """
    Return ``true`` or ``false`` if *value* is another word for it.
    """
    return _BOOLEANS.get(str(value).lower())


def word_meant(value: str, known: Collection[str]) -> str | None:
    """
    Return which of the *known* words of 3Commas is meant by one of traders.
    """
    return next((word for word in _WORDS.get(value.lower(), ()) if word in known), None)


def times_meant(text: str) -> tuple[str, int] | None:
    """
    Return value and count of what may stand for a value that is repeated: ``-6%*3``, ``3 x -6%``.
    """
    found = _TIMES.fullmatch(text) or _TIMES_BEFORE.fullmatch(text)
    return None if found is None else (found["value"], int(found["count"]))


def counted(text: str) -> tuple[str, str] | None:
    """
    Return value and count of what is written as a value that is repeated, whatever its count: ``-6% x 0``.
    """
    found = _COUNTED.fullmatch(text)
    return None if found is None else (found["value"], found["count"])


def values_in(text: str) -> Iterator[str]:
    """
    Yield what may be several values without commas between them: ``-4%; -6%``.
    """
    return filter(None, _BETWEEN.split(text))
