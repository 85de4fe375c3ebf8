"""
The real program as a process of its own, against the simulator on loopback.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from process import running
from process.running import MORTAL, Running
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tradewarden.simulator.api import Api

RULES = """\
version: 1
mode: live
rules:
  - name: far-off
    when: day_change < -5%
    cancel: farthest
"""


@pytest.fixture
def exchange() -> Api:
    """
    Make the default scenario, with the price fallen to -6 %.
    """
    api = shipped_scenario("default").api(now=time.time)
    api.world.set_prices(smart_trade_id=30428625, last="0.0995", bid="0.0994", ask="0.0996", day_change="-6")
    return api


@pytest.fixture
def environ(exchange: Api, tmp_path: Path) -> Iterator[dict[str, str]]:
    """
    Serve it, and give the environment of a process that uses it.
    """
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    with SimulatorServer(exchange) as server:
        yield {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TRADEWARDEN_API_URL": server.url,
            "TRADEWARDEN_STATE": str(tmp_path / "state"),
            "THREECOMMAS_API_KEY": "demo-key",
            "THREECOMMAS_API_SECRET": "demo-secret",
        }


@pytest.fixture
def start(environ: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """
    Start a command, with *variables* in its environment.
    """

    def start(*words: str, launcher: Sequence[str] = ("-m", "tradewarden"), **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, *launcher, *words],
            cwd=tmp_path,
            env={**environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def write_rules(tmp_path: Path, environ: dict[str, str]) -> Callable[..., None]:
    """
    Write the rules file: a rule that is true, if not told otherwise.
    """
    assert environ  # which writes one of its own before

    def write(*, when: str = "day_change < -5%", name: str = "far-off", age: str = "15s") -> None:
        (tmp_path / "rules.yaml").write_text(running.RULES.format(when=when, name=name, age=age), encoding="utf-8")

    return write


@pytest.fixture
def begin(
    start: Callable[..., subprocess.Popen[str]], write_rules: Callable[..., None], tmp_path: Path
) -> Iterator[Callable[..., Running]]:
    """
    Start a daemon; it is dead after the test, whatever happened. With *fate*, variables of mortal.py, it is mortal.
    """
    begun: list[subprocess.Popen[str]] = []

    def begin(fate: dict[str, str] | None = None, **rules: str) -> Running:
        write_rules(**rules)
        begun.append(start("run") if fate is None else start("run", launcher=MORTAL, **fate))
        return Running(begun[-1], tmp_path)

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """
    One run of the demo: it takes 20 seconds, so that all tests of it look at the same.
    """

    code: int
    out: str
    err: str
    took_s: float


@pytest.fixture(scope="session")
def demo_run() -> DemoRun:
    """
    Run the demo.
    """
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tradewarden", "demo"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    return DemoRun(code=done.returncode, out=done.stdout, err=done.stderr, took_s=time.monotonic() - began)
