"""
What a daemon is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.errors import UsageError
from tradewarden.model.settings import Mode
from tradewarden.threecommas.transport import canonical_url, check_url

if TYPE_CHECKING:
    from pathlib import Path

    from tradewarden.credentials import Credentials
    from tradewarden.model.settings import Settings
    from tradewarden.ports import Clock, Observer
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.threecommas.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """
    The rules, the places, and what tests and the demo replace.
    """

    rules: RulesFile
    state: Path
    api_url: str
    credentials: Credentials
    clock: Clock
    observer: Observer
    dry_run: bool = False
    transport: Transport | None = None

    @property
    def settings(self) -> Settings:
        """
        Return the file's settings; ``--dry-run`` makes any file a dry run.
        """
        settings = self.rules.settings
        return replace(settings, mode=Mode.DRY_RUN) if self.dry_run else settings

    def check_url(self) -> None:
        """
        Raise UsageError if the URL is not one that may be used.
        """
        try:
            check_url(self.api_url)
        except ValueError as error:
            raise UsageError(str(error)) from None

    @property
    def canonical_url(self) -> str:
        """
        Return the URL as locks go by it.
        """
        return canonical_url(self.api_url)
