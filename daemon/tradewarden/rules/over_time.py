"""
The nodes that look beyond the present reading: windows, held conditions, markets. Each is a fact with an origin.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from lark import Tree

from tradewarden.rules.conditions import is_condition
from tradewarden.rules.kinds import KIND_WORDS, NUMERIC
from tradewarden.rules.literals import show
from tradewarden.rules.names import nearest
from tradewarden.rules.origin import LONGEST_WINDOW, Held, MarketFact, Window, WindowFunction, all_facts
from tradewarden.rules.pair_notation import as_3commas_writes
from tradewarden.rules.review import span
from tradewarden.rules.schema import Kind, OverTime, Scope
from tradewarden.rules.tree import Fact, Literal

if TYPE_CHECKING:
    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.review import Operands, Review
    from tradewarden.rules.schema import FactSchema
    from tradewarden.rules.tree import Expression

HELD = "held"
MARKET = "market"
OVER_TIME = (*(function.value for function in WindowFunction), HELD)

TWO = 2  # what is looked back on and how far; quote and base
SHORTEST_S, LONGEST_S = Decimal(1), Decimal(LONGEST_WINDOW // timedelta(seconds=1))
_EXAMPLES = {
    "change": "change(last, 15m)",
    "lowest": "lowest(last, 1h)",
    "highest": "highest(profit, 1d)",
    HELD: "held(day_change < -5%, 10m)",
}
_MARKET_EXAMPLE = 'market("USDT_BTC").day_change'
_QUOTES = ("FDUSD", "USDT", "USDC", "USD", "EUR", "BTC", "ETH")  # in which pairs are written together elsewhere
_PAIR = re.compile(r"[A-Z0-9]+_[A-Z0-9]+", re.ASCII)
_OUTSIDE_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'|[ \t\r\n]+")


def over_time(review: Review, tree: SyntaxTree, operands: Operands) -> Fact | None:
    """
    Look back on a fact, or on a condition, over a window.
    """
    name = str(tree.children[0])
    if len(operands) != TWO:
        what = "a condition" if name == HELD else "a fact"
        message = f"`{name}` takes two things, {what} and a duration, not {len(operands)}"
        review.refuse(tree, message, f"as in `{_EXAMPLES[name]}`")
        return None
    subject, length = operands
    if isinstance(subject, Literal) and subject.kind is Kind.DURATION and length is not None:
        hint = f"write `{name}({review.cut(length)}, {review.cut(subject)})`"
        review.refuse(tree, "the duration comes second", hint)
        return None
    window = None if length is None else _length(review, name, length)
    if subject is None:
        return None
    return _held(review, tree, subject, window) if name == HELD else _window(review, tree, subject, window)


def market(review: Review, tree: SyntaxTree) -> Fact | None:
    """
    Look at the market of a pair: ``market("USDT_BTC").last``.
    """
    call = next(child for child in tree.children if isinstance(child, Tree))
    name, fact = str(call.children[0]), str(tree.children[1]).removeprefix(".")
    arguments = [child for child in call.children if isinstance(child, Tree)]
    if name != MARKET:
        near = nearest(name, [MARKET])
        hint = f"did you mean `{near}`?" if near else f"only a market has, as in `{_MARKET_EXAMPLE}`"
        review.refuse(tree, f"`{name}(...)` has nothing behind a dot", hint)
        return None
    pair = _pair(review, tree, arguments)
    schema = review.vocabulary.get(fact)
    if schema is None or not schema.of_market:
        facts = [known.name for known in review.vocabulary.values() if known.of_market]
        near = nearest(fact, facts)
        hint = f"did you mean `{near}`?" if near else f"a market has {', '.join(facts[:-1])} and {facts[-1]}"
        review.refuse(tree, f"a market has no `{fact}`", hint)
        return None
    if pair is None:
        return None
    start, end = span(tree)
    full_name = f'{MARKET}("{pair}").{fact}'
    return Fact(start=start, end=end, kind=schema.kind, name=full_name, origin=MarketFact(pair=pair, fact=fact))


def refuse_bare_market(review: Review, tree: SyntaxTree) -> None:
    """
    Refuse a market of which nothing is asked.
    """
    review.refuse(tree, "a market by itself is no value", f"ask for one of its facts, as in `{_MARKET_EXAMPLE}`")


def _pair(review: Review, tree: SyntaxTree, arguments: list[SyntaxTree]) -> str | None:
    """
    Return the pair in the brackets of a market.
    """
    if len(arguments) != 1 or arguments[0].data != "text":
        is_name = len(arguments) == 1 and arguments[0].data == "fact"
        hint = f'write `{MARKET}("{arguments[0].children[0]}")`' if is_name else f"as in `{_MARKET_EXAMPLE}`"
        review.refuse(tree, "a market is named by its pair, a text in quotes", hint)
        return None
    written = str(arguments[0].children[0])[1:-1]
    if _PAIR.fullmatch(written):
        return written
    hint = f'write it as 3Commas does, quote first, in capitals: "{_meant(written)}"'
    review.refuse(arguments[0], f'"{written}" is not one pair', hint)
    return None


def _meant(written: str) -> str:
    """
    Return the pair that is probably meant: elsewhere it is written DOGE/USDT, DOGE-USDT or DOGEUSDT, the quote last.
    """
    pair = as_3commas_writes(written)
    if pair is not None and _PAIR.fullmatch(pair):
        return pair
    parts = [part for part in re.split(r"[^A-Z0-9]+", written.upper()) if part]
    if len(parts) == 1:
        quote = next((quote for quote in _QUOTES if parts[0].endswith(quote)), "")
        parts = [parts[0].removesuffix(quote), quote]
    elif "_" in written:
        parts.reverse()
    return "_".join(reversed(parts)) if len(parts) == TWO and all(parts) else "USDT_BTC"


def _length(review: Review, name: str, length: Expression) -> timedelta | None:
    """
    Return the length of a window.
    """
    example = f"as in `{_EXAMPLES[name]}`"
    if not isinstance(length, Literal) or length.kind is not Kind.DURATION or not isinstance(length.value, Decimal):
        if isinstance(length, Literal) and length.kind is Kind.NUMBER:
            message = f"{review.cut(length)} is a number, not a duration"
            review.refuse_part(length, message, f"write {review.cut(length)}m or {review.cut(length)}h")
        else:
            review.refuse_part(length, "the length of a window is a written duration", example)
        return None
    seconds = length.value  # of any size: what is compared first fits into a timedelta afterwards
    if not SHORTEST_S <= seconds <= LONGEST_S:
        message = f"a window is 1s to 1d long, not {review.cut(length)}"
        hint = example if seconds < SHORTEST_S else "readings are kept for a day"
        review.refuse_part(length, message, hint)
        return None
    return timedelta(microseconds=int(seconds * 1_000_000))


def _window(review: Review, tree: SyntaxTree, subject: Expression, length: timedelta | None) -> Fact | None:
    function = WindowFunction(str(tree.children[0]))
    if not isinstance(subject, Fact):
        message = f"`{function}` looks back on one fact, not on {_what(review, subject)}"
        review.refuse_part(subject, message, f"as in `{_EXAMPLES[function]}`")
        return None
    if isinstance(subject.origin, Window | Held):
        review.refuse_part(subject, "a window of a window has no meaning here", f"as in `{_EXAMPLES[function]}`")
        return None
    problem = _unfit(review, function, subject)
    if problem is not None:
        review.refuse_part(subject, *problem)
        return None
    if length is None:
        return None
    start, end = span(tree)
    return Fact(
        start=start,
        end=end,
        kind=Kind.PERCENT if function is WindowFunction.CHANGE else subject.kind,
        name=f"{function}({subject.name}, {_written(length)})",
        origin=Window(function=function, base=subject, length=length),
        is_whole=subject.is_whole and function is not WindowFunction.CHANGE,
    )


def _unfit(review: Review, function: WindowFunction, fact: Fact) -> tuple[str, str] | None:
    """
    Return why *function* cannot look back on *fact*, and what can be done instead.
    """
    name = fact.origin.fact if isinstance(fact.origin, MarketFact) else fact.name
    schema: FactSchema = review.vocabulary[name]
    if schema.kind is Kind.BOOL:
        return f"{fact.name} is true or false", f"ask whether it was true all the time: `held({fact.name}, 10m)`"
    if schema.over_time is OverTime.NOTHING or schema.kind not in NUMERIC:
        fit = [known.name for known in review.vocabulary.values() if known.over_time is OverTime.ALL]
        return f"`{function}` cannot look back on {fact.name}", f"it can on {', '.join(fit[:-1])} and {fit[-1]}"
    if function is WindowFunction.CHANGE and schema.over_time is OverTime.EXTREMES:
        hint = f"compare it with its extremes: `{fact.name} < highest({fact.name}, 1h)`"
        return f"a change of {fact.name} in percent has no meaning", hint
    return None


def _held(review: Review, tree: SyntaxTree, subject: Expression, length: timedelta | None) -> Fact | None:
    if not is_condition(review, subject):
        return None
    inner = list(all_facts(subject))
    if any(isinstance(fact.origin, Held) for fact in inner):
        review.refuse_part(subject, "`held(...)` inside `held(...)` says nothing new", "leave one out, keep the longer")
        return None
    of_step = next((f for f in inner if f.origin is None and review.vocabulary[f.name].scope is Scope.STEP), None)
    if of_step is not None:
        hint = "`held` speaks of the whole SmartTrade: its steps are not looked back on"
        review.refuse_part(subject, f"`{of_step.name}` is known only of the present step", hint)
        return None
    if length is None:
        return None
    start, end = span(tree)
    text = _OUTSIDE_QUOTES.sub(lambda found: " " if found.group().isspace() else found.group(), review.cut(subject))
    return Fact(
        start=start,
        end=end,
        kind=Kind.BOOL,
        name=f"{HELD}({text}, {_written(length)})",
        origin=Held(condition=subject, text=text, length=length),
    )


def _written(length: timedelta) -> str:
    return show(Decimal(length // timedelta(microseconds=1)) / 1_000_000, Kind.DURATION)


def _what(review: Review, subject: Expression) -> str:
    return KIND_WORDS[subject.kind] if isinstance(subject, Literal) else f"`{review.cut(subject)}`"
