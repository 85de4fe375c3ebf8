"""
Conditions written at random over the real vocabulary: right in their units mostly, and now and then in nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.lexicon import words_of
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.schema import FactSchema, Kind, Scope

if TYPE_CHECKING:
    from random import Random

NUMERIC = (Kind.NUMBER, Kind.PERCENT, Kind.DURATION)
_AMOUNTS = ("0", "1", "2", "5", "10", "0.25", "0.0975", "100", "3600", "0.00000001", "123456789012345678901234567890")
_COMPARATORS = ("<", "<=", ">", ">=", "==", "!=")
_TEXTS = ("USDT_DOGE", "USDT_*", "long", "short", "", "?", "[x]", "é時", "binance_us")
_PAIRS = ("USDT_BTC", "USDT_DOGE", "BTC_ETH")
_LENGTHS = ("1s", "30s", "15m", "90m", "1h30m", "24h", "1d")
_WRONG = 0.03  # the share of parts that are of any kind

WORDS = (*words_of("conditions"), *(name.encode() for name in VOCABULARY), b"x" * 40)


def condition_text(chance: Random, scope: Scope = Scope.SMART_TRADE, depth: int = 3) -> str:
    """
    Write a condition.
    """
    roll = chance.random() if depth else chance.random() * 0.6
    if roll < 0.5:
        return _comparison(chance, scope, depth)
    if roll < 0.56:
        return _text_condition(chance, scope) if chance.random() < 0.7 else _fact(chance, scope, (Kind.BOOL,))
    if roll < 0.6:
        return f"held({condition_text(chance, scope, min(depth, 1))}, {_length(chance)})"
    inner = condition_text(chance, scope, depth - 1)
    if roll < 0.7:
        return f"not ({inner})" if chance.random() < 0.7 else f"not {inner}"
    if roll < 0.78:
        known = inner if chance.random() < 0.2 else _value(chance, scope, chance.choice(NUMERIC), 1)
        return f"known({known})"
    word = chance.choice(("and", "or"))
    other = condition_text(chance, scope, depth - 1)
    return f"({inner} {word} {other})" if chance.random() < 0.5 else f"{inner} {word} {other}"


def _comparison(chance: Random, scope: Scope, depth: int) -> str:
    kind = chance.choice(NUMERIC)
    size = min(depth, chance.choice((0, 1, 1, 2)))
    if chance.random() < 0.1:
        listed = ", ".join(_literal(chance, kind) for _ in range(chance.randint(0, 3)))
        return f"{_value(chance, scope, kind, size)} {chance.choice(('in', 'not in'))} [{listed}]"
    text = _value(chance, scope, kind, size)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        text += f" {chance.choice(_COMPARATORS)} {_value(chance, scope, kind, size)}"
    return text


def _text_condition(chance: Random, scope: Scope) -> str:
    fact = _fact(chance, scope, (Kind.TEXT,))
    schema = VOCABULARY.get(fact)
    texts = schema.values if schema is not None and schema.values and chance.random() < 0.8 else _TEXTS
    quoted = [f'"{chance.choice(texts)}"' for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.3:
        return f"{fact} {chance.choice(('in', 'not in'))} [{', '.join(quoted)}]"
    return f"{fact} {chance.choice(('==', '!=', 'like', 'not like'))} {quoted[0]}"


def _value(chance: Random, scope: Scope, kind: Kind, depth: int) -> str:
    if chance.random() < _WRONG:
        kind = chance.choice(tuple(Kind))
    if kind in NUMERIC and chance.random() < 0.1:
        return _beyond(chance, scope, kind)
    if depth == 0 or kind not in NUMERIC:
        return _literal(chance, kind) if chance.random() < 0.4 else _fact(chance, scope, (kind,))
    first, second = (_value(chance, scope, kind, depth - 1) for _ in range(2))
    factor = _value(chance, scope, Kind.NUMBER, depth - 1)
    ratio = chance.choice(NUMERIC)
    return chance.choice(
        (
            first,
            f"({first} {chance.choice('+-')} {second})",
            f"{first} {chance.choice('+-')} {second}",
            f"({first} {chance.choice('*/')} {factor})",
            f"-{first}",
            f"abs({first})",
            f"{chance.choice(('min', 'max'))}({first}, {second})",
            f"({_value(chance, scope, ratio, 0)} / {_value(chance, scope, ratio, 0)})",
        )
    )


def _beyond(chance: Random, scope: Scope, kind: Kind) -> str:
    """
    Write something that looks back over time, or at a market.
    """
    base = _market(chance, kind) if chance.random() < 0.4 else _fact(chance, scope, (kind,))
    if chance.random() < 0.3:
        return base
    functions = ("lowest", "highest", "change") if kind is Kind.PERCENT else ("lowest", "highest")
    return f"{chance.choice(functions)}({base}, {_length(chance)})"


def _market(chance: Random, kind: Kind) -> str:
    pair = chance.choice(_PAIRS) if chance.random() > _WRONG else chance.choice(_TEXTS)
    facts = [schema.name for schema in VOCABULARY.values() if schema.of_market and schema.kind is kind]
    return f'market("{pair}").{chance.choice(facts or sorted(VOCABULARY))}'


def _length(chance: Random) -> str:
    return chance.choice(_LENGTHS) if chance.random() > _WRONG else _literal(chance, chance.choice(NUMERIC))


def _literal(chance: Random, kind: Kind) -> str:
    amount = f"{chance.choice(('', '', '-'))}{chance.choice(_AMOUNTS)}"
    match kind:
        case Kind.PERCENT:
            return f"{amount}%"
        case Kind.DURATION:
            return f"{amount}{chance.choice('smhdw')}"
        case Kind.TEXT:
            return f'"{chance.choice(_TEXTS)}"'
        case Kind.BOOL:
            return chance.choice(("true", "false"))
        case _:
            return amount


def _fact(chance: Random, scope: Scope, kinds: tuple[Kind, ...]) -> str:
    known: list[FactSchema] = list(VOCABULARY.in_scope(scope).values())
    fitting = [schema.name for schema in known if schema.kind in kinds]
    return chance.choice(fitting or [schema.name for schema in known])
