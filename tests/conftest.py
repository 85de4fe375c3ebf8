"""
What holds for every test.

Properties are tried on the same examples in every run: a run that fails fails again. To search for new ones:
``HYPOTHESIS_PROFILE=explore .venv/bin/pytest tests/unit``.
"""

from __future__ import annotations

import os

from hypothesis import Phase, settings

settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=2_000, deadline=None)
# For mutants: that a property fails is all that is asked, not how little it takes.
settings.register_profile("unshrunk", settings.get_profile("fixed"), phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
