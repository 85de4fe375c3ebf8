"""
docs/operations.md as whoever follows it reads it: what to type, and what it says will be answered.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
HERE_DOCUMENT = re.compile(r"<<'(\w+)'$")

MAKE_VENV = "sudo /usr/bin/python3 -m venv /opt/tradewarden"
GET_PACKAGES = "sudo /opt/tradewarden/bin/pip install --require-hashes -r requirements.lock"
GET_PACKAGES_RSA = "sudo /opt/tradewarden/bin/pip install --require-hashes -r requirements-rsa.lock"
BUILD = "sudo /opt/tradewarden/bin/pip install --no-deps --no-build-isolation ."
INSTALLING = (MAKE_VENV, GET_PACKAGES, GET_PACKAGES_RSA, BUILD)


def sections() -> dict[str, list[str]]:
    """
    Return the commands below each heading, in their order; headings without any are left out.
    """
    found = {}
    for part in PAGE.split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        commands = [command for kind, block in BLOCK.findall(text) if kind == "sh" for command in commands_of(block)]
        if commands:
            found[heading] = commands
    return found


def answers() -> list[str]:
    """
    Return the lines that the page shows as what is answered.
    """
    return [line for kind, block in BLOCK.findall(PAGE) if kind == "text" for line in block.splitlines()]


def commands_of(block: str) -> list[str]:
    """
    Take a block apart: one command a line, a here document with its lines.
    """
    commands = []
    lines = iter(block.splitlines())
    for line in lines:
        command, end = line, HERE_DOCUMENT.search(line)
        while end is not None and not command.endswith(f"\n{end[1]}"):
            command += f"\n{next(lines)}"
        commands.append(command)
    return commands
