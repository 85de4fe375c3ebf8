from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from process.conftest import DemoRun

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("demo")]


def test_the_demo_plays_the_main_job(demo_run: DemoRun) -> None:
    """What it saw, held, denied and why, cancelled, and what is left; by itself, in under 30 s, with exit 0."""
    out = demo_run.out

    assert (demo_run.code, demo_run.err) == (0, "")
    assert "12 times faster" in out.splitlines()[0]
    assert "the rule is true for" in out
    assert "Denied by steps-remain" in out
    assert "15 of 15 safety checks hold" in out
    assert "cancelled, the step is gone, the rest intact" in out
    before, after = re.split("What is left", out)
    assert "live steps at 0.3, 0.4" in before
    assert re.search(r"USDT_DOGE .* live steps at 0\.3 ", after)
    assert re.search(r"USDT_XRP .* live steps at 0\.66 ", after)
    assert demo_run.took_s < 30
