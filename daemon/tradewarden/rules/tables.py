"""
The parser of conditions, from tables that were made ahead: to work them out takes longer than to read a rules file, and
would be done at every start.

`condition.tables.json` is made from `condition.lark` by `scripts/grammar`, and says from what it was made. If that is
another grammar or lark than those that are here, the parser is built from the grammar: as right, only slower.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

GRAMMAR, TABLES = "condition.lark", "condition.tables.json"
# With the basic lexer every syntax error is an UnexpectedToken: the scanner has refused all characters in no token.
OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",
    "propagate_positions": True,
    "maybe_placeholders": False,
}


def read(name: str) -> str:
    """
    Return the text of one of the two files.
    """
    return files("tradewarden.rules").joinpath(name).read_text(encoding="utf-8")


def load_parser(grammar: str, tables: str) -> Lark:
    """
    Return the parser of *grammar*, from the *tables* if they are of it and of this lark.
    """
    made = json.loads(tables, object_pairs_hook=_with_numbers)
    return Lark.load(made["tables"]) if made["from"] == origin(grammar) else build_parser(grammar)


def build_parser(grammar: str) -> Lark:
    """
    Work the parser out.
    """
    return Lark(grammar, **OPTIONS)


def make_tables(grammar: str) -> str:
    """
    Return the tables as a text.
    """
    data, memo = build_parser(grammar).memo_serialize([TerminalDef, Rule])
    return json.dumps({"from": origin(grammar), "tables": {"data": data, "memo": memo}}, separators=(",", ":")) + "\n"


def origin(grammar: str) -> dict[str, str]:
    """
    Say from what tables are made.
    """
    content = json.dumps([grammar, OPTIONS])
    return {"lark": lark.__version__, "grammar": sha256(content.encode()).hexdigest()}


def _with_numbers(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """
    Give lark's tables the numbers for keys that JSON made texts of.
    """
    return {int(key) if key.isdecimal() else key: value for key, value in pairs}
