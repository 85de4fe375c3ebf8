"""
Values for every place of a rules file, valid and not, as a person writes them, and the files made of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.json_schema import rules_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = rules_schema(VOCABULARY)

Tree = dict[str, "Tree"] | list["Tree"] | str  # a str is a scalar as it is written

DURATIONS = """
0s 0h 0.999999s 1s 1.000001s 59.999999s 60s 60.0s 60.000001s 61s 100s 3600s 3600.000001s 86400s 86401s 604801s
999999s 0.016666m 0.016667m 0.1m 1m 1.000001m 2m 59m 60m 60.5m 1440m 1440.000001m 10080m 10081m 0.000277h
0.000278h 1h 1.5h 24h 25h 168h 8760h 8761h 0.000011d 0.000012d 1d 1.000001d 7d 7.000001d 8d 364.999999d 365d
366d 0.000001w 0.000002w 0.142857w 0.142858w 1w 1.000001w 52w 52.142857w 52.142858w 53w 0h0s 0m1s 0m0.5s 1m0s
1m1s 1h30m 6d24h 7d1s 25h1s 1w1w 30m1h 1h1h 007s 000060s 0000060s 1.1234567s 1.5.5s .5s 5.s -1s 1M 1S 10ms
1month 2h30 s 1:30 "2 minutes" "60s " " 60s" "60s\\n" "1m 1s" never Never "never"
""".strip()
PERCENTAGES = """
0% 0.0% -0% -0.0% -1% -0.1% 0.000000001% 0.0000000001% 0.5% 1% 007% 49.999999999% 50% 50.000% 50.000000001% 51%
99% 100% 100.0% 100.000000001% 101% 999999999% 1000000000% 000000001% 0000000001% +1% 1e1% 5 .5% 5.% "5 %" "%"
"50%" "5%\\n"
""".strip()
NUMBERS = """
0 -0 1 -1 +1 2 4 5 7 8 9 10 99 100 101 999 1000 1001 010 1. 1.0 2.0 1.5 .5 1e0 1e3 0x1F 0o7 1_000 "2" "1" .inf
-.inf .nan 30428625 9223372036854775807 9223372036854775808 99999999999999999999 100000000000000000000 12.5e-1
""".strip()
WORDS = """
on-reset after farthest nearest furthest Farthest dry-run live Live real paper long short lng yes no on off y
true True TRUE false "true" ~ null Null "null" a "a" "" " " " a " "a\\tb" "a\\nb" "a\\n" "\\u202ea" "a\\u200bb"
"日本" 5x USDT_* "*" "?5" "0*" "3042*" smart_trade 2024 2024-01-01 12345678901234567890 123456789012345678901
"12345678901234567890" "123456789012345678901"
""".strip()
CRONS = """
* * * * *|*/5 8-20 * * mon-fri|0 8 1 * mon|0 8 1 * *|0 8 31 feb *|0 8 30,31 4 *|60 * * * *|59 23 31 12 *
* 24 * * *|0 0 0 * *|0 0 32 * *|0 0 * 13 *|0 0 * 0 *|0 0 * * 7|0 0 * * 8|0 0 * * SAT-mon|0 0 * * fri-mon/2
0,30 8 * JAN,feb *|  0   0 * * *  |05 * * * *|*/0 * * * *|*/1 * * * *|*/59 * * * *|*/60 * * * *|5/2 * * * *
30-10 * * * *|0-5/5 * * * *|0-5/6 * * * *|* * * * */6|* * * * */7|* * * * * *|* * * *|@daily|0 0 * * 0-7/7
0 0 * foo *|0 0 * * monday|5- * * * *|,5 * * * *|1-2-3 * * * *|005 * * * *|0 0 1-31 * mon
""".strip()
URLS = """
https://api.3commas.io/public/api https://api.3commas.io/public/api/ HTTPS://x https://x:/y https://x:1
https://x:0 https://x:00 https://x:65535/ https://x:65536/ https://x:99999 https://x:1a https:// https:///x
https:x https://user@x https://user:pw@x https://x/@y https://x/y?z "https://x/y#z" https://x\\y http://x
http://localhost http://LOCALHOST:80/x http://localhost.x http://127.0.0.1 http://127.255.0.9:1/
http://127.0.0.256 http://127.0.0.01 http://127.1 http://128.0.0.1 "http://[::1]:1/x" "http://[::2]"
"https://[::1]" "https://[::g]" "https://[::1]x" ftp://x x //x "https://x y" "https://é" "https://x\\n"
""".strip()
ZONES = """
UTC Europe/Berlin Europe/Berln Etc/GMT+5 "new york" ../UTC America/Argentina/Ushuaia /UTC Europe/ America//New_York
""".strip()
CONDITIONS = """
stop_loss|day_change < -5%|day_change < -0.05|day_chnge < -5%|step.distance > 50%|age > 2h|true|"stop_loss"|"true"
"  stop_loss "|""|"  "
""".strip()
LEAST: dict[str, Tree] = {"name": "a", "when": "stop_loss", "cancel": "farthest"}


def _words(text: str) -> Iterator[str]:
    """
    Yield what stands between spaces; a text in double quotes is one.
    """
    rest = text.split()
    while rest:
        word = rest.pop(0)
        while word.startswith('"') and (word == '"' or not word.endswith('"')):
            word += f" {rest.pop(0)}"
        yield word


SCALARS = tuple(
    dict.fromkeys(
        [
            *_words(f"{DURATIONS} {PERCENTAGES} {NUMBERS} {WORDS} {URLS} {ZONES}"),
            *(f'"{cron}"' for line in CRONS.splitlines() for cron in line.split("|")),
            *("x" * length for length in (99, 100, 101, 200, 201, 1999, 2000, 2001)),
            *(f'"{" " * 9}{"x" * length}\\n"' for length in (100, 101, 2000, 2001)),
            f"https://{'x' * 292}",
            f"https://{'x' * 293}",
        ]
    )
)
COLLECTIONS: tuple[Tree, ...] = (
    {},
    [],
    ["a"],
    ["long"],
    ["long", "short"],
    ["30428625", "5"],
    ["30428625", '"3042*"'],
    ["1", "0"],
    ['"USDT_*"', '""'],
    [["a"]],
    ["~"],
    ["a"] * 500,
    ["a"] * 501,
    {"a": "b"},
    {"every": "60s"},
    {"every": "60s", "jitter": "5s"},
    {"every": "5s", "jitter": "60s"},
    {"every": "60s", "cron": '"* * * * *"'},
    {"jitter": "5s"},
    {"cron": '"0 8 * * *"', "jitter": "5s"},
    {"position": "2"},
    {"position": "9"},
    {"where": "step.distance > 50%"},
    {"where": "profit > 5"},
    {"position": "2", "where": "step.distance > 50%"},
    {"side": "long", "pair": '["USDT_*", BTC]'},
)


def write(tree: Tree) -> str:
    """
    Return the text of a file, on one line.
    """
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {write(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(write, tree)) + "]"
    return tree


def values_for(key: str) -> tuple[Tree, ...]:
    """
    Return all that is tried at *key*: of a condition only what is no text, and conditions.
    """
    if key in {"when", "where"}:
        return (
            *(text for line in CONDITIONS.splitlines() for text in line.split("|")),
            *_words(NUMBERS),
            "~",
            "false",
            *COLLECTIONS,
        )
    return (*SCALARS, *COLLECTIONS)


def resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """
    Return the schema that *schema* refers to, or itself.
    """
    reference = schema.get("$ref")
    return schema if reference is None else root["$defs"][str(reference).rpartition("/")[2]]


def _pattern(_: object, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    """
    Match as JavaScript does, whose dialect the patterns are in: `$` is the end of the text, not a line's.
    """
    if isinstance(value, str) and re.search(pattern.replace("$", r"\Z"), value) is None:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


AsInAnEditor: Any = extend(Draft202012Validator, {"pattern": _pattern})
VALIDATOR: Any = AsInAnEditor(SCHEMA)
