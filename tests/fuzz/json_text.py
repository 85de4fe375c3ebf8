"""
Bodies of the API, bent at random: a value replaced, taken away, given twice; as text, so that what no writer of JSON
would write can stand there too.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from fuzz.lexicon import texts_of

if TYPE_CHECKING:
    from random import Random

Path = tuple[str | int, ...]

TOKENS = (
    *texts_of("json_values"),
    "[" * 1200 + "]" * 1200,
    '{"a":' * 1200 + "1" + "}" * 1200,
    '"' + "x" * 3000 + '"',
    "1" * 4400,
    '"' + "9" * 90 + '"',
    "",
)
_MARK = "\x02%d\x03"


def bend(chance: Random, entity: Any, times: int) -> str:
    """
    Return the JSON text of *entity*, bent so many times.
    """
    bent = copy.deepcopy(entity)
    tokens: list[str] = []
    for _ in range(times):
        _bend_once(chance, bent, tokens)
    text = json.dumps(bent, separators=(",", ":"), ensure_ascii=False)
    for number, token in enumerate(tokens):
        mark = json.dumps(_MARK % number)
        text = text.replace(mark, token).replace(mark[1:-1], "")
    return text


def _bend_once(chance: Random, value: Any, tokens: list[str]) -> None:
    paths = _paths(value)
    if not paths:
        return
    path = chance.choice(paths)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    last = path[-1]
    fate = chance.random()
    if fate < 0.15:
        del parent[last]
    elif fate < 0.25 and isinstance(parent, dict):
        _duplicate(chance, parent, str(last), tokens)
    elif fate < 0.35 and isinstance(parent, list):
        parent.insert(chance.randint(0, len(parent)), copy.deepcopy(parent[int(last)]))
    elif fate < 0.5:
        parent[last] = copy.deepcopy(_at(value, chance.choice(paths)))
    elif fate < 0.55 and isinstance(parent[last], str):
        parent[last] = _as_number(tokens, parent[last])
    else:
        parent[last] = _token(tokens, chance.choice(TOKENS))


def _duplicate(chance: Random, parent: dict[str, Any], key: str, tokens: list[str]) -> None:
    """
    Give a key a second time, before or after the first: the mark that tells them apart goes from the text.
    """
    again = key + (_MARK % len(tokens))
    tokens.append("")
    value = parent[key] if chance.random() < 0.3 else _token(tokens, chance.choice(TOKENS))
    if chance.random() < 0.5:
        parent[again] = value
    else:
        rest = dict(parent)
        parent.clear()
        parent.update({again: value, **rest})


def _as_number(tokens: list[str], text: str) -> str:
    return text if _MARK[0] in text else _token(tokens, text)


def _token(tokens: list[str], token: str) -> str:
    tokens.append(token)
    return _MARK % (len(tokens) - 1)


def _paths(value: Any) -> list[Path]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path for key, inner in items for path in ((key,), *((key, *rest) for rest in _paths(inner)))]


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def plainly(body: bytes | str) -> Any:
    """
    Read JSON by Python's own reader, all but small whole numbers as the text that they are.

    Raises ValueError, RecursionError.
    """
    return json.loads(body, parse_float=str, parse_int=_whole)


def _whole(text: str) -> int | str:
    return int(text) if len(text) < 40 else text  # Python refuses to convert thousands of digits
