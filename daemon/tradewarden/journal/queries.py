"""
SQL stands in .sql files: each query under its name, with a comment that says why.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def parse_queries(text: str) -> dict[str, str]:
    """
    Split *text* at its ``-- name:`` lines. Raises ValueError if something stands before the first, or a name twice.
    """
    before, *parts = _NAME.split(text)
    if before.strip():
        msg = f"a query without a name: {before.strip()!r}"
        raise ValueError(msg)
    queries: dict[str, str] = {}
    for name, query in zip(parts[::2], parts[1::2], strict=True):
        if name in queries:
            msg = f"two queries have the name {name!r}"
            raise ValueError(msg)
        queries[name] = query.strip()
    return queries


@cache
def load_queries(file: str) -> Mapping[str, str]:
    """
    Return the queries of a .sql file of this package, by name.
    """
    return parse_queries((resources.files(__package__) / "sql" / file).read_text(encoding="utf-8"))
