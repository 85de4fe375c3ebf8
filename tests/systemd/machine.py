"""
A throw-away machine with a real systemd, on which TradeWarden is installed as its documentation says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

SCRIPT = Path(__file__).with_name("with-systemd.sh")
SYSTEMD = Path("/lib/systemd/systemd")
TOOLS = ("findmnt", "nsenter", "setpriv", "systemctl", "timeout", "unshare")
LIMIT_S = 900  # then it ends by itself: the run that started it was killed
BETWEEN_LOOKS_S = 0.1  # each starts processes, and the daemon needs the time too


def what_is_missing() -> str | None:
    """
    Tell why no machine can be started here; ``None`` if nothing is in the way.
    """
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if not SYSTEMD.exists() or absent:
        return f"systemd and util-linux must be installed, there is no {(absent or [str(SYSTEMD)])[0]}"
    if os.geteuid() != 0:
        return "it needs root"
    if not _succeeds("findmnt", "--types", "cgroup2"):
        return "it needs a cgroup2 mount"
    if not _succeeds(
        "unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "mount", "-t", "tmpfs", "none", "/mnt"
    ):
        return "it needs namespaces of its own, which this system does not let root make (CAP_SYS_ADMIN)"
    return None


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 (fixed words)


def until(is_so: Callable[[], object], what: str, *, within_s: float = 15) -> None:
    """
    Wait until *is_so*; fail with *what* was awaited if it takes longer than *within_s*.
    """
    give_up_at = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < give_up_at, f"not within {within_s} s: {what}"
        time.sleep(BETWEEN_LOOKS_S)


class Machine:
    """
    The machine, up while the block runs. It shares this machine's network, so that it reaches the simulator of a test.

    *folder* is its own. *binds* are folders that it is shown, read-only, with their place in it.
    """

    def __init__(self, folder: Path, *, binds: Mapping[Path, str]) -> None:
        self._folder = folder
        self._leader = ""
        self._environ = {
            "PATH": os.environ["PATH"],
            "MACHINE_DIR": str(folder),
            "MACHINE_NET": "host",
            "MACHINE_BINDS": "\n".join(f"{source}:{target}" for source, target in binds.items()),
            "MACHINE_LIMIT": str(LIMIT_S),
        }

    def __enter__(self) -> Self:
        """
        Boot it.
        """
        self._script("up")
        self._leader = (self._folder / "pid").read_text("ascii").strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        End everything that runs in it.
        """
        self._script("down")

    def path(self, inside: str) -> Path:
        """
        Return how a path of the machine is reached from here.
        """
        return Path(f"/proc/{self._leader}/root{inside}")

    def write(self, inside: str, text: str, *, mode: int = 0o644) -> None:
        """
        Put a file there, with the folders above it.
        """
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """
        Run a command there, as root. If it fails, so does the test, unless *check* is off.
        """
        enter = ("nsenter", "--target", self._leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--")
        return self._done(*enter, *command, check=check)

    def _script(self, word: str) -> None:
        self._done(str(SCRIPT), word, check=True)

    def _done(self, *command: str, check: bool) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 (what tests say)
            command, env=self._environ, capture_output=True, text=True, timeout=40, check=False
        )
        assert done.returncode == 0 or not check, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done
