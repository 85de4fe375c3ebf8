"""
What the README says to type works as it stands.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from process.conftest import DemoRun
    from tradewarden.simulator.api import Api

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [
    re.sub(r"^ {3}", "", block, flags=re.MULTILINE).strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```$", README, flags=re.DOTALL | re.MULTILINE)
]


def test_the_two_commands_stand_first() -> None:
    assert BLOCKS[:2] == ["scripts/demo", "scripts/test"]
    assert all(os.access(ROOT / command, os.X_OK) for command in BLOCKS[:2])


def test_the_first_dry_run_as_typed(exchange: Api, environ: dict[str, str], tmp_path: Path) -> None:
    """Key and secret as they are typed in, a copy of the example, one cycle, the journal, the kill switch."""
    (tmp_path / "rules.yaml").unlink()
    (tmp_path / "rules.example.yaml").write_bytes((ROOT / "rules.example.yaml").read_bytes())
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    program = tmp_path / ".venv-run" / "bin" / "tradewarden"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tradewarden "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    for name in ("THREECOMMAS_API_KEY", "THREECOMMAS_API_SECRET", "TRADEWARDEN_STATE"):
        environ.pop(name)

    done = subprocess.run(  # noqa: S603 (our own README)
        ["/bin/bash", "-euc", "\n".join(BLOCKS[2:])],
        input="demo-key\ndemo-secret\n",
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "rules.yaml: valid, 4 rules, 1 switched off, mode dry-run" in done.stdout
    assert "stop_loss_distance" in done.stdout
    assert "holding far-target-off-on-a-red-day on SmartTrade 30428625: true for 0s of 2m" in done.stdout
    assert "The journal is empty" in done.stdout
    assert done.stdout.splitlines()[-2].startswith("Disarmed: state state (--state).")
    assert done.stdout.splitlines()[-1].startswith("Armed: state state (--state).")
    assert not any(entry.method == "DELETE" for entry in exchange.requests)


@pytest.mark.xdist_group("demo")
def test_the_demos_heart_is_what_the_demo_says(demo_run: DemoRun) -> None:
    """The excerpt is the demo's own words; only the milliseconds differ from run to run."""
    excerpt = re.search(r"two SmartTrades fall\):\n\n```text\n(.*?)```", README, flags=re.DOTALL)
    assert excerpt is not None
    said = [re.sub(r"\d+ ms", "N ms", line.strip()) for line in demo_run.out.splitlines()]

    for line in excerpt[1].splitlines():
        assert re.sub(r"\d+ ms", "N ms", line.strip()) in said


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "exec scripts/test" in (ROOT / ".ci" / "run").read_text("utf-8")
