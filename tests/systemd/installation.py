"""
How the program gets onto a machine without a network: what this environment holds, laid out as /opt/tradewarden.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import tradewarden

HOME = "/opt/tradewarden"
OWN_PYTHON = "/opt/python"
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
HIDDEN = tuple(map(Path, ("/home", "/root", "/run", "/tmp", "/var/tmp")))  # noqa: S108 (named, not used)
ENTRY_POINT = f"""\
#!{HOME}/bin/python
import sys
from tradewarden.cli.main import main
sys.exit(main())
"""
# Its libraries are not where it was told to look for them when it was built.
WITH_OWN_LIBRARIES = f"""\
#!/bin/sh
LD_LIBRARY_PATH={OWN_PYTHON}/lib exec {HOME}/bin/{VERSION} "$@"
"""


def lay_out(folder: Path) -> dict[Path, str]:
    """
    Make a virtual environment in *folder*, and return what a machine is to be shown, and where.

    Its Python is the machine's own if that is the one that runs here, or like it; else the one that runs here is shown
    too: a user that systemd makes up cannot look into root's home, where version managers keep theirs.
    """
    shown = {
        folder: HOME,
        Path(sysconfig.get_path("purelib")): f"{HOME}/packages",
        Path(tradewarden.__file__).parents[1]: f"{HOME}/daemon",
    }
    python = find_python(Path(sys.base_prefix))
    for name in ("bin", "packages", "daemon", f"lib/{VERSION}/site-packages"):
        (folder / name).mkdir(parents=True)
    if python is None:
        shown[Path(sys.base_prefix)] = OWN_PYTHON
        python = Path(OWN_PYTHON, "bin", VERSION)
        _write_program(folder / "bin" / "python", WITH_OWN_LIBRARIES)
    else:
        (folder / "bin" / "python").symlink_to(VERSION)
    (folder / "bin" / VERSION).symlink_to(python)
    _write_program(folder / "bin" / "tradewarden", ENTRY_POINT)
    (folder / "pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n", "utf-8")
    (folder / "lib" / VERSION / "site-packages" / "shown.pth").write_text(f"{HOME}/daemon\n{HOME}/packages\n", "utf-8")
    folder.chmod(0o755)
    return shown


def _write_program(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def find_python(base: Path) -> Path | None:
    """
    Return a Python that every user of the machine can run and that can load what is installed here, if there is one.
    """
    candidates = [str(base / "bin" / VERSION), shutil.which(VERSION, path="/usr/local/bin:/usr/bin")]
    for candidate in candidates:
        if candidate is not None and _is_open_to_all(Path(candidate).resolve()) and _is_like_ours(candidate):
            return Path(candidate)
    return None


def _is_open_to_all(program: Path) -> bool:
    """
    Tell whether the unit's user can run *program*: not in a place that is hidden from it, nor on another file system.
    """
    if not program.exists() or any(program.is_relative_to(place) for place in HIDDEN):
        return False
    same_files = program.stat().st_dev == Path("/").stat().st_dev
    return same_files and all(path.stat().st_mode & 0o001 for path in (program, *program.parents))


def _is_like_ours(program: str) -> bool:
    asks = "import sysconfig; print(sysconfig.get_config_var('SOABI'))"
    said = subprocess.run([program, "-c", asks], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return said.strip() == str(sysconfig.get_config_var("SOABI"))
