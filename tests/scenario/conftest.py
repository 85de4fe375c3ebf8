"""
The stage of a scenario. Whatever a test is about, no promise may be broken on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    try:
        yield stage
    finally:
        stage.end()
    assert stage.broken_promises == []
