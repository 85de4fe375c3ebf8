"""
The one error of the simulator that a person can act on.
"""

from __future__ import annotations


class ScenarioError(ValueError):
    """
    A scenario, or a SmartTrade in it, cannot be used. The text is a sentence with the place.
    """
