"""
All targets by name.
"""

from __future__ import annotations

from fuzz import bodies, condition, delete_answer, guarded_cycle, rule_tests, rules_file

TARGETS = {
    target.name: target
    for target in (
        rules_file.TARGET,
        rule_tests.TARGET,
        condition.TARGET,
        bodies.SINGLE_READ,
        bodies.LISTING,
        delete_answer.TARGET,
        guarded_cycle.TARGET,
    )
}
