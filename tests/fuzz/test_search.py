"""
The fuzzer itself: it finds what is broken, tells it apart, makes it small, and ends what hangs.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest

from fuzz.bodies import LISTING, SINGLE_READ
from fuzz.campaign import MOST_GROWTH_MB, Story, main
from fuzz.findings import attempt, minimised
from fuzz.guarded_cycle import TARGET as GUARDED_CYCLE
from fuzz.guarded_cycle import objections
from fuzz.json_text import bend
from fuzz.mutation import Mutator
from fuzz.search import Search
from fuzz.served import SERVED
from fuzz.target import CORPUS, SEPARATOR, Hang, Target, cpu_limit, parts_of
from fuzz.worker import Progress
from scenario.incidents import ENTITY, TRADES
from scenario.incidents import LISTING as LISTING_PATH
from simulation.rulebook import Book, RuleSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fuzz.target import Behaviours

BOOK = Book(rules=(RuleSpec(name="a", fact="day_change", below=-5),), is_live=True)


def _built(_chance: Random, _pool: Sequence[bytes]) -> bytes:
    return b"abc"


def _target(run: object) -> Target:
    assert callable(run)
    return Target(name="planted", run=run, draw=Mutator(words=[b"boo"], build=_built), seeds=lambda: [b"a", b"bc"])


def _fragile(data: bytes) -> Behaviours:
    if b"boo" in data:
        raise KeyError(data)
    assert b"\xff" not in data
    return frozenset({str(len(data))})


def test_a_search_finds_what_is_broken_and_makes_it_small() -> None:
    search = Search(_target(_fragile), seed=1)
    search.run_corpus()
    for _ in range(2_000):
        search.step()

    smallest = {minimised(search.target, finding).data for finding in search.findings.values()}
    assert smallest == {b"boo", b"\xff"}


def test_the_same_seed_draws_the_same_inputs() -> None:
    drawn: list[list[bytes]] = []
    for _ in range(2):
        seen: list[bytes] = []
        search = Search(_target(_fragile), seed=7, watch=seen.append)
        for _ in range(300):
            search.step()
        drawn.append(seen)

    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 100


def test_what_hangs_is_ended_and_no_handler_of_exceptions_hides_it() -> None:
    def hang(data: bytes) -> Behaviours:
        while True:
            try:
                re.fullmatch("(a|a)*b", "a" * 15)
            except Exception:  # noqa: BLE001 (that is the point: nothing under test may catch it)
                return frozenset({str(data)})

    with pytest.raises(Hang), cpu_limit(0.05):
        hang(b"")


def test_a_finding_tells_where_it_came_from() -> None:
    found = attempt(_target(_fragile), b"boo")

    assert found is not None
    assert found.mark.startswith("KeyError at test_search.py:")
    assert attempt(_target(_fragile), b"a") is None


def test_growth_of_memory_counts_after_the_warm_up() -> None:
    def story(*resident: float) -> Story:
        told = [
            (float(at), Progress(executions=at, behaviours=1, cpu_s=at, resident=mb)) for at, mb in enumerate(resident)
        ]
        return Story("planted", seconds=9.0, told=told)

    assert not story(10, 200, 200, 200, 200 + MOST_GROWTH_MB).has_grown
    assert story(10, 20, 200, 200, 21 + MOST_GROWTH_MB).has_grown
    assert "MEMORY GROWS" in str(story(10, 20, 200, 200, 21 + MOST_GROWTH_MB))


def test_bent_json_is_what_no_writer_would_write_too() -> None:
    texts = [bend(Random(seed), {"a": {"b": ["1", 2]}, "c": None}, 2) for seed in range(400)]  # noqa: S311 (a seed)

    assert any(text.count('"a":') > 1 for text in texts)
    assert any("NaN" in text for text in texts)
    assert not any("\x02" in text or "\\u0002" in text for text in texts)


def test_a_short_campaign_tells_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "condition", "--minutes", "0.01"]) == 0

    said = capsys.readouterr().out
    assert re.search(r"condition +[1-9][0-9,]* executions", said)
    assert "0 findings" in said


def test_one_input_is_played_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", str(CORPUS / "rules_file" / "line-separator")]) == 0
    assert main(["--replay", __file__]) == 2

    assert "the promise is kept" in capsys.readouterr().out


def test_the_true_bytes_are_read_and_acted_on() -> None:
    """
    A target that refused everything would keep every promise.
    """
    true = SERVED[0]

    assert "true" in SINGLE_READ.check(SEPARATOR.join((true.entity, true.rows)))
    assert "1 entities" in LISTING.check(b"[" + true.entity + b"]")
    for scene in GUARDED_CYCLE.seeds():
        assert {"1 deletes", "cancelled None"} <= GUARDED_CYCLE.check(scene), scene[:20]


@pytest.mark.parametrize(
    ("place", "old", "new", "why"),
    [
        (1, b'"day_change_percent": "-6', b'"day_change_percent": "-4', "the condition is not true"),
        (1, b'"editable": true, "current_price"', b'"editable": false, "current_price"', "not editable"),
        (1, b'"waiting_targets"', b'"finished"', "its status"),
        (2, b'"take_profit"', b'"stop_loss"', "its row is a stop_loss"),
        (2, b'"realised_amount": "0.0"', b'"realised_amount": "1.0"', "is realised"),
        (2, b'"order_placed"', b'"cancelled"', "steps would remain"),
        (0, b'"200.0"', b'"201.0"', "listing and second read differ"),
        (1, b"{", b"", "not JSON"),
    ],
)
def test_the_plain_judge_objects(place: int, old: bytes, new: bytes, why: str) -> None:
    bodies = [b"[" + SERVED[0].entity + b"]", SERVED[0].entity, SERVED[0].rows]
    paths = (LISTING_PATH, ENTITY, TRADES)
    assert objections(dict(zip(paths, bodies, strict=True)), BOOK, 101, 1012) == []
    assert old in bodies[place], "the case does not bend anything"

    bodies[place] = bodies[place].replace(old, new)

    assert why in "; ".join(objections(dict(zip(paths, bodies, strict=True)), BOOK, 101, 1012))


def test_parts_that_are_missing_are_empty() -> None:
    assert parts_of(b"a", 3) == [b"a", b"", b""]
    assert parts_of(SEPARATOR.join((b"a", b"b", b"c")), 2) == [b"a", SEPARATOR.join((b"b", b"c"))]
