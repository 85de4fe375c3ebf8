"""
Reads JSON objects key by key, so that every complaint about a scenario is a sentence with its place.
"""

from __future__ import annotations

import difflib
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from tradewarden.simulator.scenario_error import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.simulator.smart_trade import Json

SHOWN = 40  # characters of a wrong value that a message repeats


def spelled(value: object) -> str:
    """
    Return *value* as a message shows it.
    """
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


class Reader:
    """
    One JSON object and its place in the scenario, such as ``smart_trades[0].stop_loss``.

    Every method raises ScenarioError if the value is not what was asked for.
    """

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            msg = f"{place}: an object in braces is needed here, not {spelled(value)}."
            raise ScenarioError(msg)
        self.object = cast("Json", value)
        self.place = place

    def at(self, key: str) -> str:
        """
        Return the place of *key*.
        """
        return f"{self.place}.{key}"

    def has(self, key: str) -> bool:
        """
        Tell whether *key* is there and not null.
        """
        return self.object.get(key) is not None

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """
        Complain about the first key that is not *known*.
        """
        known = sorted(known)
        for key in self.object:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"the keys known here are {', '.join(known)}."
                msg = f"{self.at(key)}: this key is not known; {hint}"
                raise ScenarioError(msg)

    def need(self, key: str) -> Any:  # noqa: ANN401 - JSON of any kind
        """
        Return the value of *key*, which must be there.
        """
        if not self.has(key):
            msg = f"{self.place}: the key {key!r} is missing."
            raise ScenarioError(msg)
        return self.object[key]

    def text(self, key: str, default: str | None = None, *, choices: Iterable[str] = ()) -> str:
        """
        Return a text, one of *choices* if there are any; without a *default* it must be there.
        """
        value = default if default is not None and not self.has(key) else self.need(key)
        if not isinstance(value, str):
            msg = f"{self.at(key)}: a text in quotes is needed here, not {spelled(value)}."
            raise ScenarioError(msg)
        choices = tuple(choices)
        if choices and value not in choices:
            msg = f"{self.at(key)}: {value!r} is not one of {', '.join(choices)}."
            raise ScenarioError(msg)
        return value

    def number(self, key: str) -> Decimal | None:
        """
        Return a decimal, written as a text or as a number; ``None`` if it is absent or null.
        """
        value = self.object.get(key)
        if value is None:
            return None
        try:
            # Through the text of a float, so that 0.001 stays 0.001.
            number = None if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            msg = f'{self.at(key)}: {spelled(value)} is not a number; write it like "0.1027".'
            raise ScenarioError(msg)
        return number

    def positive(self, key: str) -> Decimal:
        """
        Return a decimal above zero, which must be there.
        """
        self.need(key)
        number = self.number(key)
        if number is None or number <= 0:
            msg = f"{self.at(key)}: {spelled(self.object[key])} is not above zero."
            raise ScenarioError(msg)
        return number

    def seconds(self, key: str, default: float = 0.0) -> float:
        """
        Return a number of seconds, zero or more.
        """
        number = self.number(key)
        if number is None:
            return default
        if number < 0:
            msg = f"{self.at(key)}: {number} is negative; a time counts from 0."
            raise ScenarioError(msg)
        return float(number)

    def integer(self, key: str, default: int | None = None) -> int:
        """
        Return a whole number above zero; without a *default* it must be there.
        """
        if default is not None and not self.has(key):
            return default
        value = self.need(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            msg = f"{self.at(key)}: a whole number above zero is needed here, not {spelled(value)}."
            raise ScenarioError(msg)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """
        Return true or false.
        """
        value = self.object.get(key, default)
        if not isinstance(value, bool):
            msg = f"{self.at(key)}: true or false is needed here, not {spelled(value)}."
            raise ScenarioError(msg)
        return value

    def child(self, key: str) -> Reader:
        """
        Return the object under *key*; an empty one if it is absent or null.
        """
        value = self.object.get(key)
        return Reader({} if value is None else value, self.at(key))

    def children(self, key: str) -> list[Reader]:
        """
        Return the objects in the list under *key*; none if it is absent or null.
        """
        value = self.object.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            msg = f"{self.at(key)}: a list in brackets is needed here, not {spelled(value)}."
            raise ScenarioError(msg)
        return [Reader(item, f"{self.at(key)}[{number}]") for number, item in enumerate(value)]
