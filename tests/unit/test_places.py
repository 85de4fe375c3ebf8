from __future__ import annotations

from pathlib import Path

import pytest

from tradewarden.errors import ConfigError, UsageError
from tradewarden.places import find_api_url, find_rules, find_state


def test_rules_are_looked_for_in_order(tmp_path: Path) -> None:
    system, local = tmp_path / "system.yaml", tmp_path / "rules.yaml"
    environ = {"TRADEWARDEN_RULES": "from-environment.yaml"}

    def find(option: Path | None, environ: dict[str, str]) -> str:
        return find_rules(option, environ, system_rules=system, local=local).path.name

    with pytest.raises(ConfigError, match="no rules file found"):
        find(None, {})
    local.touch()
    assert find(None, {}) == "rules.yaml"
    system.touch()
    assert find(None, {}) == "system.yaml"
    assert find(None, environ) == "from-environment.yaml"
    assert find(Path("option.yaml"), environ) == "option.yaml"


def test_state_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/trader")
    system = tmp_path / "system"

    def find(option: Path | None, environ: dict[str, str]) -> str:
        return str(find_state(option, environ, system_state=system))

    assert find(None, {}) == "/home/trader/.local/state/tradewarden (your own state)"
    assert find(None, {"XDG_STATE_HOME": "/xdg"}) == "/xdg/tradewarden (your own state)"
    system.mkdir()
    assert find(None, {}) == f"{system} (the system's state)"
    environ = {"STATE_DIRECTORY": "/var/lib/one:/var/lib/two"}
    assert find(None, environ) == "/var/lib/one ($STATE_DIRECTORY)"
    environ["TRADEWARDEN_STATE"] = "/mine"
    assert find(None, environ) == "/mine ($TRADEWARDEN_STATE)"
    assert find(Path("/option"), environ) == "/option (--state)"


def test_rules_that_cannot_be_looked_for_are_not_passed_over(tmp_path: Path) -> None:
    """Another file than the system's must not be taken because the system's cannot be seen."""
    unseen = tmp_path / ("n" * 300)

    with pytest.raises(ConfigError, match="it cannot be read: File name too long"):
        find_rules(None, {}, system_rules=unseen, local=tmp_path)


@pytest.mark.parametrize("folders", [":", ":/var/lib/two", " "])
def test_an_empty_state_directory_does_not_mean_the_current_folder(folders: str) -> None:
    with pytest.raises(UsageError, match="STATE_DIRECTORY is empty"):
        find_state(None, {"STATE_DIRECTORY": folders})


def test_the_url_is_looked_for_in_order() -> None:
    environ = {"TRADEWARDEN_API_URL": "https://environment"}

    assert find_api_url(None, {}, in_file="https://file") == "https://file"
    assert find_api_url(None, environ, in_file="https://file") == "https://environment"
    assert find_api_url("https://option", environ, in_file="https://file") == "https://option"
