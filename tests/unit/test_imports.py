"""
What is imported, and what must not be: the daemon lives for months with what its start has brought in.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from tradewarden.imports import without

# Drawing, guessing languages, another command line, keys of a kind that few have: none of it is the daemon's work.
NOT_THE_DAEMONS = ("rich", "pygments", "markdown_it", "click", "httpx._main", "cryptography", "apprise")
NOT_THE_DAEMONS_OWN = ("simulator", "cli.report_text", "cli.status", "cli.story", "cli.demo")
START = """
import json, sys
from tradewarden.cli.main import build_app
build_app().parse_args(["run", "--dry-run"])
print(json.dumps(sorted(sys.modules)))
"""


def modules_of_run() -> set[str]:
    """
    Return what a fresh Python has imported when `tradewarden run` is about to begin.
    """
    output = subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True).stdout  # noqa: S603
    return set(json.loads(output))


@pytest.mark.process
def test_the_daemon_imports_all_that_it_acts_with_and_nothing_that_only_others_need() -> None:
    """
    What it acts with is there from the start: an upgrade of the package under its feet must not mix two versions.
    """
    modules = modules_of_run()

    unwanted = {*NOT_THE_DAEMONS, *(f"tradewarden.{name}" for name in NOT_THE_DAEMONS_OWN)}
    assert not unwanted & modules
    needed = ("execution.guarded_cancel", "execution.settling", "threecommas.cancel_step", "journal.intents")
    assert {f"tradewarden.{name}" for name in needed} <= modules
    assert {"httpx", "structlog", "lark", "pydantic", "yaml", "msgspec"} <= modules


def test_a_hidden_module_is_not_there_for_a_while() -> None:
    sys.modules.pop("this", None)

    with without("this"), pytest.raises(ImportError):
        importlib.import_module("this")

    assert "this" not in sys.modules


def test_a_hidden_module_comes_back_after_an_error() -> None:
    def fail() -> None:
        with without("antigravity"):
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert "antigravity" not in sys.modules


def test_what_is_imported_already_stays() -> None:
    with without("json"):
        assert sys.modules["json"] is json

    assert sys.modules["json"] is json
