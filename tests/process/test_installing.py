"""
The lines of docs/operations.md that install: run as they stand, in a folder of their own and without a package index.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

from operations_page import BUILD, GET_PACKAGES, GET_PACKAGES_RSA, INSTALLING, MAKE_VENV, ROOT, sections
from tradewarden import __version__

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.process


def test_the_page_installs_by_these_lines_alone() -> None:
    """They are what the test of the page replaces: it has no package index either."""
    typed = [command for commands in sections().values() for command in commands]

    assert set(INSTALLING) <= set(typed)
    assert [line for line in typed if ("pip " in line or "venv " in line) and line not in INSTALLING] == []


def test_they_install_what_the_lock_files_name(tmp_path: Path) -> None:
    """
    The packages count as installed, since those of this environment are shown: pip still reads every line of the lock
    files and compares it. TradeWarden itself is built and installed for real.
    """
    home = tmp_path / "opt"
    run(MAKE_VENV.replace(" -m venv", " -m venv --without-pip"), home)
    [packages] = home.glob("lib/python*/site-packages")
    (packages / "shown.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = home / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec {home}/bin/python -m pip "$@"\n', encoding="utf-8")
    pip.chmod(0o755)

    for command in (GET_PACKAGES, GET_PACKAGES_RSA, BUILD):
        run(command, home)

    assert run("/opt/tradewarden/bin/tradewarden --version", home) == f"{__version__}\n"
    assert (packages / "tradewarden" / "rules.example.yaml").exists()


def run(command: str, home: Path) -> str:
    """
    Run a line of the page with *home* in place of /opt/tradewarden, and without root.
    """
    words = command.replace("/usr/bin/python3", sys.executable).replace("/opt/tradewarden", str(home)).split()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(  # noqa: S603 (our own page)
        [word for word in words if word != "sudo"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout
