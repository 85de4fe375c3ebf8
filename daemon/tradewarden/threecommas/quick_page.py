"""
A page of the listing at full speed: all of it at once, as long as everything in it is ordinary.

Every SmartTrade goes through here in every cycle, so it must cost little more than its decoding. The page is decoded
into `shapes`, its texts become numbers and times all together and each of them once, and the model is filled in.
Whatever is not ordinary raises NotOrdinary: then `wire` looks at every SmartTrade on its own. A test holds both to the
same result.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import msgspec

from tradewarden.model.smart_trade import CurrentPrice, SmartTrade, StopLoss, TakeProfitStep
from tradewarden.model.status import TradeStatus
from tradewarden.threecommas import shapes
from tradewarden.threecommas.scalars import MOST_IN_A_LIST, NO_LEVERAGE, SIDES, NotOrdinary, numbers_of, times_of, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_page = msgspec.json.Decoder(list[shapes.Entity])
_one = msgspec.json.Decoder(shapes.Entity)


def read_ordinary_page(body: bytes) -> tuple[SmartTrade, ...]:
    """
    Read a whole page of ordinary SmartTrades. Raises NotOrdinary if anything in it is not.
    """
    try:
        entities = _page.decode(body)
        _require_utf8(body)
    except (ValueError, RecursionError) as error:
        raise NotOrdinary from error
    if len(entities) > MOST_IN_A_LIST:
        raise NotOrdinary
    return _Page(entities).read()


def read_ordinary(body: bytes) -> SmartTrade:
    """
    Read one ordinary SmartTrade. Raises NotOrdinary if anything in it is not.
    """
    try:
        entity = _one.decode(body)
        _require_utf8(body)
    except (ValueError, RecursionError) as error:
        raise NotOrdinary from error
    return _Page([entity]).read()[0]


def _require_utf8(body: bytes) -> None:
    """
    Look at the texts that the decoder skipped, too.
    """
    if not body.isascii():
        body.decode()


def _draft_of(model: type) -> type:
    """
    Return a class with the fields of a frozen dataclass of the model, but not frozen.

    The fields of a frozen one are set through ``object.__setattr__``, which for a whole page takes longer than its
    decoding. A draft is filled in plainly and then becomes the real thing, by ``__class__``: Python allows that between
    classes with the same slots. From then on it is frozen like any other.
    """
    return type(f"Draft{model.__name__}", (), {"__slots__": tuple(field.name for field in fields(model))})


_SmartTradeDraft = _draft_of(SmartTrade)
_StepDraft = _draft_of(TakeProfitStep)
_StopLossDraft = _draft_of(StopLoss)
_PriceDraft = _draft_of(CurrentPrice)


class _Words(dict[str | None, str | None]):
    """
    Short texts as `word` reads them; each is looked at once.
    """

    def __missing__(self, text: str | None) -> str | None:
        self[text] = found = word(text)
        return found


class _Statuses(dict[tuple[str | None, str | None], TradeStatus | None]):
    """
    The status that `basic_type` and `type` tell together: two that differ are unknown.
    """

    def __missing__(self, given: tuple[str | None, str | None]) -> TradeStatus | None:
        words = {word(text) for text in given if text is not None}
        found = words.pop() if len(words) == 1 else None
        self[given] = status = None if found is None else TradeStatus(found)
        return status


class _Page:
    """
    The entities of a page, and what their texts mean.
    """

    __slots__ = ("_entities", "_numbers", "_statuses", "_times", "_words")

    def __init__(self, entities: Sequence[shapes.Entity]) -> None:
        self._entities = entities
        self._numbers = numbers_of(_number_texts(entities))
        self._times = times_of([(entity.data.created_at, entity.data.updated_at) for entity in entities])
        self._words = _Words()
        self._statuses = _Statuses()

    def read(self) -> tuple[SmartTrade, ...]:
        """
        Return the SmartTrades. Raises NotOrdinary.
        """
        return tuple([self._smart_trade(entity) for entity in self._entities])

    def _smart_trade(self, entity: shapes.Entity) -> SmartTrade:
        numbers, words, times = self._numbers, self._words, self._times
        account, place, data, profit = entity.account, entity.position, entity.data, entity.profit
        pair, status, leverage = words[entity.pair], self._status(entity.status), entity.leverage
        if pair is None or entity.market_close:
            raise NotOrdinary
        average = data.average_enter_price
        trade: Any = _SmartTradeDraft()
        trade.id = entity.id
        trade.account_id = account.id
        trade.exchange = words[account.type]
        trade.pair = pair
        trade.side = SIDES.get(place.type or "")
        trade.kind = words[data.type]
        trade.status = None if status is None else status.word
        trade.position_status = self._status(place.status)
        trade.editable = data.editable
        trade.is_position_not_filled = entity.is_position_not_filled
        trade.steps = self._steps(entity.take_profit.steps)
        trade.stop_loss = self._stop_loss(entity.stop_loss)
        exits = entity.reduce_funds.steps
        trade.other_exits = tuple([self._status(step.status) for step in exits]) if exits else ()
        trade.price = self._price(data.current_price)
        trade.leverage = (
            NO_LEVERAGE if leverage.enabled is False else numbers[leverage.value if leverage.enabled else None]
        )
        trade.entry_price = numbers[place.price.value if average is None else average]
        trade.quantity = numbers[place.units.value]
        trade.notional = numbers[place.total.value]
        trade.profit_pct = numbers[profit.percent]
        trade.profit_usd = numbers[profit.usd]
        trade.roe_pct = numbers[profit.roe]
        trade.note = entity.note
        trade.created_at = times[data.created_at]
        trade.updated_at = times[data.updated_at]
        trade.__class__ = SmartTrade
        found: SmartTrade = trade
        return found

    def _steps(self, steps: Sequence[shapes.Step]) -> tuple[TakeProfitStep, ...]:
        numbers, words, statuses = self._numbers, self._words, self._statuses
        found: list[TakeProfitStep] = []
        for step in steps:
            status = step.status
            draft: Any = _StepDraft()
            draft.id = step.id
            draft.position = step.position
            draft.status = statuses[status.basic_type, status.type]
            draft.price = numbers[step.price.value]
            draft.share_pct = numbers[step.volume]
            draft.quantity = numbers[step.units.value]
            draft.order_type = words[step.order_type]
            draft.trailing = step.trailing.enabled
            draft.cancelable = step.data.cancelable
            draft.__class__ = TakeProfitStep
            found.append(draft)
        return tuple(found)

    def _stop_loss(self, stop_loss: shapes.StopLossShape) -> StopLoss:
        draft: Any = _StopLossDraft()
        draft.enabled = stop_loss.enabled
        draft.status = self._status(stop_loss.status)
        draft.trigger_price = self._numbers[stop_loss.conditional.price.value]
        draft.breakeven = stop_loss.breakeven
        draft.__class__ = StopLoss
        found: StopLoss = draft
        return found

    def _price(self, market: shapes.Market) -> CurrentPrice:
        numbers = self._numbers
        draft: Any = _PriceDraft()
        draft.bid = numbers[market.bid]
        draft.ask = numbers[market.ask]
        draft.last = numbers[market.last]
        draft.day_change_pct = numbers[market.day_change_percent]
        draft.quote_volume = numbers[market.quote_volume]
        draft.__class__ = CurrentPrice
        found: CurrentPrice = draft
        return found

    def _status(self, status: shapes.Status) -> TradeStatus | None:
        return self._statuses[status.basic_type, status.type]


def _number_texts(entities: Sequence[shapes.Entity]) -> Iterator[tuple[str | None, ...]]:
    """
    Return every text that must be a number.
    """
    for entity in entities:
        place, data, profit = entity.position, entity.data, entity.profit
        market = data.current_price
        yield (
            market.bid,
            market.ask,
            market.last,
            market.day_change_percent,
            market.quote_volume,
            profit.percent,
            profit.usd,
            profit.roe,
            data.average_enter_price,
            place.price.value,
            place.units.value,
            place.total.value,
            entity.stop_loss.conditional.price.value,
            entity.leverage.value,
        )
        for step in entity.take_profit.steps:
            yield step.price.value, step.volume, step.units.value
