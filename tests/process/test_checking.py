"""
`check` and `test` as programs of their own: exit codes, and stdout with the result and nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
RULES = """\
version: 1
rules:
  - name: red-day
    match: {pair: DOGE_USDT}
    when: day_change < -5%
    cancel: farthest
"""
TESTS = """\
rules: good.yaml
tests:
  - name: a red day
    smart_trade: two_steps.json
    set: {day_change: -6%}
    expect:
      - {at: 0s, rule: red-day, cancels: {position: 2}}
"""
FAILS = """\
  - name: a calm day
    smart_trade: two_steps.json
    set: {day_change: -6%}
    expect: []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "docs" / "examples" / "two_steps.json", tmp_path)
    for name, text in {
        "good.yaml": RULES.replace("DOGE_USDT", "USDT_DOGE"),
        "odd.yaml": RULES,
        "bad.yaml": RULES.replace("< -5%", "< -0.05"),
        "passing.yaml": TESTS,
        "failing.yaml": TESTS + FAILS,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """
    Run a command to its end, without a home, a state and credentials; it must leave no file behind.
    """

    def run(*words: str, leaves: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        before = {path.name for path in folder.iterdir()}
        done = subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-m", "tradewarden", *words],
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert {path.name for path in folder.iterdir()} - before == set(leaves)
        return done

    return run


def test_a_file_that_is_good(run: Run) -> None:
    done = run("check", "good.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "good.yaml: valid, 1 rule, mode dry-run\n"


def test_a_file_that_is_bad(run: Run) -> None:
    done = run("check", "bad.yaml")

    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith("bad.yaml:5:24: day_change is a percentage")


def test_the_findings_as_json(run: Run) -> None:
    done = run("check", "bad.yaml", "--json")

    assert (done.returncode, done.stderr) == (78, "")
    assert [(finding["line"], finding["severity"]) for finding in json.loads(done.stdout)] == [(5, "error")]


def test_fixes_are_written(run: Run, folder: Path) -> None:
    done = run("check", "odd.yaml", "--fix")

    assert (done.returncode, done.stderr) == (0, "odd.yaml: 1 fix written\n")
    assert done.stdout.startswith("--- odd.yaml\n+++ odd.yaml\n")
    assert done.stdout.endswith("\nodd.yaml: valid, 1 rule, mode dry-run\n")
    assert (folder / "odd.yaml").read_text("utf-8") == (folder / "good.yaml").read_text("utf-8")


def test_tests_that_pass(run: Run) -> None:
    done = run("test", "passing.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "passing.yaml\n  ok    a red day\n\n1 test passed\n"


def test_a_test_that_fails_and_the_results_for_ci(run: Run, folder: Path) -> None:
    done = run("test", "failing.yaml", "--json", "--junit", "results.xml", leaves=("results.xml",))

    assert (done.returncode, done.stderr) == (1, "")
    assert [test["passed"] for test in json.loads(done.stdout)["tests"]] == [True, False]
    results = ET.fromstring((folder / "results.xml").read_text("utf-8"))  # noqa: S314 (our own)
    assert (results.attrib["tests"], results.attrib["failures"]) == ("2", "1")


def test_a_test_file_that_is_bad(run: Run, folder: Path) -> None:
    """Its mistakes are told to people on stderr, also beside the document."""
    (folder / "slip.yaml").write_text(TESTS.replace("-6%", "-6"), encoding="utf-8")

    done = run("test", "slip.yaml", "--json")

    assert done.returncode == 78
    assert done.stderr.startswith("slip.yaml:5:23: `day_change` must be a percentage")
    assert [error["line"] for error in json.loads(done.stdout)["errors"]] == [5]
