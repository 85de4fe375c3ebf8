"""
The daemon's own readings over time, packed: a day of minutes of a thousand SmartTrades is a few megabytes.

A sample is what one cycle saw. Its columns are texts, compressed together: exact, and about three bytes for a price.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import CurrentPrice, SmartTradeId

SAMPLES_IN_A_BLOCK = 60
LOWEST, HIGHEST = "lowest of ", "highest of "  # before the name of a column: its extremes since the sample before
_SEPARATOR = ","
_NUMBER = r"(?:-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?)?+"
_COLUMN = re.compile(f"{_NUMBER}(?:,{_NUMBER})*+".encode("ascii"))


def pack(values: Iterable[Decimal | None]) -> bytes:
    """
    Write a column. None is unknown.
    """
    texts = ["" if value is None else str(value) for value in values]
    # Digits hardly repeat: to look for repetitions takes longer and makes it larger.
    packer = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(_SEPARATOR.join(texts).encode("ascii")) + packer.flush()


def unpack(packed: bytes) -> list[str]:
    """
    Read a column as texts, "" for what is unknown. Raises ValueError if it is none.
    """
    try:
        return zlib.decompress(packed).decode("ascii").split(_SEPARATOR)
    except zlib.error as error:
        raise ValueError(str(error)) from None


def checked(packed: bytes) -> bytes:
    """
    Return a column that comes from outside as it is. Raises ValueError if it is none.
    """
    try:
        is_column = _COLUMN.fullmatch(zlib.decompress(packed)) is not None
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not is_column:
        msg = "a column holds something that is no number"
        raise ValueError(msg)
    return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    What one cycle saw: for each of *subjects* one value in each of *columns*, and besides the facts of *markets* and,
    of what is recorded, their *prices* by pair: windows need the facts alone.

    Where cycles are faster than samples are made, it also tells the lowest and highest of the readings since the last.
    """

    at: Moment
    subjects: tuple[SmartTradeId, ...]
    columns: Mapping[str, bytes] = field(repr=False)
    markets: Mapping[str, Decimal] = field(default_factory=dict)
    prices: Mapping[str, CurrentPrice] = field(default_factory=dict)

    def only(self, names: Iterable[str]) -> Sample:
        """
        Return it with those columns alone, as windows look back on it.
        """
        kept = {name: self.columns[name] for name in with_extremes(names) if name in self.columns}
        return Sample(at=self.at, subjects=self.subjects, columns=kept, markets=self.markets)

    def known(self, name: str) -> Iterator[tuple[SmartTradeId, str]]:
        """
        Yield, as texts, the values of a column that are known.
        """
        packed = self.columns.get(name)
        if packed is not None:
            yield from ((subject, text) for subject, text in zip(self.subjects, unpack(packed), strict=False) if text)

    def values(self, name: str) -> dict[SmartTradeId, Decimal]:
        """
        Return the values of a column that are known.
        """
        return {subject: Decimal(text) for subject, text in self.known(name)}

    def lowest(self, name: str) -> dict[SmartTradeId, Decimal]:
        """
        Return the lowest values of a column since the last sample.
        """
        return self.values(LOWEST + name if LOWEST + name in self.columns else name)

    def highest(self, name: str) -> dict[SmartTradeId, Decimal]:
        """
        Return the highest values of a column since the last sample.
        """
        return self.values(HIGHEST + name if HIGHEST + name in self.columns else name)

    def market_values(self, name: str) -> list[Decimal]:
        """
        Return what is known of a market's fact since the last sample: its value, or the lowest and the highest.
        """
        names = (name, LOWEST + name, HIGHEST + name)
        return [self.markets[one] for one in names if one in self.markets]

    def swallowing(self, readings: Sequence[Sample], names: Iterable[str]) -> Sample:
        """
        Return it with the extremes of *readings*, which were made since the last sample, in the columns *names*.
        """
        if not readings:
            return self
        columns, markets = dict(self.columns), dict(self.markets)
        for name in names:
            found = extremes_of((*readings, self), name)
            columns[LOWEST + name] = pack(found.lowest.get(subject) for subject in self.subjects)
            columns[HIGHEST + name] = pack(found.highest.get(subject) for subject in self.subjects)
        for name in {name for one in (*readings, self) for name in one.markets}:
            known = [one.markets[name] for one in (*readings, self) if name in one.markets]
            markets[LOWEST + name], markets[HIGHEST + name] = min(known), max(known)
        return replace(self, columns=columns, markets=markets)


@dataclass(slots=True, kw_only=True)
class Extremes:
    """
    Of each SmartTrade, over some samples: the lowest and highest value of a column, and how many were known.
    """

    lowest: dict[SmartTradeId, Decimal] = field(default_factory=dict)
    highest: dict[SmartTradeId, Decimal] = field(default_factory=dict)
    known: dict[SmartTradeId, int] = field(default_factory=dict)

    def begin(self, sample: Sample, name: str) -> None:
        """
        Take in a column of the first sample of a window: what was read before it does not belong to the window.
        """
        for subject, value in sample.values(name).items():
            self.lowest[subject] = self.highest[subject] = value
            self.known[subject] = 1

    def add(self, sample: Sample, name: str) -> None:
        """
        Take in a column of one more sample.
        """
        lowest, highest, known = self.lowest, self.highest, self.known
        for subject, value in sample.lowest(name).items():
            count = known.get(subject, 0)
            known[subject] = count + 1
            if not count or value < lowest[subject]:
                lowest[subject] = value
        for subject, value in sample.highest(name).items():
            if subject not in highest or value > highest[subject]:
                highest[subject] = value

    def merge(self, other: Extremes) -> None:
        """
        Take in those of other samples.
        """
        for subject, count in other.known.items():
            before = self.known.get(subject, 0)
            self.known[subject] = before + count
            if not before or other.lowest[subject] < self.lowest[subject]:
                self.lowest[subject] = other.lowest[subject]
            if not before or other.highest[subject] > self.highest[subject]:
                self.highest[subject] = other.highest[subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    """
    Extremes at rest: packed like a sample.
    """

    subjects: tuple[SmartTradeId, ...]
    lowest: bytes
    highest: bytes
    known: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """
    Samples that stay as they are, oldest first; what is asked of all of them is worked out once.
    """

    samples: tuple[Sample, ...]
    _summaries: dict[str, _Summary] = field(default_factory=dict, compare=False, repr=False)

    def extremes(self, name: str) -> Extremes:
        """
        Return the extremes of a column over the whole block.
        """
        summary = self._summaries.get(name)
        if summary is None:
            found = extremes_of(self.samples, name)
            subjects = tuple(found.known)
            self._summaries[name] = _Summary(
                subjects=subjects,
                lowest=pack(found.lowest[subject] for subject in subjects),
                highest=pack(found.highest[subject] for subject in subjects),
                known=pack(Decimal(found.known[subject]) for subject in subjects),
            )
            return found
        columns = (unpack(summary.lowest), unpack(summary.highest), unpack(summary.known))
        found = Extremes()
        for subject, low, high, known in zip(summary.subjects, *columns, strict=False):
            found.lowest[subject], found.highest[subject] = Decimal(low), Decimal(high)
            found.known[subject] = int(known)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """
    The samples so far, oldest first: whole blocks, and those since. *between* are readings after the last of them that
    came too soon to be samples: the next one swallows them.
    """

    blocks: tuple[Block, ...] = ()
    recent: tuple[Sample, ...] = ()
    between: tuple[Sample, ...] = ()

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> History:
        """
        Return the history of *samples*, oldest first.
        """
        history = cls()
        for sample in samples:
            history = history.followed_by(sample)
        return history

    @property
    def samples(self) -> Sequence[Sample]:
        """
        Return all samples, oldest first.
        """
        return [*(sample for block in self.blocks for sample in block.samples), *self.recent]

    @property
    def newest(self) -> Sample | None:
        """
        Return the last sample.
        """
        if self.recent:
            return self.recent[-1]
        return self.blocks[-1].samples[-1] if self.blocks else None

    def followed_by(self, sample: Sample) -> History:
        """
        Return it with one more sample.
        """
        before = self.newest
        if before is not None and before.subjects == sample.subjects:  # mostly: one list of ids serves them all
            sample = Sample(at=sample.at, subjects=before.subjects, columns=sample.columns, markets=sample.markets)
        recent = (*self.recent, sample)
        if len(recent) < SAMPLES_IN_A_BLOCK:
            return History(blocks=self.blocks, recent=recent)
        return History(blocks=(*self.blocks, Block(recent)), recent=())

    def with_between(self, reading: Sample) -> History:
        """
        Return it with a reading that is no sample.
        """
        return History(blocks=self.blocks, recent=self.recent, between=(*self.between, reading))

    def within(self, reach: timedelta, now: Moment) -> History:
        """
        Forget whole blocks that are surely older than *reach*.
        """
        kept = tuple(block for block in self.blocks if now.surely_since(block.samples[-1].at) <= reach)
        return self if len(kept) == len(self.blocks) else History(blocks=kept, recent=self.recent, between=self.between)

    def extremes_since(self, start: int, name: str) -> Extremes:
        """
        Return the extremes of a column over the samples from number *start* on, and what was read since the last.
        """
        found, at, after = Extremes(), 0, start + 1
        for block in self.blocks:
            end = at + len(block.samples)
            if at <= start < end:
                found.begin(block.samples[start - at], name)
            if after <= at:
                found.merge(block.extremes(name))
            elif after < end:
                for sample in block.samples[after - at :]:
                    found.add(sample, name)
            at = end
        if at <= start < at + len(self.recent):
            found.begin(self.recent[start - at], name)
        for sample in self.recent[max(0, after - at) :]:
            found.add(sample, name)
        for subject, value in extremes_of(self.between, name).lowest.items():
            if subject in found.lowest:
                found.lowest[subject] = min(found.lowest[subject], value)
        for subject, value in extremes_of(self.between, name).highest.items():
            if subject in found.highest:
                found.highest[subject] = max(found.highest[subject], value)
        return found


def extremes_of(samples: Iterable[Sample], name: str) -> Extremes:
    """
    Return the extremes of a column over *samples*.
    """
    found = Extremes()
    for sample in samples:
        found.add(sample, name)
    return found


def with_extremes(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return the names of columns, and of those that tell their extremes since the sample before.
    """
    return tuple(prefix + name for name in names for prefix in ("", LOWEST, HIGHEST))
