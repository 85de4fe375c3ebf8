"""
What the repository promises as a whole: locks, scripts, versions, sizes and names of files.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

import tradewarden

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "daemon" / "tradewarden"
LOCKS = ("requirements.lock", "requirements-rsa.lock", "requirements-dev.lock")
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==(\S+)", re.MULTILINE)
# Letters stand in brackets so that this file does not find itself.
PRIVATE_PLACES = re.compile(r"py[p]i\.org|python[h]osted|registry\.np[m]js|deb\.debi[a]n\.org|fil[e]:///")
VAGUE_NAMES = {"base", "common", "helpers", "misc", "utils"}
CLOCK_READERS = re.compile(r"datetime\.now\(|\butcnow\(|\bdate\.today\(|\btime\.time\(")


def read_project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def read_requirements(lock: str) -> dict[str, str]:
    """
    Return each locked requirement by name, with the lines that belong to it.
    """
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8"))
    return {found[1]: block for block in blocks if (found := LOCKED.match(block))}


def normalized(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def list_tracked_files() -> list[Path]:
    """
    Return the files under version control and the new ones that will be.
    """
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("which files are the project's is only known in a git checkout")
    command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 (fixed arguments)
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock: str) -> None:
    """
    A lock file says what is installed, never from where: that is each machine's own business.
    """
    assert not re.search(r"://|--index-url|--find-links|--trusted-host", (ROOT / lock).read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_a_hash(lock: str) -> None:
    requirements = read_requirements(lock)

    assert requirements
    assert [name for name, block in requirements.items() if "--hash=sha256:" not in block] == []


def test_locks_cover_what_pyproject_asks_for() -> None:
    project = read_project()
    extras = project["optional-dependencies"]
    wanted = {name: {normalized(text) for text in texts} for name, texts in extras.items()}
    wanted_to_run = {normalized(text) for text in project["dependencies"]} | wanted["build"]

    assert wanted_to_run - read_requirements("requirements.lock").keys() == set()
    assert wanted_to_run | wanted["rsa"] <= read_requirements("requirements-rsa.lock").keys()
    assert wanted_to_run | wanted["rsa"] | wanted["dev"] <= read_requirements("requirements-dev.lock").keys()


def test_whoever_has_no_rsa_key_installs_nothing_for_it() -> None:
    assert "cryptography" not in read_requirements("requirements.lock")


@pytest.mark.parametrize("larger", LOCKS[1:])
def test_all_locks_hold_the_same_versions(larger: str) -> None:
    """
    What is tested is what runs.
    """
    run = dict(LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")))
    more = dict(LOCKED.findall((ROOT / larger).read_text("utf-8")))
    develop = dict(LOCKED.findall((ROOT / "requirements-dev.lock").read_text("utf-8")))

    assert {name: more.get(name) for name in run} == run
    assert {name: develop.get(name) for name in more} == more


@pytest.mark.parametrize(
    "script",
    [path for path in [*sorted((ROOT / "scripts").glob("*")), ROOT / ".ci" / "run"] if path.is_file()],
    ids=lambda path: path.name,
)
def test_script_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").startswith("#!/usr/bin/env ")


def test_versions_agree() -> None:
    assert read_project()["version"] == tradewarden.__version__


def test_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_module_is_too_long() -> None:
    """
    400 lines is the hard limit: a longer file is split by noun.
    """
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_module_is_named_after_what_it_holds() -> None:
    assert [path for path in PACKAGE.rglob("*") if path.stem.strip("_") in VAGUE_NAMES] == []


def test_only_the_clock_reads_the_time() -> None:
    """
    Time enters as an argument or through the port; the simulator shares nothing and has a clock of its own.
    """
    own_clock = [PACKAGE / "clock.py", *(PACKAGE / "simulator").rglob("*.py")]
    others = [path for path in PACKAGE.rglob("*.py") if path not in own_clock]

    assert [path for path in others if CLOCK_READERS.search(path.read_text("utf-8"))] == []


def test_no_file_names_a_package_registry_or_a_place_on_a_machine() -> None:
    files = list_tracked_files()

    assert [path for path in files if PRIVATE_PLACES.search(path.read_text("utf-8", errors="replace"))] == []
