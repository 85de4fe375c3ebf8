"""
Puts a mutant's code into functions that are imported already.
"""

from __future__ import annotations

import inspect
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from mutation.targets import PACKAGE

if TYPE_CHECKING:
    from mutation.mutants import Mutant


def new_codes(mutant: Mutant) -> dict[str, CodeType] | None:
    """
    Return the code of each function that differs, by qualified name; ``None`` if more than functions differs.
    """
    path = PACKAGE / mutant.module
    source = path.read_text("utf-8")
    found: dict[str, CodeType] = {}
    before, after = (
        compile(text, str(path), "exec", dont_inherit=True) for text in (source, mutant.applied_to(source))
    )
    return found if _only_functions_differ(before, after, found) else None


def _only_functions_differ(before: CodeType, after: CodeType, found: dict[str, CodeType]) -> bool:
    if (before.co_code, before.co_names, len(before.co_consts)) != (
        after.co_code,
        after.co_names,
        len(after.co_consts),
    ):
        return False
    for old, new in zip(before.co_consts, after.co_consts, strict=True):
        if not isinstance(old, CodeType) or not isinstance(new, CodeType):
            if old != new or type(old) is not type(new):
                return False
        elif not old.co_flags & inspect.CO_OPTIMIZED:  # the body of a class
            if not _only_functions_differ(old, new, found):
                return False
        elif old != new:
            if old.co_name.startswith("<") or old.co_freevars != new.co_freevars:
                return False
            found[old.co_qualname] = new
    return True


def patch(module: str, codes: dict[str, CodeType]) -> None:
    """
    Give the functions of an imported module their new code.
    """
    for qualified_name, code in codes.items():
        owner: object = sys.modules[module]
        for name in qualified_name.split("."):
            owner = inspect.getattr_static(owner, name)
        if isinstance(owner, property):
            owner = owner.fget
        if isinstance(owner, staticmethod | classmethod):
            owner = owner.__func__
        if not isinstance(owner, FunctionType):
            msg = f"{module}.{qualified_name} is no function"
            raise TypeError(msg)
        owner.__code__ = code
