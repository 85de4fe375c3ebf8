"""
Rules files written at random: every key, values that fit mostly, in the styles that YAML has for the same thing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.conditions_text import condition_text
from fuzz.lexicon import texts_of, words_of
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from random import Random

SAMPLES = Path(__file__).parents[1] / "rules"

SECRET = "3f2a9b8c7d6e5f4a" * 4
"""
Looks like a key of the API: a file that holds it is refused, and no message may show it.
"""

PARTED = tuple(
    joint.join(SECRET[at : at + 8] for at in range(0, 64, 8)) for joint in (r"\x01", r"\u200b", "\u200b", "\u2028")
)
"""
The same with what nobody sees in it.
"""

_ODD = (*texts_of("yaml_values"), *(f'"{secret}"' for secret in (SECRET, *PARTED)), "x" * 200)
_NAMES = ("far-target", "a", "b", "red-day", "A b", "x" * 65, "0", "no", '"1"')
_TOP = {
    "mode": ("dry-run", "live", "dry_run"),
    "timezone": ("UTC", "Europe/Berlin", "Europe/berlin", "../etc"),
    "schedule": ("{every: 60s}", '{cron: "*/5 8-20 * * mon-fri"}', "{every: 60s, jitter: 5s}", '{cron: "0 0 31 2 *"}'),
    "api": (
        "{url: https://api.3commas.io/public/api, timeout: 30s}",
        "{accounts: [32402783]}",
        "{account_mode: paper}",
    ),
    "limits": ("{cancels_per_cycle: 8}", "{abort_above: 50%}", "{cancels_per_hour: 60}"),
    "safety": ("{require_stop_loss: true, imminent_margin: 1%}", "{max_read_age: 15s}", "{frozen_after: never}"),
}
_RULE = {
    "description": ("In a falling market", "'quoted'", '"with \\u00e9"'),
    "match": ('{pair: "USDT_*", side: long}', "{id: [1, 2]}", "{quote: USDT, account_id: 1, kind: smart_trade}"),
    "except": ('{note: "*keep*"}', "{exchange: binance_us}", "{}"),
    "for": ("2m", "1h30m", "0s"),
    "cancel": ("farthest", "nearest", "{position: 2}", "WHERE"),
    "keep": ("1", "2", "7", "0", "8"),
    "repeat": ("never", "on-reset", "6h"),
    "every": ("5m", "1d"),
    "enabled": ("true", "false", "no"),
}

WORDS = (*words_of("yaml"), *(secret.encode() for secret in (SECRET, *PARTED)))


def file_text(chance: Random) -> str:
    """
    Write a rules file.
    """
    lines = ["version: 1"] if chance.random() < 0.97 else [f"version: {chance.choice(_ODD)}"]
    lines += [f"{key}: {_one_of(chance, values)}" for key, values in _TOP.items() if chance.random() < 0.3]
    chance.shuffle(lines)
    rules = [_rule(chance, number) for number in range(chance.choice((0, 1, 1, 1, 2, 3)))]
    lines += ["rules:", *rules] if rules or chance.random() < 0.5 else ["rules: []"]
    return "\n".join([*lines, ""])


def _rule(chance: Random, number: int) -> str:
    keys = {"name": f"rule-{number}" if chance.random() < 0.8 else chance.choice(_NAMES)}
    keys["when"] = _written(chance, condition_text(chance))
    for key, values in _RULE.items():
        if key == "cancel" or chance.random() < 0.25:
            value = _one_of(chance, values)
            where = condition_text(chance, Scope.STEP, depth=1)
            keys[key] = f"{{where: '{where.replace(chr(39), chr(39) * 2)}'}}" if value == "WHERE" else value
    if chance.random() < 0.05:
        keys[chance.choice(("zzz", "When", "api_key", "name "))] = chance.choice(_ODD)
    texts = [f"{key}: {value}" for key, value in keys.items()]
    return "  - " + "\n    ".join(texts)


def _written(chance: Random, text: str) -> str:
    """
    Write a condition in one of YAML's styles.
    """
    style = chance.choice(("plain", "plain", "plain", "single", "double", "literal", "folded", "lines"))
    if style == "single":
        return "'" + text.replace("'", "''") + "'"
    if style == "double":
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("-", "\\u002d") + '"'
    if style in {"literal", "folded"}:
        return ("|" if style == "literal" else ">-") + "\n      " + text.replace(" and ", "\n      and ")
    return text.replace(" or ", "\n      or ") if style == "lines" else text


def _one_of(chance: Random, values: tuple[str, ...]) -> str:
    return chance.choice(values) if chance.random() < 0.93 else chance.choice(_ODD)
