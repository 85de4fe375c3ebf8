"""
The only place that builds adapters and wires them together.
"""

from tradewarden.bootstrap.daemon import Daemon, open_daemon, open_service
from tradewarden.bootstrap.pace import Pace, pace_of
from tradewarden.bootstrap.reader import open_reader
from tradewarden.bootstrap.wiring import Wiring

__all__ = ["Daemon", "Pace", "Wiring", "open_daemon", "open_reader", "open_service", "pace_of"]
