"""
What scripts/lib/venv.sh promises, tried with a Python that only notes what it is asked to do.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "cat", "cksum", "cp", "dirname", "flock", "mkdir", "rm")

# Answers the questions of venv.sh by the variables at its top; makes an "environment" that holds a copy of itself.
STUB = """\
#!/bin/sh
version={version} has_venv={has_venv} pip_works={pip_works} log='{log}'
case "$*" in
  *version_info*) [ "$version" != 3.10.0 ] ;;
  *ensurepip*) [ "$has_venv" = yes ] ;;
  *python_version*) echo "CPython $version" ;;
  "-m venv "*) echo venv >>"$log"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  *"--require-hashes"*) echo packages >>"$log"; [ "$pip_works" = yes ] ;;
  *"--no-deps -e"*) echo project >>"$log" ;;
  *) exit 99 ;;
esac
"""


@dataclass(frozen=True)
class Checkout:
    """
    A copy of the scripts, and a folder of commands that is the whole PATH.
    """

    root: Path
    commands: Path

    def put_python(self, name: str, *, version: str = "3.11.9", has_venv: bool = True, pip_works: bool = True) -> None:
        answers = {"has_venv": "yes" if has_venv else "no", "pip_works": "yes" if pip_works else "no"}
        stub = self.commands / name
        stub.write_text(STUB.format(version=version, log=self.root / "log", **answers))
        stub.chmod(0o755)

    def set_up(self, python: str = "") -> subprocess.CompletedProcess[str]:
        script = f'. \'{self.root}/scripts/lib/venv.sh\'; ensure_venv "$ROOT/.venv" "$ROOT/requirements.lock"'
        return subprocess.run(  # noqa: S603 (fixed arguments)
            [str(self.commands / "bash"), "-euo", "pipefail", "-c", script],
            env={"PATH": str(self.commands), "PYTHON": python},
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def steps(self) -> list[str]:
        """
        Return what was done so far: venv, packages, project.
        """
        log = self.root / "log"
        return log.read_text().split() if log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root, commands = tmp_path / "a checkout", tmp_path / "commands"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    (root / "requirements.lock").write_text("lark==1.0\n")
    (root / "pyproject.toml").write_text("[project]\n")
    commands.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (commands / tool).symlink_to(found)
    (commands / "sh").symlink_to(commands / "bash")
    return Checkout(root, commands)


def test_first_run_installs_packages_and_project(checkout: Checkout) -> None:
    checkout.put_python("python3")

    done = checkout.set_up()

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Setting up (first run only, about a minute) ...\n"
    assert checkout.steps == ["venv", "packages", "project"]


def test_second_run_does_and_says_nothing(checkout: Checkout) -> None:
    checkout.put_python("python3")
    checkout.set_up()

    done = checkout.set_up()

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.steps == ["venv", "packages", "project"]


def test_changed_lock_makes_it_anew(checkout: Checkout) -> None:
    checkout.put_python("python3")
    checkout.set_up()
    (checkout.root / "requirements.lock").write_text("lark==2.0\n")

    checkout.set_up()

    assert checkout.steps == ["venv", "packages", "project"] * 2


def test_changed_project_is_installed_again_without_its_packages(checkout: Checkout) -> None:
    checkout.put_python("python3")
    checkout.set_up()
    (checkout.root / "pyproject.toml").write_text("[project]\nname = 'tradewarden'\n")

    checkout.set_up()

    assert checkout.steps == ["venv", "packages", "project", "project"]


def test_moved_checkout_makes_it_anew(checkout: Checkout) -> None:
    """
    The commands of an environment hold its path.
    """
    checkout.put_python("python3")
    checkout.set_up()
    moved = Checkout(checkout.root.with_name("moved"), checkout.commands)
    checkout.root.rename(moved.root)
    moved.put_python("python3")

    moved.set_up()

    assert moved.steps == ["venv", "packages", "project"] * 2


def test_failed_set_up_says_so_and_is_done_again(checkout: Checkout) -> None:
    checkout.put_python("python3", pip_works=False)
    failed = checkout.set_up()
    checkout.put_python("python3")

    repaired = checkout.set_up()

    assert failed.returncode == 1
    assert "the packages of requirements.lock could not be installed" in failed.stderr
    assert repaired.returncode == 0
    assert checkout.steps == ["venv", "packages", "venv", "packages", "project"]


def test_other_python_asked_for_makes_it_anew(checkout: Checkout) -> None:
    checkout.put_python("python3")
    checkout.set_up()
    checkout.put_python("python3.13", version="3.13.0")

    checkout.set_up(python="python3.13")
    checkout.set_up()

    assert checkout.steps == ["venv", "packages", "project"] * 2


def test_python_that_fails_or_is_too_old_is_passed_over(checkout: Checkout) -> None:
    """
    A version manager leaves commands on the PATH that only say which version they lack.
    """
    checkout.put_python("python3", version="3.10.0")
    checkout.put_python("python3.11")
    (checkout.commands / "python3.11").write_text("#!/bin/sh\nexit 127\n")
    checkout.put_python("python3.12", version="3.12.1")

    assert checkout.set_up().returncode == 0


def test_missing_python_is_named(checkout: Checkout) -> None:
    done = checkout.set_up()

    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or newer is missing (tried: python3 python3.11 python3.12 python3.13 python3.14): "
        "install it, or name it with PYTHON=/path/to/python3.\n"
    )


def test_missing_venv_module_is_named(checkout: Checkout) -> None:
    checkout.put_python("python3", has_venv=False)

    done = checkout.set_up()

    assert done.returncode == 1
    assert done.stderr == (
        "python3 cannot make virtual environments: install its venv module "
        "(on Debian and Ubuntu: apt install python3-venv) and run this again.\n"
    )


def test_wrong_python_asked_for_is_named(checkout: Checkout) -> None:
    """
    Who names a Python wants that one: no other is taken in its place.
    """
    checkout.put_python("python3")

    done = checkout.set_up(python="python3.9")

    assert done.returncode == 1
    assert done.stderr == "PYTHON=python3.9 is not a Python 3.11 or newer that runs: point it at one, or unset it.\n"
    assert checkout.steps == []
