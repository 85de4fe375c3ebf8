"""
A page of the documentation as something that runs: its files are written, its commands typed, its answers compared.

In a page, a fenced block of YAML whose first line is ``# NAME`` is that file, and what follows a ``$`` in a block
marked ``console`` is typed in the folder where the files are. Between ``<!-- facts -->`` and its end stands a table
that is drawn from the vocabulary. `scripts/docs` writes the answers and the pictures; a test holds them to what the
program says today.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock

from tradewarden.cli.main import main
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.schema import Kind, OverTime, Scope

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactSchema

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = ("rules.md",)
FIXTURES = ("two_steps.json", "three_steps.json")

_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FACTS = re.compile(r"(?<=<!-- facts -->\n).*?(?=<!-- end of facts -->)", re.DOTALL)
_FILE = re.compile(r"# (?P<name>[\w.-]+\.yaml)\n")
_UNITS = {
    Kind.NUMBER: "number",
    Kind.PERCENT: "percentage",
    Kind.DURATION: "duration",
    Kind.TEXT: "text",
    Kind.BOOL: "yes or no",
}


def played(text: str, folder: Path) -> str:
    """
    Return a page as it must read, with its commands typed in *folder*.
    """
    (folder / "pictures").mkdir()
    for name in FIXTURES:
        shutil.copy(DOCS / "examples" / name, folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        answered = _BLOCK.sub(_block, text)
    finally:
        os.chdir(before)
    return _FACTS.sub(lambda _: facts_table(), answered)


def facts_table() -> str:
    """
    Return the table of all facts, as Markdown.
    """
    rows = ["| fact | is a | meaning | unknown when | over time |", "|---|---|---|---|---|"]
    rows += [_row(fact) for fact in VOCABULARY.values() if fact.scope is Scope.SMART_TRADE]
    rows += ["", "Of the step under consideration, only in `cancel: {where: ...}`:", ""]
    rows += ["| fact | is a | meaning | unknown when |", "|---|---|---|---|"]
    rows += [_row(fact) for fact in VOCABULARY.values() if fact.scope is Scope.STEP]
    return "\n".join([*rows, ""])


def _row(fact: FactSchema) -> str:
    meaning = fact.meaning if not fact.values else f"{fact.meaning} One of {', '.join(fact.values)}."
    cells = [f"`{fact.name}`", _UNITS[fact.kind], meaning, fact.unknown_when]
    if fact.scope is Scope.SMART_TRADE:
        cells.append("" if fact.over_time is OverTime.NOTHING else fact.over_time.value)
    return f"| {' | '.join(cells)} |"


def _block(found: re.Match[str]) -> str:
    text = found["text"]
    name = _FILE.match(text)
    if found["kind"] == "yaml" and name is not None:
        Path(name["name"]).write_text(text, encoding="utf-8")
    if found["kind"] == "console":
        commands = [line for line in text.splitlines() if line.startswith("$ ")]
        text = "".join(f"{command}\n{_answer(command.removeprefix('$ '))}" for command in commands)
    return f"```{found['kind']}\n{text}```"


def _answer(command: str) -> str:
    """
    Type a command, and return all that comes, stdout and stderr as they are written.
    """
    program, *arguments = shlex.split(command)
    assert program == "tradewarden", command
    output = io.StringIO()
    environment = {"PATH": os.environ["PATH"], "HOME": str(Path.cwd()), "XDG_STATE_HOME": str(Path.cwd() / "nowhere")}
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        main(arguments)
    return "".join(f"{line.rstrip()}\n" for line in output.getvalue().splitlines())


def write_pages() -> None:
    """
    Bring every page and picture up to date.
    """
    pictures = DOCS / "pictures"
    pictures.mkdir(exist_ok=True)
    for name in PAGES:
        page = DOCS / name
        with TemporaryDirectory() as folder:
            page.write_text(played(page.read_text("utf-8"), Path(folder)), encoding="utf-8")
            for picture in sorted((Path(folder) / "pictures").iterdir()):
                shutil.copy(picture, pictures / picture.name)


if __name__ == "__main__":
    write_pages()
    sys.stdout.write("The pages are up to date.\n")
