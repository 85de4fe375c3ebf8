"""
From the checked shape to the values that the rest of TradeWarden knows: settings and rules.
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from tradewarden.model.settings import ApiSettings, Limits, Safety, Schedule, Settings
from tradewarden.model.smart_trade import AccountId
from tradewarden.rules.ruleset import (
    AtPosition,
    Farthest,
    Match,
    MatchKey,
    Nearest,
    Repeat,
    RepeatPolicy,
    Rule,
    Selector,
    Where,
)
from tradewarden.rulesfile.rule_shape import SelectorShape, SelectorWord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.rules.condition import Condition
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.rule_shape import MatchShape, RuleShape, ScheduleShape
    from tradewarden.rulesfile.shape import ApiShape, FileShape

FINGERPRINT_LENGTH = 16


def digest(data: bytes) -> str:
    """
    Return a short name for exactly these bytes.
    """
    return sha256(data).hexdigest()[:FINGERPRINT_LENGTH]


def build_settings(shape: FileShape) -> Settings:
    """
    Return everything but the rules.
    """
    limits, safety = shape.limits, shape.safety
    return Settings(
        mode=shape.mode,
        timezone=shape.timezone,
        schedule=_schedule(shape.schedule) or Schedule(),
        api=_api(shape.api),
        limits=Limits(
            cancels_per_cycle=limits.cancels_per_cycle,
            cancels_per_hour=limits.cancels_per_hour,
            cancels_per_smart_trade=limits.cancels_per_smart_trade,
            abort_above_pct=limits.abort_above,
        ),
        safety=Safety(
            require_stop_loss=safety.require_stop_loss,
            imminent_margin_pct=safety.imminent_margin,
            max_read_age=safety.max_read_age,
            hold_gap=safety.hold_gap,
            frozen_after=safety.frozen_after,
        ),
    )


def build_rules(shape: FileShape, conditions: Mapping[Path, Condition]) -> tuple[Rule, ...]:
    """
    Return the rules in the order of the file.
    """
    return tuple(_rule(rule, ("rules", index), conditions) for index, rule in enumerate(shape.rules))


def _api(shape: ApiShape) -> ApiSettings:
    return ApiSettings(
        url=shape.url,
        requests_per_minute=shape.requests_per_minute,
        timeout=shape.timeout,
        account_mode=shape.account_mode,
        accounts=None if shape.accounts is None else frozenset(map(AccountId, shape.accounts)),
    )


def _schedule(shape: ScheduleShape | None) -> Schedule | None:
    return None if shape is None else Schedule(every=shape.every, cron=shape.cron, jitter=shape.jitter)


def _rule(shape: RuleShape, path: Path, conditions: Mapping[Path, Condition]) -> Rule:
    schedule = _schedule(shape.schedule) if shape.every is None else Schedule(every=shape.every)
    return Rule(
        name=shape.name,
        description=shape.description,
        match=_match(shape.match),
        except_=None if shape.except_ is None else _match(shape.except_),
        when=conditions[*path, "when"],
        hold=shape.hold,
        cancel=_selector(shape.cancel, path, conditions),
        keep=shape.keep,
        repeat=_repeat(shape.repeat),
        schedule=schedule,
        enabled=shape.enabled,
        fingerprint=_fingerprint(shape),
    )


def _match(shape: MatchShape) -> Match:
    asked = {key: getattr(shape, key) for key in MatchKey}
    return Match({key: patterns for key, patterns in asked.items() if patterns is not None})


def _selector(shape: SelectorWord | SelectorShape, path: Path, conditions: Mapping[Path, Condition]) -> Selector:
    if isinstance(shape, SelectorShape):
        return Where(conditions[*path, "cancel", "where"]) if shape.position is None else AtPosition(shape.position)
    return Farthest() if shape is SelectorWord.FARTHEST else Nearest()


def _repeat(shape: RepeatPolicy | timedelta) -> Repeat:
    if isinstance(shape, timedelta):
        return Repeat(policy=RepeatPolicy.AFTER, after=shape)
    return Repeat(policy=shape)


def _fingerprint(shape: RuleShape) -> str:
    """
    Name what a rule does: equal for the same content, however it is written, ordered or commented.
    """
    content = shape.model_dump(exclude={"description", "enabled"})
    return digest(json.dumps(content, sort_keys=True, default=str).encode())
