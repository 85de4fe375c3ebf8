"""
``python -m tradewarden``.
"""

from __future__ import annotations

import sys

from tradewarden.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
