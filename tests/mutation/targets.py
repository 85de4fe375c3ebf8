"""
What is mutated, and which tests are asked, in which order.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "daemon" / "tradewarden"
MODULES = (
    "model/truth.py",
    "model/history.py",
    "engine/invariants.py",
    "engine/remaining.py",
    "engine/selectors.py",
    "engine/decide.py",
    "engine/plausibility.py",
    "engine/settle.py",
    "engine/gates.py",
    "engine/judgement.py",
    "engine/market.py",
    "engine/window_plan.py",
    "engine/surroundings.py",
    "engine/bounds.py",
    "execution/guarded_cancel.py",
    "execution/settling.py",
    "execution/shield.py",
    "rules/compiler.py",
    "rules/pair.py",
    "rules/tables.py",
    "rules/conditions.py",
    "rules/condition.py",
    "rules/values.py",
    "rules/checker.py",
    "rules/trace.py",
    "rules/glob.py",
    "rules/kinds.py",
    "rules/literals.py",
    "rules/over_time.py",
    "rules/cuts.py",
    "rules/glob_sets.py",
    "rules/texts.py",
    "rules/terms.py",
    "rules/store.py",
    "rules/faults.py",
    "rules/relations.py",
    "rules/domains.py",
    "rules/match_claims.py",
    "rules/claims.py",
    "rules/boundaries.py",
    "rules/origin.py",
    "rules/satisfiability.py",
    "rules/outline.py",
)
# The tests of a module bear its name, but for these, which are a whole with others.
OWN_TESTS = {
    "engine/remaining.py": ("engine/test_remaining.py", "engine/test_invariants.py"),
    "rules/pair.py": ("rules/test_compiler.py",),
    "rules/checker.py": (
        "rules/test_conditions.py",
        "rules/test_values.py",
        "rules/test_condition.py",
        "rules/test_over_time.py",
    ),
    "rules/trace.py": ("rules/test_trace.py", "rules/test_compiler.py"),
    "rules/kinds.py": ("rules/test_kinds.py", "rules/test_values.py", "rules/test_conditions.py"),
    "rules/store.py": ("rules/test_store.py", "rules/test_satisfiability.py"),
    "rules/origin.py": ("rules/test_origin.py", "rules/test_over_time.py"),
    "rules/satisfiability.py": ("rules/test_satisfiability.py", "rules/test_implications.py"),
}
WIDER_TESTS = ("tests/unit/rules", "tests/unit/engine", "tests/unit/execution", "tests/unit/service", "tests/scenario")


def own_tests(module: str) -> tuple[str, ...]:
    """
    Return the unit tests that answer for a module.
    """
    path = Path(module)
    names = OWN_TESTS.get(module, (f"{path.parent}/test_{path.name}",))
    return tuple(f"tests/unit/{name}" for name in names)
