"""
Rules files: drawn at random, written as text for the daemon, and kept as plain values for the judge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import parse_rules

if TYPE_CHECKING:
    from tradewarden.rulesfile.loader import RulesFile

WINDOWS = (
    "change(day_change, 10m) < 1%",
    "lowest(profit, 15m) < 5%",
    "last < highest(last, 5m) * 1.1",
    "held(day_change < 0%, 5m)",
)
NEVER, ON_RESET = "never", "on-reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """
    A rule. *fact* below *below* percent makes it true, *steps* or more of them live. *repeat* is a word or hours.

    *window* is one more condition, over time: the judge does not know it. What he says of a rule with one holds all the
    more, but that it acts is nothing he can ask for.
    """

    name: str
    fact: str
    below: int
    steps: int = 0
    window: str = ""
    hold_s: int = 0
    cancel: str = "farthest"
    keep: int = 1
    repeat: str = NEVER
    quote: str | None = None
    side: str | None = None
    schedule: str | None = None
    period_s: int = 60

    def text(self) -> str:
        """
        Write it as the file has it.
        """
        when = f"{self.fact} < {self.below}%"
        if self.steps:
            when += f" and live_steps >= {self.steps}"
        if self.window:
            when += f" and {self.window}"
        lines = [f"  - name: {self.name}", f"    when: {when}", f"    cancel: {self.cancel}", f"    keep: {self.keep}"]
        lines.append(f"    repeat: {self.repeat}")
        if self.hold_s:
            lines.append(f"    for: {self.hold_s}s")
        match = {"pair": None if self.quote is None else f'"{self.quote}_*"', "side": self.side}
        wanted = [f"{key}: {value}" for key, value in match.items() if value is not None]
        if wanted:
            lines.append(f"    match: {{{', '.join(wanted)}}}")
        if self.schedule is not None:
            lines.append(f"    {self.schedule}")
        return "\n".join(lines)

    @property
    def repeat_hours(self) -> int | None:
        """
        Return the duration of `repeat`, ``None`` if it is a word.
        """
        return int(self.repeat.removesuffix("h")) if self.repeat.endswith("h") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """
    A rules file as the judge knows it.
    """

    rules: tuple[RuleSpec, ...]
    is_live: bool
    schedule: str = "{every: 60s}"
    period_s: int = 60
    requests_per_minute: int = 50
    timeout_s: int = 30
    accounts: tuple[int, ...] = ()
    per_cycle: int = 8
    per_hour: int = 60
    per_smart_trade: int = 2
    abort_above: str = "never"
    needs_stop_loss: bool = True
    margin: str = "1"
    max_read_age_s: int = 15
    note: str = ""

    def text(self) -> str:
        """
        Write the file.
        """
        lines = [
            f"version: 1 {self.note}".rstrip(),
            f"mode: {'live' if self.is_live else 'dry-run'}",
            f"schedule: {self.schedule}",
            "api:",
            f"  requests_per_minute: {self.requests_per_minute}",
            f"  timeout: {self.timeout_s}s",
            *([f"  accounts: [{', '.join(map(str, self.accounts))}]"] if self.accounts else []),
            "limits:",
            f"  cancels_per_cycle: {self.per_cycle}",
            f"  cancels_per_hour: {self.per_hour}",
            f"  cancels_per_smart_trade: {self.per_smart_trade}",
            f"  abort_above: {self.abort_above}",
            "safety:",
            f"  require_stop_loss: {str(self.needs_stop_loss).lower()}",
            f"  imminent_margin: {self.margin}%",
            f"  max_read_age: {self.max_read_age_s}s",
            "rules:",
            *(rule.text() for rule in self.rules),
        ]
        return "\n".join([*lines, ""])

    def rule(self, name: str) -> RuleSpec | None:
        """
        Return the rule of that name.
        """
        return next((rule for rule in self.rules if rule.name == name), None)


def draw_book(chance: Random, *, number: int, live: float = 0.9) -> Book:
    """
    Draw a rules file, the *number*-th of its owner.
    """
    schedule, period_s = chance.choices(
        (
            ("{every: 60s}", 60),
            ("{every: 60s, jitter: 5s}", 60),
            ('{cron: "* * * * *"}', 60),
            ("{every: 90s}", 90),
            ('{cron: "*/2 * * * *"}', 120),
        ),
        (60, 15, 15, 5, 5),
    )[0]
    names = chance.sample(("first", "second", "third", "fourth", "fifth"), chance.randint(1, 4))
    return Book(
        rules=tuple(_draw_rule(name, chance, period_s=period_s) for name in names),
        is_live=chance.random() < live,
        schedule=schedule,
        period_s=period_s,
        requests_per_minute=chance.choice((24, 36, 50, 50, 50)),
        timeout_s=chance.choice((5, 10, 30, 30)),
        accounts=chance.choice(((), (), (32402783,))),
        per_cycle=chance.choice((1, 2, 8, 8)),
        per_hour=chance.choice((3, 10, 60, 60)),
        per_smart_trade=chance.choice((1, 2, 3, 5)),
        abort_above=chance.choice(("never", "never", "never", "80%")),
        needs_stop_loss=chance.random() < 0.7,
        margin=chance.choice(("1", "1", "0.5")),
        max_read_age_s=chance.choice((5, 10, 15, 15)),
        note=f"# {number}",
    )


def _draw_rule(name: str, chance: Random, *, period_s: int) -> RuleSpec:
    schedule, own_s = chance.choices(
        ((None, period_s), ("every: 2m", 120), ("every: 5m", 300), ('schedule: {cron: "*/3 * * * *"}', 180)),
        (85, 5, 5, 5),
    )[0]
    fact = chance.choice(("day_change", "day_change", "profit"))
    rule = RuleSpec(
        name=name,
        fact=fact,
        below=chance.choice((-1, -2, -3, -5) if fact == "day_change" else (0, -1, -3, -6)),
        steps=chance.choice((0, 0, 0, 0, 3)),
        hold_s=chance.choice((0, 0, 60, 120, 300)),
        cancel=chance.choices(
            ("farthest", "nearest", "{position: 2}", "{where: step.distance > 40%}"), (65, 15, 10, 10)
        )[0],
        keep=chance.choice((1, 1, 1, 1, 2)),
        repeat=chance.choice((NEVER, NEVER, ON_RESET, ON_RESET, "1h", "6h")),
        quote=chance.choice((None, None, None, "USDT")),
        side=chance.choice((None, None, "long", "short")),
        schedule=schedule,
        period_s=own_s,
    )
    aside = Random(f"{name} {rule.below} {rule.hold_s} {rule.cancel}")  # noqa: S311 (what else is drawn stays as it was)
    window = aside.choice((*("",) * 20, *WINDOWS))
    if window:  # false for a reason that the judge does not see: what he knows of `on-reset` would not hold
        rule = replace(rule, window=window, repeat=NEVER if rule.repeat == ON_RESET else rule.repeat)
    return rule


class Library:
    """
    Every rules file that was ever in force, by its generation.
    """

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._parsed: dict[str, RulesFile] = {}
        self.any_text = ""  # one that is good

    def read(self, text: str) -> RulesFile:
        """
        Read a file as the daemon does. Raises ConfigError.
        """
        if text not in self._parsed:
            self._parsed[text] = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
        return self._parsed[text]

    def keep(self, book: Book) -> str:
        """
        Keep a book, and return its text.
        """
        text = book.text()
        self._books[self.read(text).ruleset.generation] = book
        self.any_text = text
        return text

    def book(self, generation: str) -> Book | None:
        """
        Return the book of a generation.
        """
        return self._books.get(generation)
