"""
A picture of a test that was played, as SVG: what each rule saw, what its condition came to, and what it did.

Of each rule and SmartTrade that something happened to, one panel for each fact that its condition compares, with the
threshold dashed (one that is calculated moves), and below them a strip: true, holding, false or unknown, and the marks
of what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tradewarden.model.truth import Truth
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.literals import show
from tradewarden.rules.trace import trace
from tradewarden.rules.tree import Comparison, Fact, Literal, walk
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.seen_by_rule import facts_at, trade_at
from tradewarden.ruletests.words import row_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradewarden.engine.facts import Facts
    from tradewarden.model.smart_trade import SmartTradeId
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.schema import FactValue, Kind
    from tradewarden.rules.tree import Expression
    from tradewarden.ruletests.play import Played

WIDTH, LEFT, RIGHT = 760, 150, 24
PANEL, STRIP, GAP, TITLE = 92, 16, 18, 30
LONGEST_BESIDE, LONGEST_ABOVE = 18, 80  # characters that there is room for beside a panel, and above it
INK, SOFT, LINE = "#24292f", "#6e7781", "#d0d7de"
SEEN, LIMIT = "#0969da", "#bc4c00"
HOLDING = "holding"  # true, but not for long enough
COLOURS = {
    Truth.TRUE.value: "#2da44e",
    HOLDING: "#9be9a8",
    Truth.FALSE.value: "#d8dee4",
    Truth.UNKNOWN.value: "#bf8700",
}
_FONT = "font-family='system-ui, sans-serif' font-size='12'"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """
    A fact over the readings, the numbers that the condition compares it with, and what else, by its text, that moves.
    """

    name: str
    kind: Kind
    values: tuple[Decimal | None, ...]
    thresholds: tuple[Decimal, ...]
    moving: Mapping[str, Sequence[Decimal | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """
    One rule and one SmartTrade: the curves, the state at each reading (a word of COLOURS), and what happened at which.
    """

    title: str
    curves: tuple[_Curve, ...]
    states: tuple[str | None, ...]
    marks: tuple[tuple[int, str], ...]


def plot(played: Played) -> str:
    """
    Return the picture of a test.
    """
    stories = [story for story in _stories(played) if story.marks] or list(_stories(played))[:1]
    body: list[str] = []
    top = TITLE
    for story in stories:
        body += _text(LEFT, top + 4, story.title, weight="600")
        top += GAP
        for curve in story.curves:
            body += _panel(curve, top, len(played.frames))
            top += len(_heads(curve)) * GAP + PANEL + GAP
        body += _strip(story, top, len(played.frames))
        top += STRIP + GAP
        body += _axis(played, top)
        top += 2 * GAP + 10
        for index, words in story.marks:
            body += _text(LEFT, top + 4, f"{duration_text(played.at(index))}: {words}")
            top += GAP
        top += GAP
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{top}' viewBox='0 0 {WIDTH} {top}' {_FONT}>"
        f"<title>{escape(played.test.name)}</title><rect width='100%' height='100%' fill='#ffffff'/>"
    )
    return "\n".join([head, *body, "</svg>", ""])


def _stories(played: Played) -> Iterator[_Story]:
    for subject in played.test.subjects:
        for rule in played.ruleset.enabled:
            if played.test.only is None or rule.name in played.test.only:
                yield _story(played, rule, subject.trade.id)


def _story(played: Played, rule: Rule, smart_trade_id: SmartTradeId) -> _Story:
    states: list[str | None] = []
    seen: list[Facts] = []
    marks: list[tuple[int, str]] = []
    for frame in played.frames:
        trade = trade_at(frame, smart_trade_id)
        if trade is None or rule.name not in {one.name for one in frame.due}:
            states.append(None)
            seen.append({})
            continue
        facts = dict(facts_at(played, frame, trade)[1])
        held_back = () if frame.evaluation is None else frame.evaluation.holding
        is_holding = any((one.rule, one.smart_trade_id) == (rule.name, smart_trade_id) for one in held_back)
        states.append(HOLDING if is_holding else rule.when.evaluate(facts).value)
        seen.append(facts)
        marks += [
            (frame.index, row_text(row))
            for row in frame.new
            if (row.rule, row.smart_trade_id) == (rule.name, smart_trade_id)
        ]
    curves = tuple(
        _Curve(
            name=name,
            kind=kind,
            values=tuple(_number(facts.get(name)) for facts in seen),
            thresholds=tuple(
                other.value for other in others if isinstance(other, Literal) and isinstance(other.value, Decimal)
            ),
            moving={
                rule.when.text[other.start : other.end]: [
                    _number(trace(other, rule.when.text, facts).value) for facts in seen
                ]
                for other in others
                if not isinstance(other, Literal)
            },
        )
        for name, (kind, others) in _compared(rule).items()
    )
    title = f"{rule.name}, SmartTrade {smart_trade_id}"
    return _Story(title=title, curves=curves, states=tuple(states), marks=tuple(marks))


def _number(value: FactValue) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _compared(rule: Rule) -> dict[str, tuple[Kind, list[Expression]]]:
    """
    Return the facts that a condition compares, each with what it is compared with.
    """
    found: dict[str, tuple[Kind, list[Expression]]] = {}
    for part in walk(rule.when.expression):
        if isinstance(part, Comparison):
            for fact in (o for o in part.operands if isinstance(o, Fact) and o.kind in NUMERIC):
                others = found.setdefault(fact.name, (fact.kind, []))[1]
                others += [other for other in part.operands if other is not fact]
    return found


def _panel(curve: _Curve, top: int, readings: int) -> list[str]:
    heads = _heads(curve)
    drawn = [
        line
        for number, (text, colour) in enumerate(heads)
        for line in _text(LEFT, top + 8 + GAP * number, text, colour=colour)
    ]
    top += len(heads) * GAP
    moving = [value for values in curve.moving.values() for value in values]
    known = [value for value in (*curve.values, *curve.thresholds, *moving) if value is not None]
    low, high = (min(known), max(known)) if known else (Decimal(0), Decimal(1))
    room = (high - low) / 8 or Decimal(1)
    low, high = low - room, high + room

    def y(value: Decimal) -> str:
        return f"{top + float((high - value) / (high - low)) * PANEL:.1f}"

    drawn.append(
        f"<rect x='{LEFT}' y='{top}' width='{WIDTH - LEFT - RIGHT}' height='{PANEL}' fill='none' stroke='{LINE}'/>"
    )
    if _fits_beside(curve.name):
        drawn += _text(12, top + 16, curve.name, colour=SEEN)
    for number, threshold in enumerate(dict.fromkeys(curve.thresholds)):
        drawn.append(
            f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y(threshold)}' y2='{y(threshold)}' stroke='{LIMIT}' "
            "stroke-dasharray='5 4'/>"
        )
        drawn += _text(12, top + 34 + 18 * number, show(threshold, curve.kind), colour=LIMIT)
    for piece in (piece for values in curve.moving.values() for piece in _pieces(values)):
        points = " ".join(f"{_x(index, readings):.1f},{y(value)}" for index, value in piece)
        drawn.append(f"<polyline points='{points}' fill='none' stroke='{LIMIT}' stroke-dasharray='5 4'/>")
    for piece in _pieces(curve.values):
        points = " ".join(f"{_x(index, readings):.1f},{y(value)}" for index, value in piece)
        drawn.append(f"<polyline points='{points}' fill='none' stroke='{SEEN}' stroke-width='2'/>")
        drawn += [
            f"<circle cx='{_x(index, readings):.1f}' cy='{y(value)}' r='3' fill='{SEEN}'/>" for index, value in piece
        ]
    return drawn


def _pieces(values: Sequence[Decimal | None]) -> list[list[tuple[int, Decimal]]]:
    """
    Return the runs of known values: where one is unknown the curve has a gap.
    """
    pieces: list[list[tuple[int, Decimal]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((index, value))
    return [piece for piece in pieces if piece]


def _strip(story: _Story, top: int, readings: int) -> list[str]:
    width = (WIDTH - LEFT - RIGHT) / max(readings, 1)
    drawn = _text(12, top + 12, "condition", colour=SOFT)
    for index, state in enumerate(story.states):
        if state is not None:
            left = _x(index, readings) - width / 2
            drawn.append(
                f"<rect x='{left:.1f}' y='{top}' width='{max(width - 2, 1):.1f}' height='{STRIP}' rx='3' "
                f"fill='{COLOURS[state]}'><title>{state}</title></rect>"
            )
    for index in sorted({index for index, _ in story.marks}):
        x = _x(index, readings)
        drawn.append(f"<path d='M {x - 6:.1f} {top - 8} L {x + 6:.1f} {top - 8} L {x:.1f} {top + 2} Z' fill='{INK}'/>")
    return drawn


def _axis(played: Played, top: int) -> list[str]:
    readings = len(played.frames)
    step = max(1, -(-readings // 8))
    drawn: list[str] = []
    for index in range(0, readings, step):
        label = duration_text(played.at(index)) if index else "start"
        drawn += _text(_x(index, readings), top + 2, label, colour=SOFT, anchor="middle")
    legend = LEFT
    for state, colour in COLOURS.items():
        drawn.append(f"<rect x='{legend}' y='{top + 12}' width='10' height='10' rx='2' fill='{colour}'/>")
        drawn += _text(legend + 16, top + 21, state, colour=SOFT)
        legend += 90
    return drawn


def _x(index: int, readings: int) -> float:
    return LEFT + (index + 0.5) * (WIDTH - LEFT - RIGHT) / max(readings, 1)


def _text(x: float, y: float, text: str, *, colour: str = INK, weight: str = "400", anchor: str = "start") -> list[str]:
    return [
        f"<text x='{x:.1f}' y='{y}' fill='{colour}' font-weight='{weight}' text-anchor='{anchor}'>{escape(text)}</text>"
    ]


def _heads(curve: _Curve) -> list[tuple[str, str]]:
    """
    Return the lines above a panel, each with its colour: a name that is too long to stand beside it, and what moves.
    """
    name = [] if _fits_beside(curve.name) else [(_shortened(curve.name), SEEN)]
    return [*name, *((_shortened(f"dashed: {text}"), LIMIT) for text in curve.moving)]


def _fits_beside(name: str) -> bool:
    return len(name) <= LONGEST_BESIDE


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ABOVE else f"{text[: LONGEST_ABOVE - 1]}…"
