"""
How often things go wrong: phases of calm, of showers, of storms and of outages, each with rates of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.scene import Scene

OF_ANY_REQUEST = (
    *("refused", "slow connect", "dropped before", "dropped after", "late answer", "slow answer", "cached"),
    *("500 before", "503 before", "504 before", "500 after", "504 after", "html", "truncated", "null", "wrong types"),
    *("429", "429 Retry-After", "418", "plan", "401"),
)
OF_READS = ("replica lag", "null values", "odd words", "another trade")
OF_THE_LIST = ("empty list", "half a list", "shifting pages")
OF_DELETES = ("400", "403", "404", "204", "302", "408", "processed late")
OF_THE_DISK = ("slow disk", "broken transaction")
KINDS = (*OF_ANY_REQUEST, *OF_READS, *OF_THE_LIST, *OF_DELETES, *OF_THE_DISK)

RARE = {"429": 0.05, "429 Retry-After": 0.05, "418": 0.02, "plan": 0.05, "401": 0.05, "refused": 0.5}  # they stop all
OFTEN = {"slow disk": 0.3, "broken transaction": 0.3}  # per job, and there are many
MOST_BANS = 2  # each is twice as long as the one before: a third is of no use to a simulated day


class Weather:
    """
    Changes by itself. In calm nothing goes wrong but what the world does to the SmartTrades.
    """

    def __init__(self, scene: Scene) -> None:
        self.is_calm = True
        self.calm_since_s = 0.0
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._chance = scene.chance("weather")
        self._rates: Mapping[str, float] = {}
        self._bans = 0
        self._of_deletes = self._chance.choice((0.0, 0.2, 0.6))  # there are few, and much depends on them

    def strikes(self, kind: str) -> bool:
        """
        Tell whether *kind* happens now.
        """
        rate = self._rates.get(kind, 0.0)
        return rate > 0.0 and self._chance.random() < rate

    def fault_of(self, kinds: tuple[str, ...]) -> str | None:
        """
        Return which of *kinds* happens now; at most one.
        """
        if not self._rates:
            return None
        if kinds[0] in OF_DELETES and self._chance.random() < self._of_deletes:
            return self._chance.choice(tuple(kind for kind in kinds if kind != "418"))
        draw = self._chance.random()
        for kind in kinds:
            draw -= self._rates.get(kind, 0.0)
            if draw < 0.0:
                if kind == "418":
                    self._bans += 1
                    return kind if self._bans <= MOST_BANS else None
                return kind
        return None

    @property
    def calm_for_s(self) -> float:
        """
        Return for how long it has been calm, in true seconds.
        """
        return self._timeline.true_s - self.calm_since_s if self.is_calm else 0.0

    def clear(self) -> None:
        """
        Be calm from now on.
        """
        self._be("calm", {})

    def begin(self, until_s: float) -> None:
        """
        Change from time to time; half an hour before *until_s* it is calm for good.
        """
        self._change(until_s - 1800)

    def _change(self, last_s: float) -> None:
        if self._timeline.true_s >= last_s:
            self.clear()
            return
        chance = self._chance
        phase = chance.choices(("calm", "showers", "storm", "outage"), (45, 25, 25, 5))[0]
        minutes = {"calm": (25, 70), "showers": (15, 90), "storm": (5, 40), "outage": (1, 20)}[phase]
        self._be(phase, self._rates_of(phase))
        length_s = min(chance.uniform(*minutes) * 60, max(last_s - self._timeline.true_s, 1.0))
        self._agenda.after(length_s, lambda: self._change(last_s))

    def _rates_of(self, phase: str) -> dict[str, float]:
        chance = self._chance
        if phase == "calm":
            return {}
        if phase == "outage":
            return {chance.choice(("refused", "500 before", "504 before", "late answer", "html", "empty list")): 1.0}
        if phase == "showers":
            rates = dict.fromkeys(KINDS, 0.008)
        else:
            rates = {kind: chance.uniform(0.05, 0.3) for kind in chance.sample(KINDS, 4)}
        return {kind: rate * RARE.get(kind, OFTEN.get(kind, 1.0)) for kind, rate in rates.items()}

    def _be(self, phase: str, rates: Mapping[str, float]) -> None:
        was_calm, self.is_calm = self.is_calm, phase == "calm"
        if self.is_calm and not was_calm:
            self.calm_since_s = self._timeline.true_s
        self._rates = rates
        if not (was_calm and self.is_calm):
            self._trace.add(f"weather: {phase} {' '.join(sorted(rates)) if len(rates) < 6 else ''}".rstrip())
