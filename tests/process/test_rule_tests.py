"""
`tradewarden test` as a program of its own, on the tests that are shipped.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]


def test_the_shipped_tests_pass_with_everything_tried(tmp_path: Path) -> None:
    """From anywhere: their paths are relative to themselves. Nothing is left behind but what was asked for."""
    tests = ROOT / "docs" / "examples" / "rules.test.yaml"
    command = [sys.executable, "-m", "tradewarden", "test", str(tests), "--coverage", "--junit", "results.xml"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 (our own)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n18 tests passed\n")
    assert f"Coverage of {ROOT}/rules.example.yaml: 65 of 65 tried, 100 %\n" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["results.xml"]
