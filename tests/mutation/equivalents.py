"""
The mutants that no test can tell from the original, each with the reason: read from `equivalents.toml`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mutation.mutants import Mutant

FILE = Path(__file__).with_name("equivalents.toml")

Name = tuple[str, str, str, str]  # module, function, original, mutated: as in Mutant.name


def read_equivalents() -> dict[Name, str]:
    """
    Return the reason of each.
    """
    entries = tomllib.loads(FILE.read_text("utf-8")).get("equivalent", [])
    return {
        (entry["module"], entry["function"], entry["original"].strip(), entry["mutated"].strip()): entry[
            "reason"
        ].strip()
        for entry in entries
    }


def name_of(mutant: Mutant) -> Name:
    """
    Return the name under which a mutant is listed.
    """
    return mutant.module, mutant.function, mutant.original.strip(), mutant.mutated.strip()
