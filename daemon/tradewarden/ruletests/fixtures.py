"""
The JSON files of a test: SmartTrades and lists of trades as the API gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tradewarden.errors import ConfigError
from tradewarden.rulesfile.loader import read_file
from tradewarden.rulesfile.problems import describe, printable, shortened
from tradewarden.rulesfile.values import InvalidValueError
from tradewarden.threecommas.scalars import Malformed
from tradewarden.threecommas.wire import read_smart_trade, read_trades

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.model.smart_trade import SmartTrade, Trade

    T = TypeVar("T")


class Fixtures:
    """
    Reads what a test file names, each file once. Paths are relative to *folder*.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._smart_trades: dict[str, SmartTrade] = {}
        self._trades: dict[str, tuple[Trade, ...]] = {}

    def path(self, value: object) -> Path:
        """
        Return the path that *value* names. Raises InvalidValueError.
        """
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            msg = f"must be the name of a file, not {describe(value)}"
            raise InvalidValueError(msg)
        return self._folder / value

    def smart_trade(self, value: object) -> SmartTrade:
        """
        Return the SmartTrade in the file that *value* names. Raises InvalidValueError.
        """
        path = self.path(value)
        return self._read(self._smart_trades, path, read_smart_trade, "is no SmartTrade as the API gives it")

    def trades(self, value: object) -> tuple[Trade, ...]:
        """
        Return the list of trades in the file that *value* names. Raises InvalidValueError.
        """
        path = self.path(value)
        return self._read(self._trades, path, read_trades, "is no list of trades as the API gives it")

    def _read(self, known: dict[str, T], path: Path, reader: Callable[[bytes], T], no: str) -> T:
        name = str(path)
        if name not in known:
            try:
                known[name] = reader(read_bytes(path))
            except Malformed as error:
                msg = f"names {shortened(path.name)}, which {no}: {error}"
                raise InvalidValueError(msg) from None
        return known[name]


def read_bytes(path: Path) -> bytes:
    """
    Return what the file holds. Raises InvalidValueError.
    """
    try:
        return read_file(path)
    except ConfigError as error:
        why = str(error).removeprefix(f"{printable(str(path))}: ")
        msg = f"names {shortened(path.name)}: {why}"
        raise InvalidValueError(msg, "paths are relative to the test file") from None
