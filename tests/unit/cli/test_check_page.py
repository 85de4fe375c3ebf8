"""
What `docs/check.md` shows is what the program says, and the codes that it lists are those that there are.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tradewarden.cli.main import main
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import InvalidRulesError, examine
from unit.cli.conftest import add_market

if TYPE_CHECKING:
    from tradewarden.simulator.api import Api

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "check.md").read_text("utf-8")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```\n\n```console\n\$ tradewarden (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = EXAMPLE.findall(PAGE)
# What needs an account, a journal, a very long file, or one that is not there.
NOT_IN_A_SAMPLE = {"rule-renamed", "unreadable", "matches-nothing", "rules-not-compared"}
NOT_IN_A_SAMPLE |= {f"{word}-not-seen" for word in ("pair", "account", "id", "exchange")} | {"pair-unknown"}


@pytest.mark.parametrize(("rules", "command", "shown"), EXAMPLES, ids=[command for _, command, _ in EXAMPLES])
def test_every_example_is_what_the_program_says(
    exchange: Api, environment: Path, monkeypatch: pytest.MonkeyPatch, rules: str, command: str, shown: str
) -> None:
    """As a terminal shows it: stdout and stderr in one."""
    add_market(exchange, "USDT_BTC")
    (environment / "rules.yaml").write_text(rules, encoding="utf-8")
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)

    main(command.split())

    assert screen.getvalue() == shown


def test_there_are_examples_of_every_option() -> None:
    used = {word for _, command, _ in EXAMPLES for word in command.split() if word.startswith("--")}

    assert used == {"--say", "--fix", "--json", "--account"}


def test_the_codes_that_are_listed_are_those_that_the_samples_have() -> None:
    found: set[str] = set()
    for path in sorted((ROOT / "tests" / "rules").glob("*.yaml")):
        try:
            issues = examine(path.read_bytes(), name=path.name, vocabulary=VOCABULARY).issues
        except InvalidRulesError as error:
            issues = error.issues
        found |= {issue.code for issue in issues}
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.split("## What is certain")[0], flags=re.MULTILINE)

    assert len(listed) == len(set(listed))
    assert set(listed) == found | NOT_IN_A_SAMPLE
