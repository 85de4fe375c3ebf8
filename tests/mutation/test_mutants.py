"""
The mutants that are tried, and the list of those that no test can tell from the original.
"""

from __future__ import annotations

import textwrap

import pytest

from mutation.equivalents import read_equivalents
from mutation.mutants import mutants_of
from mutation.patching import new_codes
from mutation.targets import MODULES, PACKAGE, ROOT, WIDER_TESTS, own_tests

SOURCE = textwrap.dedent('''\
    """
    A module.
    """

    __all__ = ["LIMIT", "act"]
    LIMIT = 2


    async def act(journal, gateway, price) -> bool:
        if price.bid < LIMIT and price.last is not None:
            return False
        await journal.write("intent")
        await gateway.send("a sentence for people")
        await gateway.bind("name", price)
        return any(step.is_live for step in (1, 2))
''')


def changes() -> set[tuple[str, str]]:
    return {(mutant.original, mutant.mutated) for mutant in mutants_of("module.py", SOURCE)}


@pytest.mark.parametrize(
    ("original", "mutated"),
    [
        pytest.param("LIMIT = 2", "LIMIT = 3", id="a number"),
        pytest.param(
            "if price.bid < LIMIT and price.last is not None:",
            "if price.bid <= LIMIT and price.last is not None:",
            id="a boundary",
        ),
        pytest.param(
            "if price.bid < LIMIT and price.last is not None:",
            "if price.ask < LIMIT and price.last is not None:",
            id="a swapped field",
        ),
        pytest.param(
            "if price.bid < LIMIT and price.last is not None:", "if price.bid < LIMIT:", id="a half of a condition"
        ),
        pytest.param("if price.bid < LIMIT and price.last is not None:", "if False:", id="a branch never taken"),
        pytest.param("return False", "return True", id="another answer"),
        pytest.param('await journal.write("intent")', "pass", id="a statement left out"),
        pytest.param(
            'await journal.write("intent")\nawait gateway.send("a sentence for people")',
            'await gateway.send("a sentence for people")\nawait journal.write("intent")',
            id="the order of two",
        ),
        pytest.param(
            "return any(step.is_live for step in (1, 2))",
            "return all(step.is_live for step in (1, 2))",
            id="all for any",
        ),
        pytest.param(
            "return any(step.is_live for step in (1, 2))",
            "return any(step.is_live for step in (2,))",
            id="an element left out",
        ),
    ],
)
def test_what_somebody_could_get_wrong_is_tried(original: str, mutated: str) -> None:
    assert (original, mutated) in changes()


def test_what_people_read_is_left_alone() -> None:
    assert not any("XXa sentence" in mutated for _, mutated in changes())


def test_what_mypy_alone_reads_is_left_alone() -> None:
    assert not any("__all__" in before for before, _ in changes())


def test_a_name_in_compiled_code_is_left_alone_and_what_it_stands_for_is_not() -> None:
    mutated = {after for _, after in changes()}

    assert not any("XXname" in after for after in mutated)
    assert 'await gateway.bind("name", None)' in mutated


def test_a_mutant_changes_the_lines_that_it_names_and_no_others() -> None:
    for mutant in mutants_of("module.py", SOURCE):
        before, after = SOURCE.splitlines(), mutant.applied_to(SOURCE).splitlines()
        changed = mutant.mutated.splitlines()

        assert before[: mutant.start] == after[: mutant.start]
        assert before[mutant.start + mutant.lines :] == after[mutant.start + len(changed) :]
        assert before != after


def test_a_mutant_within_a_function_is_patched_and_a_constant_is_not() -> None:
    module = "engine/settle.py"
    source = (PACKAGE / module).read_text("utf-8")
    small = source[: source.index("def judge_rejected")]
    mutants = mutants_of(module, small)
    within = next(mutant for mutant in mutants if mutant.function == "judge")
    constant = next(mutant for mutant in mutants if mutant.function == "<module>")

    assert list(new_codes(within) or ()) == ["judge"]
    assert new_codes(constant) is None


def test_every_module_has_its_tests() -> None:
    for module in MODULES:
        assert (PACKAGE / module).is_file()
        assert all((ROOT / test).is_file() for test in own_tests(module))
    assert all((ROOT / test).is_dir() for test in WIDER_TESTS)


def test_every_equivalent_mutant_is_of_code_that_is_there_and_has_a_reason() -> None:
    for (module, _, original, _), reason in read_equivalents().items():
        lines = [line.strip() for line in (PACKAGE / module).read_text("utf-8").splitlines()]

        assert all(line in lines for line in original.splitlines()), original
        assert len(reason) > len("because")
