"""
``check --fix``: only what is safe, only where it stands, all at once or not at all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said

HEAD = "version: 1\nrules:\n  - name: a   # mine\n    cancel: farthest\n"


@pytest.fixture
def fix(environment: Path, type_in: Callable[..., Said]) -> Callable[[str], tuple[Said, str]]:
    """
    Write a rules file, mend it, and return what was said and what stands in it then.
    """

    def fix(text: str) -> tuple[Said, str]:
        path = environment / "rules.yaml"
        path.write_bytes(text.encode())
        said = type_in("check", "--fix", "rules.yaml")
        return said, path.read_bytes().decode()

    return fix


def test_pairs_are_mended_and_nothing_else_changes(fix: Callable[[str], tuple[Said, str]]) -> None:
    text = (
        HEAD
        + '    when: \'pair like "*_USDT" and day_change < -5%\'\r\n    match: {pair: [DOGEUSDT, "BTC_USDT"]}  # two'
    )

    said, after = fix(text)

    assert said.code == 0
    assert after == text.replace('"*_USDT"', '"USDT_*"').replace("DOGEUSDT", "USDT_DOGE").replace(
        "BTC_USDT", "USDT_BTC"
    )
    shown = said.out.splitlines()
    assert '-    match: {pair: [DOGEUSDT, "BTC_USDT"]}  # two' in shown
    assert '+    match: {pair: [USDT_DOGE, "USDT_BTC"]}  # two' in shown
    assert "rules.yaml: 3 fixes written\n" in said.err
    assert said.out.endswith("rules.yaml: valid, 1 rule, mode dry-run\n")


def test_a_second_run_finds_nothing(fix: Callable[[str], tuple[Said, str]]) -> None:
    _, after = fix(HEAD + "    when: day_change < -5%\n    match: {pair: doge/usdt}\n")
    said, again = fix(after)

    assert again == after
    assert said.out == "rules.yaml: valid, 1 rule, mode dry-run\n"
    assert said.err == "rules.yaml: nothing that can be fixed without asking you\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("day_change < -5", "day_change < -5%"),
        ("-2.5 > day_change", "-2.5% > day_change"),
        ("side == short", 'side == "short"'),
    ],
)
def test_an_error_that_can_mean_one_thing_only_is_mended(
    fix: Callable[[str], tuple[Said, str]], wrong: str, right: str
) -> None:
    said, after = fix(HEAD + f"    when: {wrong}\n")

    assert (said.code, after) == (0, HEAD + f"    when: {right}\n")


@pytest.mark.parametrize(
    "unclear",
    [
        "day_change < -0.05",  # -0.05% or -5%
        "day_change > 5",  # 5% or 500%
        "profit < -5",  # a short can lose 500%
        "age > 2",
        "day_change < 2h",
        "side == shrt",
        "pair == DOGE_USDT",
    ],
)
def test_an_error_that_can_mean_several_things_is_left(fix: Callable[[str], tuple[Said, str]], unclear: str) -> None:
    text = HEAD + f"    when: {unclear}\n"

    said, after = fix(text)

    assert (said.code, after, said.out) == (78, text, "")


@pytest.mark.parametrize("kept", ["day_change < -0.05%", "day_change < -150%", "day_change < -5% and day_change < -3%"])
def test_a_warning_that_only_the_owner_can_judge_is_left(fix: Callable[[str], tuple[Said, str]], kept: str) -> None:
    text = HEAD + f"    when: {kept}\n"

    said, after = fix(text)

    assert (said.code, after) == (0, text)
    assert "1 warning" in said.out


def test_conditions_of_several_lines_are_mended(fix: Callable[[str], tuple[Said, str]]) -> None:
    text = HEAD + "    when: >-\n      day_change < -5\n      and side == long\n\n    for: 2m\n"

    said, after = fix(text)

    assert said.code == 0
    assert after == text.replace("< -5\n", "< -5%\n").replace("== long", '== "long"')


def test_no_fix_is_offered_while_another_error_keeps_it_from_being_written(
    environment: Path, type_in: Callable[..., Said]
) -> None:
    path = environment / "rules.yaml"
    path.write_text(HEAD + "    when: side == long\n    keep: 9\n", encoding="utf-8")
    said = type_in("check", "rules.yaml")
    path.write_text(HEAD + "    when: side == long\n    keep: 2\n", encoding="utf-8")
    alone = type_in("check", "rules.yaml")

    assert "--fix" not in said.err
    assert alone.err.endswith("`tradewarden check --fix rules.yaml` writes one of these fixes\n")


def test_a_file_with_other_errors_is_left_as_it_was(fix: Callable[[str], tuple[Said, str]]) -> None:
    text = HEAD + "    when: day_change < -5\n    kep: 2\n"

    said, after = fix(text)

    assert (said.code, after, said.out) == (78, text, "")
    assert "was not changed: 1 fix would be safe, but other errors are left" in said.err


def test_mode_and_link_stay(environment: Path, type_in: Callable[..., Said]) -> None:
    real = environment / "real.yaml"
    real.write_text(HEAD + "    when: day_change < -5\n", encoding="utf-8")
    real.chmod(0o640)
    (environment / "rules.yaml").symlink_to(real)

    type_in("check", "--fix", "rules.yaml")

    assert (environment / "rules.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text("utf-8").endswith("< -5%\n")
    assert sorted(path.name for path in environment.iterdir()) == ["real.yaml", "rules.yaml"]


def test_a_file_that_cannot_be_written_is_a_sentence(
    environment: Path, type_in: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = environment / "rules.yaml"
    path.write_text(HEAD + "    when: day_change < -5\n", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    said = type_in("check", "--fix", "rules.yaml")

    assert said.code == 1
    assert "rules.yaml was not changed: it cannot be written: Permission denied. Run this as its owner" in said.err
    assert path.read_text("utf-8").endswith("< -5\n")
    assert [one.name for one in environment.iterdir()] == ["rules.yaml"]


def test_a_missing_file(type_in: Callable[..., Said]) -> None:
    assert type_in("check", "--fix", "nowhere.yaml").code == 78


def test_a_secret_beside_a_fix_is_not_shown(fix: Callable[[str], tuple[Said, str]]) -> None:
    secret = "3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c"

    said, _ = fix(HEAD + f"    when: day_change < -5\n# api_secret: {secret}\n")

    assert secret not in said.out + said.err
