"""
Whoever follows docs/operations.md on a machine: types each command, pastes what is asked for, edits the rules file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from operations_page import BUILD, GET_PACKAGES, GET_PACKAGES_RSA, MAKE_VENV, sections
from systemd.installation import HOME, lay_out

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from systemd.machine import Machine

CHECKOUT = "/usr/src/tradewarden"
PREPARED = "/opt/prepared"
HANDS = "/opt/hands"  # what only a person has: root's password, and an editor
PATH = f"{HANDS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRON = ("env", "-i", "HOME=/root", "LANG=C.UTF-8", f"PATH={PATH}")
SUDO = '#!/bin/sh\nexec "$@"\n'
EDITOR = f'#!/bin/sh\nexec sed -i -E -f {HANDS}/edit "$1"\n'
# There is no package index on the machine: in place of exactly these lines comes what was prepared.
IN_PLACE_OF = {
    MAKE_VENV: f"mkdir {HOME}; cp -a {PREPARED}/{{bin,lib,pyvenv.cfg}} {HOME}; rm {HOME}/bin/tradewarden",
    GET_PACKAGES: f"ln -sfn {PREPARED}/packages {HOME}/packages",
    GET_PACKAGES_RSA: "true",
    BUILD: f"ln -sfn {PREPARED}/daemon {HOME}/daemon; cp {PREPARED}/bin/tradewarden {HOME}/bin",
}
DIFFERS = re.compile(r"\d\d:\d\d:\d\d|(?<=process )\d+|\d+(?= ms )")


def lay_out_for_a_trader(folder: Path, checkout: Path) -> dict[Path, str]:
    """
    Return what the trader's machine is to be shown: a checkout, and what pip would fetch and build. None is installed.
    """
    shown = {source: target.replace(HOME, PREPARED, 1) for source, target in lay_out(folder).items()}
    return {**shown, checkout: CHECKOUT}


def without_what_differs(text: str) -> str:
    """
    Blank out what is another in every run: times of day, process ids, milliseconds.
    """
    return DIFFERS.sub("…", text)


class Trader:
    """
    Follows the page section by section. *clipboard* is what is pasted, by the name of the file that it goes into.
    """

    def __init__(self, machine: Machine, clipboard: Mapping[str, str]) -> None:
        self.machine = machine
        self.clipboard = dict(clipboard)
        self.has_read: list[str] = []
        self._left = sections()
        machine.write(f"{HANDS}/sudo", SUDO, mode=0o755)
        machine.write(f"{HANDS}/nano", EDITOR, mode=0o755)

    @property
    def unread(self) -> list[str]:
        """
        Return the headings of sections that were not followed yet.
        """
        return list(self._left)

    def will_edit(self, *changes: str) -> None:
        """
        Have these expressions of sed in mind for when the editor opens.
        """
        self.machine.write(f"{HANDS}/edit", "\n".join([*changes, ""]))

    def follow(self, heading: str, *, up_to: str | None = None) -> str:
        """
        Type the commands of a section, which must be the next one; each must succeed. Returns what they said.

        Before a command that begins with *up_to* it pauses; the next call goes on there.
        """
        assert self.unread[:1] == [heading], f"the page goes on with {self.unread[:1]}, not with {heading}"
        said, commands = "", self._left[heading]
        while commands and not (up_to is not None and commands[0].startswith(up_to)):
            said += self.type(commands.pop(0))
        if not commands:
            del self._left[heading]
        return said

    def type(self, command: str, *, code: int = 0) -> str:
        """
        Type one command, which must end with *code*; return what it said, on stdout and stderr.
        """
        done = self._run(command)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{command}: exit {done.returncode}\n{said}"
        self.has_read += said.splitlines()
        return said

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        self.machine.write(f"{HANDS}/pasted", f"{self._pasted(command)}\n")
        script = f"cd {CHECKOUT}; exec <{HANDS}/pasted; {IN_PLACE_OF.get(command, command)}"
        return self.machine.run(*ENVIRON, "bash", "-euo", "pipefail", "-c", script, check=False)

    def _pasted(self, command: str) -> str:
        waits = "/dev/stdin" in command and "|" not in command and "<<" not in command
        return self.clipboard.pop(command.rpartition("/")[2]) if waits else ""
