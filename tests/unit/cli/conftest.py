"""
The command line in this process: typed words in, exit code, stdout and stderr out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tradewarden.cli.main import main
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tradewarden.simulator.api import Api

RULES = """\
version: 1
mode: {mode}
rules:
  - name: far-off
    when: day_change < -5%
    cancel: farthest
"""
FALLING = {"last": "0.0995", "bid": "0.0994", "ask": "0.0996", "day_change": "-6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """
    What a command answered.
    """

    code: int
    out: str
    err: str


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """
    Give an empty home and current folder, the simulator's key, and nothing else of this machine.
    """
    for name in ("TRADEWARDEN_RULES", "TRADEWARDEN_STATE", "TRADEWARDEN_API_URL", "STATE_DIRECTORY", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CREDENTIALS_DIRECTORY", "JOURNAL_STREAM", "THREECOMMAS_RSA_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("THREECOMMAS_API_KEY", "demo-key")
    monkeypatch.setenv("THREECOMMAS_API_SECRET", "demo-secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def type_in(environment: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """
    Type a command.
    """
    del environment

    def type_in(*words: str) -> Said:
        code = main(words)
        captured = capsys.readouterr()
        return Said(code=code, out=captured.out, err=captured.err)

    return type_in


@pytest.fixture
def write_rules(environment: Path) -> Callable[[str], Path]:
    """
    Write ``rules.yaml``, in the mode that is asked for.
    """

    def write(mode: str) -> Path:
        path = environment / "rules.yaml"
        path.write_text(RULES.format(mode=mode), encoding="utf-8")
        return path

    return write


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch, environment: Path) -> Iterator[Api]:
    """
    Serve the default scenario on loopback, with the price fallen to -6 %, for every command typed.
    """
    del environment
    seconds = iter(range(1_800_000_000, 1_800_100_000))
    api = shipped_scenario("default").api(now=lambda: float(next(seconds)))
    api.world.set_prices(smart_trade_id=30428625, **FALLING)
    with SimulatorServer(api) as server:
        monkeypatch.setenv("TRADEWARDEN_API_URL", server.url)
        yield api


def add_market(api: Api, pair: str) -> None:
    """
    Let the simulated 3Commas know *pair*: a SmartTrade of the paper account trades it.
    """
    entity = json.loads(json.dumps(api.world.body(api.world.smart_trade(30428625))))
    for at, step in enumerate(entity["take_profit"]["steps"]):
        step["id"] = 9_000 + at
    api.world.add_smart_trade({**entity, "id": 9, "pair": pair}, mode="paper")
