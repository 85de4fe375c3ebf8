"""
Three-valued logic (Kleene, as in SQL): a condition over data that is missing is neither true nor false.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable


class Truth(Enum):
    """
    TRUE, FALSE or UNKNOWN. Only TRUE fires a rule.

    There is no way to use one in a bare ``if``: whoever decides must say which of the three it asks for.
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        """
        Refuse: UNKNOWN is neither, so a bare ``if`` would hide a decision.
        """
        msg = "a Truth has three values: compare it with Truth.TRUE, Truth.FALSE or Truth.UNKNOWN"
        raise TypeError(msg)

    def negated(self) -> Truth:
        """
        Turn true into false and back; what is unknown stays unknown.
        """
        if self is Truth.TRUE:
            return Truth.FALSE
        if self is Truth.FALSE:
            return Truth.TRUE
        return Truth.UNKNOWN


def truth_of(value: bool | None) -> Truth:  # noqa: FBT001 (the one place where a bool becomes a Truth)
    """
    Lift a bool; ``None`` is unknown.
    """
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """
    And: one false decides, else one unknown leaves it unknown. True of nothing.
    """
    result = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return Truth.FALSE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """
    Or: one true decides, else one unknown leaves it unknown. False of nothing.
    """
    result = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return Truth.TRUE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result
