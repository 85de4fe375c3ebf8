"""
What repeats is told once, then counted: this remembers what was told.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tradewarden.model.memory import HoldKey

FORGET_AFTER = timedelta(days=1)  # a rule may be due as rarely as once a day
MOST_KEYS = 100_000  # 1,000 SmartTrades times 100 rules
MOST_ALIKE = 10  # lines of a kind in one cycle
MOST_QUESTIONS = 1_000

State = tuple[str, int, str | None]  # what kind of thing was told, of which trade, for what reason


class Repeats:
    """
    Tells news from repetition: of each rule and SmartTrade it keeps what was told last, one state for each kind.

    It forgets what ended, and what was not seen for one to two days: each of its two halves is a day old at most. Above
    MOST_KEYS a half lasts for one cycle.
    """

    def __init__(self) -> None:
        self._young: dict[HoldKey, tuple[State, ...]] = {}
        self._old: dict[HoldKey, tuple[State, ...]] = {}
        self._young_since: datetime | None = None

    def __len__(self) -> int:
        """
        Count the rules and SmartTrades that are remembered.
        """
        return len(self._young) + len(self._old)

    def is_news(self, key: HoldKey, state: State) -> bool:
        """
        Tell whether *state* of the rule and SmartTrade *key* begins or has changed; from now on it is told.
        """
        told = self._young.get(key)
        if told is None:
            told = self._young[key] = self._old.pop(key, ())
        if state in told:
            return False
        self._young[key] = (*(other for other in told if other[0] != state[0]), state)
        return True

    def forget(self, keys: Iterable[HoldKey]) -> None:
        """
        Forget *keys*: what they stood for has ended, and is told anew if it comes back.
        """
        for half in (self._young, self._old):
            if half:
                for key in half.keys() & keys:  # a few of 100,000: at the speed of the interpreter's own loop
                    del half[key]

    def forget_all(self) -> None:
        """
        Forget everything: the rules are others now.
        """
        self._young, self._old = {}, {}

    def grow_old(self, now: datetime) -> None:
        """
        Drop what was not seen for long; *now* is when the last cycle began.
        """
        if self._young_since is None:
            self._young_since = now
        is_old = abs(now - self._young_since) >= FORGET_AFTER  # a clock that was set back counts too
        if is_old or len(self._young) >= MOST_KEYS:
            self._young, self._old = {}, self._young
            self._young_since = now


class Crowd:
    """
    Lets the first lines of a kind through in each cycle and counts the rest: a kill switch may defer a thousand.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str | None]] = Counter()

    def admits(self, kind: tuple[str, str | None]) -> bool:
        """
        Tell whether there is room for one more line of *kind*.
        """
        self._seen[kind] += 1
        return self._seen[kind] <= MOST_ALIKE

    def disperse(self) -> dict[tuple[str, str | None], int]:
        """
        Return how many of each kind were kept back, and begin anew.
        """
        kept_back = {kind: number - MOST_ALIKE for kind, number in self._seen.items() if number > MOST_ALIKE}
        self._seen.clear()
        return kept_back


class OpenTales:
    """
    Remembers what was told of each open question, until it is settled.
    """

    def __init__(self) -> None:
        self._told: dict[int, Counter[tuple[str, str]]] = {}

    def is_news(self, intent_id: int, event: str, kind: str) -> bool:
        """
        Tell whether it is the first *event* of that *kind* about the intent.
        """
        if intent_id not in self._told and len(self._told) >= MOST_QUESTIONS:
            del self._told[next(iter(self._told))]
        told = self._told.setdefault(intent_id, Counter())
        told[(event, kind)] += 1
        return told[(event, kind)] == 1

    def close(self, intent_id: int, event: str) -> int:
        """
        Forget a question that is settled; return how often *event* was heard of it.
        """
        told = self._told.pop(intent_id, Counter())
        return sum(number for (heard, _), number in told.items() if heard == event)
