"""
Every sample in tests/rules: a good file loads, a bad one says exactly what is wrong and where.

The first lines of a sample are what is expected of it: `# expect: LINE:COLUMN: text`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.document import TooMuchError, read_document
from tradewarden.rulesfile.loader import RulesFile, load_rules
from tradewarden.rulesfile.problems import Source
from tradewarden.rulesfile.traps import explain

SAMPLES = Path(__file__).parents[2] / "rules"
BAD = sorted(SAMPLES.glob("*.bad.yaml"))
GOOD = sorted(SAMPLES.glob("*.good.yaml"))
SECRETS = ("3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c", "hunter2", "MIICXAIBAAKBgQ", "first-part", "second-part")


def _expected(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


def _first_lines(texts: tuple[str, ...], path: Path) -> list[str]:
    return [text.splitlines()[0].removeprefix(f"{path}:") for text in texts]


def _problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_rules(path, VOCABULARY)
    return caught.value.problems


def _name(path: Path) -> str:
    return path.name.removesuffix(".yaml")


@pytest.mark.parametrize("path", BAD, ids=_name)
def test_a_bad_file_says_all_that_is_wrong_with_it_and_where(path: Path) -> None:
    assert _first_lines(_problems(path), path) == _expected(path)


@pytest.mark.parametrize("path", BAD, ids=_name)
def test_each_problem_shows_its_line_and_a_caret_under_the_column(path: Path) -> None:
    for problem in _problems(path):
        head, *rest = problem.splitlines()
        column = int(head.removeprefix(f"{path}:").split(":")[1])
        if not rest or "^" not in rest[1] or not rest[0].isascii():
            continue

        carets = rest[1]
        assert carets.index("^") == 4 + column - 1
        assert set(carets.strip()) == {"^"}


@pytest.mark.parametrize("path", BAD, ids=_name)
def test_no_message_shows_a_credential(path: Path) -> None:
    shown = "\n".join(_problems(path))

    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("path", BAD, ids=_name)
def test_every_problem_but_the_obvious_comes_with_help(path: Path) -> None:
    """
    A message without a hint must say itself what is accepted.
    """
    for problem in _problems(path):
        says_itself = any(words in problem for words in ("must be", "has no", "is empty", "more than", "must have"))
        says_itself |= any(
            words in problem for words in ("must begin", "must end", "must stand", "must not", "which is")
        )
        says_itself |= "must list" in problem or "must be less" in problem or "there is no fact" in problem

        assert says_itself or "\n    help: " in problem, problem


@pytest.mark.parametrize("path", GOOD, ids=_name)
def test_a_good_file_loads_with_the_warnings_that_it_deserves(path: Path) -> None:
    loaded = load_rules(path, VOCABULARY)

    assert isinstance(loaded, RulesFile)
    assert loaded.path == path
    assert _first_lines(loaded.warnings, path) == _expected(path)


@pytest.mark.parametrize("path", GOOD, ids=_name)
def test_the_pure_parser_reads_the_same(path: Path) -> None:
    """
    Where PyYAML has no C library, a good file means the same.
    """
    text = path.read_text()

    read = read_document(text, loader=yaml.SafeLoader)

    assert read.data == read_document(text).data
    assert read.issues == []


@pytest.mark.parametrize("path", BAD, ids=_name)
def test_the_pure_parser_s_errors_are_explained_too(path: Path) -> None:
    text = path.read_text().replace("\t", " ")
    try:
        read_document(text, loader=yaml.SafeLoader)
    except TooMuchError as error:
        shown = error.issue.message
    except yaml.MarkedYAMLError as error:
        shown = explain(error, Source("rules.yaml", text)).message
    else:
        return

    assert shown
