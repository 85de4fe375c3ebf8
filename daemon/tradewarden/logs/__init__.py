"""
The log: one line for each event worth one, in a sentence for people and in keys for machines.
"""

from tradewarden.imports import without

with without("rich"):  # our lines hold no tracebacks, which is all that structlog draws with it
    import structlog  # noqa: F401 (the modules of this package find it as it is now)

from tradewarden.logs.observer import LogObserver
from tradewarden.logs.stream import open_log

__all__ = ["LogObserver", "open_log"]
