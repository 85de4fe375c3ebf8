"""
Names a condition may use, and what to say of one that it may not.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tradewarden.rules.tree import Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.rules.schema import FactSchema, Scope, Vocabulary

KNOWN = "known"
_MATCH_KEYS = {"id": "match: {id: 30428625}"}
TRUE_WORDS, FALSE_WORDS = frozenset({"yes", "on"}), frozenset({"no", "off"})
FUNCTIONS = (*(function.value for function in Function), KNOWN)
LOOKING_BACK = ("change", "lowest", "highest", "held")
LISTED = "the functions are abs, min, max, known, change, lowest, highest, held and market"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """
    Return the one of *names* that *name* is probably a misspelling of.
    """
    by_lower = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def unknown_fact(name: str, vocabulary: Vocabulary, scope: Scope) -> tuple[str, str]:
    """
    Return message and hint for a name that is no fact.
    """
    message = f"there is no fact `{name}`"
    if name in FUNCTIONS:
        return f"`{name}` is a function", f"write `{name}(...)`"
    if name in LOOKING_BACK:
        return f"`{name}` is a function", f"write `{name}(..., 15m)`"
    if name == "market":
        return "a market has a pair", 'write `market("USDT_BTC").day_change`'
    if name in _MATCH_KEYS:
        return message, f"`{name}` is a key of `match`: {_MATCH_KEYS[name]}"
    if name.lower() in TRUE_WORDS | FALSE_WORDS:
        return message, "write a condition; to switch a rule off write `enabled: false`"
    visible = vocabulary.in_scope(scope)
    of_step = f"step.{name.removeprefix('step_')}"
    if of_step in vocabulary and of_step not in visible:
        last = "the price of the last deal is `last`; " if name == "price" and "last" in visible else ""
        return message, f"{last}{step_fact(of_step)[0]}"
    if is_value(name, visible):
        return message, in_quotes(name)
    # A path into the API's JSON: its last part is often the fact's name.
    last = name.rpartition(".")[2]
    near = nearest(name, visible) or nearest(last, visible)
    if near:
        path = "" if last == name else "facts are not paths into the API's JSON; "
        return message, f"{path}did you mean `{near}`?"
    if name.isupper():
        return message, in_quotes(name)
    return message, "`tradewarden vocabulary` lists all facts"


def is_value(name: str, vocabulary: Vocabulary) -> bool:
    """
    Tell whether *name* is one of the texts that a fact of *vocabulary* can be.
    """
    return any(name in fact.values for fact in vocabulary.values())


def in_quotes(name: str) -> str:
    """
    Return the hint for a text without quotes.
    """
    return f'a text stands in quotes: "{name}"'


def step_fact(name: str) -> tuple[str, str]:
    """
    Return message and hint for a fact of a step where there is no step.
    """
    return f"`{name}` is known only in `cancel: {{where: ...}}`", "`when` speaks of the whole SmartTrade"


def unknown_function(name: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """
    Return message and hint for a call of something that is no function.
    """
    if name in vocabulary:
        return f"`{name}` is a fact, not a function", f"write `{name}` without brackets"
    if "." in name:
        return f"there is no function `{name}`", 'texts are compared with ==, in and like: pair like "USDT_*"'
    near = nearest(name, (*FUNCTIONS, *LOOKING_BACK, "market"))
    hint = f"did you mean `{near}`?" if near else LISTED
    return f"there is no function `{name}`", hint


def unknown_value(fact: FactSchema, value: str) -> tuple[str, str]:
    """
    Return message and hint for a text that *fact* never is.
    """
    near = nearest(value, fact.values)
    listed = ", ".join(f'"{known}"' for known in fact.values)
    hint = f'did you mean "{near}"? It is one of {listed}' if near else f"it is one of {listed}"
    return f'{fact.name} is never "{value}"', hint
