"""
What `docs/check.md` lists is what there is. (That its answers are those of the program, `test_pages` holds.)
"""

from __future__ import annotations

import re

from page import ROOT, page
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import InvalidRulesError, examine

PAGE = page("check.md")
# What needs an account, a journal, a very long file, or one that is not there.
NOT_IN_A_SAMPLE = {"rule-renamed", "unreadable", "matches-nothing", "rules-not-compared"}
NOT_IN_A_SAMPLE |= {f"{word}-not-seen" for word in ("pair", "account", "id", "exchange")} | {"pair-unknown"}


def test_there_are_examples_of_every_option() -> None:
    used = {word for command in PAGE.commands for word in command.split() if word.startswith("--")}

    assert used == {"--say", "--fix", "--json", "--account"}


def test_the_codes_that_are_listed_are_those_that_the_samples_have() -> None:
    found: set[str] = set()
    for path in sorted((ROOT / "tests" / "rules").glob("*.yaml")):
        try:
            issues = examine(path.read_bytes(), name=path.name, vocabulary=VOCABULARY).issues
        except InvalidRulesError as error:
            issues = error.issues
        found |= {issue.code for issue in issues}
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.text.split("## What is certain")[0], flags=re.MULTILINE)

    assert len(listed) == len(set(listed))
    assert set(listed) == found | NOT_IN_A_SAMPLE
