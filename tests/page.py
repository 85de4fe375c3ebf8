"""
A page of the documentation as something that runs: its files are written, its commands typed, its answers compared.

In a page, a fenced block of YAML whose first line is ``# NAME`` is that file; one that begins with ``  - name:`` holds
tests of the page's ``rules.yaml``, which must pass. What follows a ``$`` in a block marked ``console`` is typed in the
folder where the files are. There is no other kind of block. Between ``<!-- facts -->`` and its end stands a table that
is drawn from the vocabulary. `scripts/docs` writes the answers and the pictures; a test holds them to what the program
says today.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock

from page_tables import facts_table
from simulated_market import add_market
from tradewarden.cli.main import main
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FIXTURES = ("two_steps.json", "three_steps.json")
HEAD_OF_TESTS = "rules: rules.yaml\ntests:\n"
FALLING = {"last": "0.0995", "bid": "0.0994", "ask": "0.0996", "day_change": "-6"}

_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FACTS = re.compile(r"(?<=<!-- facts -->\n).*?(?=<!-- end of facts -->)", re.DOTALL)
_FILE = re.compile(r"# (?P<name>[\w.-]+\.yaml)\n")
_TEST = "  - name: "
_COMMAND = "$ tradewarden "


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A page that runs. A block of YAML without a name is the file *unnamed*; if it *has_account*, an account is served.
    """

    name: str
    unnamed: str | None = None
    has_account: bool = False

    @property
    def path(self) -> Path:
        """
        Return where it is.
        """
        return DOCS / self.name

    @property
    def text(self) -> str:
        """
        Return it as it stands.
        """
        return self.path.read_text("utf-8")

    @property
    def files(self) -> dict[str, str]:
        """
        Return the files that it shows under their names.
        """
        named = ((_FILE.match(text), text) for kind, text in self._blocks if kind == "yaml")
        return {found["name"]: text for found, text in named if found is not None}

    @property
    def tests(self) -> list[str]:
        """
        Return its blocks of tests that are no file by themselves.
        """
        return [text for kind, text in self._blocks if kind == "yaml" and text.startswith(_TEST)]

    @property
    def commands(self) -> list[str]:
        """
        Return what is typed.
        """
        lines = [line for kind, text in self._blocks if kind == "console" for line in text.splitlines()]
        return [line.removeprefix(_COMMAND) for line in lines if line.startswith("$ ")]

    def played(self, folder: Path) -> str:
        """
        Return the page as it must read, with its commands typed in *folder*.
        """
        assert self.text.count("```") == 2 * len(self._blocks), f"{self.name}: a block that is not closed"
        (folder / "pictures").mkdir()
        for name in FIXTURES:
            shutil.copy(DOCS / "examples" / name, folder)
        with contextlib.chdir(folder), contextlib.ExitStack() as stack:
            surroundings = stack.enter_context(_account()) if self.has_account else {}
            stack.enter_context(mock.patch.dict(os.environ, _environment() | surroundings, clear=True))
            answered = _BLOCK.sub(self._block, self.text)
        return _FACTS.sub(lambda _: facts_table(), answered)

    @property
    def _blocks(self) -> list[tuple[str, str]]:
        return _BLOCK.findall(self.text)

    def _block(self, found: re.Match[str]) -> str:
        kind, text = found["kind"], found["text"]
        file = _FILE.match(text)
        name = self.unnamed if file is None else file["name"]
        match kind:
            case "console":
                commands = [line for line in text.splitlines() if line.startswith("$ ")]
                assert text.startswith("$ "), f"{self.name}: a block of answers to nothing"
                text = "".join(f"{command}\n{_answer(command)}" for command in commands)
            case "yaml" if file is None and text.startswith(_TEST):
                _pass(text)
            case "yaml" if name is not None:
                Path(name).write_text(text, encoding="utf-8")
            case _:
                msg = f"{self.name}: a block that nobody tries: {text[:40]!r}"
                raise AssertionError(msg)
        return f"```{kind}\n{text}```"


PAGES = (
    Page(name="rules.md"),
    Page(name="rule-tests.md"),
    Page(name="check.md", unnamed="rules.yaml", has_account=True),
)


def page(name: str) -> Page:
    """
    Return the page of that name.
    """
    return next(one for one in PAGES if one.name == name)


def _environment() -> dict[str, str]:
    """
    Return the environment of a trader who has set nothing.
    """
    return {"PATH": os.environ["PATH"], "HOME": str(Path.cwd()), "XDG_STATE_HOME": str(Path.cwd() / "nowhere")}


@contextlib.contextmanager
def _account() -> Iterator[dict[str, str]]:
    """
    Serve the default scenario on loopback, with the price fallen to -6 % and one market more, and give the environment
    that reaches it.
    """
    seconds = iter(range(1_800_000_000, 1_800_100_000))
    api = shipped_scenario("default").api(now=lambda: float(next(seconds)))
    api.world.set_prices(smart_trade_id=30428625, **FALLING)
    add_market(api, "USDT_BTC")
    with SimulatorServer(api) as server:
        yield {
            "TRADEWARDEN_API_URL": server.url,
            "THREECOMMAS_API_KEY": "demo-key",
            "THREECOMMAS_API_SECRET": "demo-secret",
        }


def _pass(tests: str) -> None:
    """
    Play tests that are no file by themselves, of which every one must pass.
    """
    Path("part.test.yaml").write_text(HEAD_OF_TESTS + tests, encoding="utf-8")
    answer = _answer(f"{_COMMAND}test part.test.yaml")
    count = tests.count(_TEST)
    assert answer.endswith(f"\n{count} test{'' if count == 1 else 's'} passed\n"), answer


def _answer(command: str) -> str:
    """
    Type a command, and return all that comes, stdout and stderr as they are written.
    """
    assert command.startswith(_COMMAND), command
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        main(shlex.split(command.removeprefix(_COMMAND)))
    return output.getvalue()


def write_pages() -> None:
    """
    Bring every page and picture up to date.
    """
    pictures = DOCS / "pictures"
    pictures.mkdir(exist_ok=True)
    for one in PAGES:
        with TemporaryDirectory() as folder:
            one.path.write_text(one.played(Path(folder)), encoding="utf-8")
            for picture in sorted((Path(folder) / "pictures").iterdir()):
                shutil.copy(picture, pictures / picture.name)


if __name__ == "__main__":
    write_pages()
    sys.stdout.write("The pages are up to date.\n")
