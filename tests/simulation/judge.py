"""
The judge of a simulation: knows the truth of the world, and looks at every request, every answer and every outcome.

It shares nothing with the daemon but the journal's file: what it holds true it reads from the world's own log, and from
the very bytes that were served.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from simulation.listings import Listings
from simulation.plain_reading import PlainReading
from simulation.rulebook import NEVER, ON_RESET
from simulation.timeline import BEGINNING
from simulation.traffic import Traffic
from tradewarden.journal.values import instant_from_text, instant_to_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from simulation.journal_view import JournalView
    from simulation.rulebook import Book, Library, RuleSpec
    from simulation.scene import Scene
    from tradewarden.simulator.messages import Request, Response
    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import Event, World

CANCEL = re.compile(r"/public/api/v2/smart_trades/(\d+)/trades/(\d+)")
ONE = re.compile(r"/public/api/v2/smart_trades/(\d+)(/trades)?")
WITHOUT_EFFECT = {"not_applied", "rejected", "not_sent", "gone"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Key = tuple[str, int]  # a rule's name and a SmartTrade


@dataclass(slots=True, kw_only=True)
class Delete:
    """
    One DELETE that went out, and what became of it in truth. *as_of_s*: so old was what its second read showed.
    """

    intent_id: int
    rule: str
    cycle_id: str
    trade: SmartTrade
    trade_id: int
    wall: datetime
    sent_s: float
    as_of_s: float
    is_accepted: bool = False
    is_fatal: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """
    One of the two bodies of a reading, as it was served.
    """

    sent_s: float
    as_of_s: float
    body: bytes


class Judge:
    """
    Looks at everything, and breaks the simulation off at the first broken promise.
    """

    def __init__(
        self,
        world: World,
        journal: JournalView,
        library: Library,
        scene: Scene,
    ) -> None:
        self.traffic = Traffic(scene, journal)
        self.deletes: dict[int, Delete] = {}
        self.listed: list[PlainReading] = []  # the last listing that the daemon took
        self.true_since: dict[Key, float] = {}
        self._perhaps_since: dict[Key, float] = {}
        self._false_at: dict[Key, float] = {}
        self._world = world
        self._journal = journal
        self._library = library
        self._timeline, self._trace, self._figures = scene.timeline, scene.trace, scene.figures
        self._listings = Listings()
        self._parts: dict[tuple[int, bool], Part] = {}
        self._checked: set[int] = set()
        self._floor = 0
        self.listed_s = 0.0  # when it was asked for

    def begin_life(self) -> None:
        """
        Begin with a new process: it has read nothing.
        """
        self.traffic.begin_life()
        self._parts.clear()
        self._note_what_the_dead_may_have_seen()
        self._listings.clear()

    def is_asked_about(self, smart_trade_id: int) -> bool:
        """
        Tell whether a question about a SmartTrade may be open.
        """
        return bool(self._journal.open_intents(smart_trade_id))

    # --- requests and answers

    def sent(self, request: Request) -> None:
        """
        Judge a request that goes out.
        """
        self.traffic.sent(request)
        self._listings.sent(request, at_s=self._timeline.true_s)
        if request.method == "DELETE":
            self._judge_delete(request)
        elif request.method != "GET":
            self._trace.break_promise(f"a {request.method} goes out")

    def served(self, request: Request, response: Response, *, sent_s: float, as_of_s: float) -> None:
        """
        Keep what an answer told the daemon.
        """
        self.traffic.answered(response)
        if response.dropped or response.status != 200 or request.method != "GET":
            return
        self._listings.served(request, response)
        match = ONE.fullmatch(request.path)
        if match is not None:
            number = int(match[1])
            self._parts[number, bool(match[2])] = Part(sent_s, as_of_s, response.body)
            if not match[2]:
                self._note_false(number, response.body)

    def took_the_list(self, book: Book | None) -> None:
        """
        Heed that the daemon has taken the listing it was served.
        """
        listing = self._listings.taken()
        now_s, found = listing.asked_s, listing.readings()
        self.listed_s = now_s
        self.listed = list(found.values())
        for rule in book.rules if book is not None else ():
            for number, reading in found.items():
                if reading.is_garbled:
                    continue  # a hold bears a gap in the readings
                key, truth = (rule.name, number), reading.is_true(rule)
                if truth is True:
                    self.true_since.setdefault(key, now_s)
                else:
                    self.true_since.pop(key, None)
                    self._perhaps_since.pop(key, None)
                if truth is False:
                    self._false_at[key] = now_s

    def _note_false(self, number: int, body: bytes) -> None:
        book = self._library.book(self._journal.generation or "")
        if book is None or all(rule.repeat != ON_RESET for rule in book.rules):
            return
        try:
            reading = PlainReading(json.loads(body))
        except ValueError:
            return
        for rule in book.rules:
            if reading.is_true(rule) is False:
                self._false_at[rule.name, number] = self._timeline.true_s

    def _note_what_the_dead_may_have_seen(self) -> None:
        """
        A process that dies between the commit of what it observed and its next word has observed it all the same.
        """
        self._perhaps_since.clear()
        book = self._library.book(self._journal.generation or "")
        for listing in self._listings.perhaps_taken():
            for number, reading in listing.readings().items():
                for rule in book.rules if book is not None else ():
                    if reading.is_true(rule) is True:
                        self._perhaps_since[rule.name, number] = listing.asked_s

    # --- a DELETE

    def _judge_delete(self, request: Request) -> None:
        self._figures.deletes += 1
        match = CANCEL.fullmatch(request.target)
        if match is None:
            self._trace.break_promise(f"DELETE {request.target} is not the cancel of a step")
            return
        number, trade_id = int(match[1]), int(match[2])
        intents = [row for row in self._journal.open_intents(number) if row["trade_id"] == trade_id]
        if len(intents) != 1 or len(self._journal.open_intents(number)) != 1:
            self._trace.break_promise(f"DELETE of {trade_id} of {number} without exactly one committed open intent")
            return
        row = intents[0]
        self._trace.add(f"DELETE of {trade_id} of {number} for rule {row['rule']} (intent {row['id']})")
        book = self._library.book(row["generation"])
        rule = None if book is None else book.rule(row["rule"])
        if book is None or rule is None:
            self._trace.break_promise("a DELETE for a rule that no rules file has")
            return
        parts = [self._parts.get((number, is_rows)) for is_rows in (False, True)]
        delete = Delete(
            intent_id=row["id"],
            rule=rule.name,
            cycle_id=row["cycle_id"],
            trade=self._world.smart_trade(number),
            trade_id=trade_id,
            wall=instant_from_text(row["at_wall"]),
            sent_s=self._timeline.true_s,
            as_of_s=min((part.as_of_s for part in parts if part is not None), default=0.0),
        )
        for complaint in (
            *self._complaints_of_protocol(delete, book),
            *self._complaints_of_reading(delete, book, rule, parts),
            *self._complaints_of_limits(delete, book, rule),
        ):
            self._trace.break_promise(f"DELETE of {trade_id} of {number}: {complaint}")
        self.deletes[row["id"]] = delete

    def _complaints_of_protocol(self, delete: Delete, book: Book) -> list[str]:
        found = []
        if delete.intent_id in self.deletes:
            found.append(f"intent {delete.intent_id} had its DELETE")
        if not self._journal.is_armed:
            found.append("TradeWarden is disarmed")
        if not book.is_live:
            found.append("its rules file is a dry run")
        leg = delete.trade.leg(delete.trade_id)
        if leg is None or leg.purpose != "take_profit":
            found.append(f"that is no step but {None if leg is None else leg.purpose}")
        return found

    def _complaints_of_reading(
        self, delete: Delete, book: Book, rule: RuleSpec, parts: Sequence[Part | None]
    ) -> list[str]:
        one, rows = parts
        if one is None or rows is None:
            return ["there was no second read"]
        age_s = self._timeline.true_s - min(one.sent_s, rows.sent_s)
        found = [] if age_s < book.max_read_age_s else [f"its second read is {age_s:.3f} s old"]
        sent = {earlier.trade_id for earlier in self.deletes.values()} - {delete.trade_id}
        reading = PlainReading.of_bytes(one.body, rows.body)
        found += reading.objections(book, rule, delete.trade_id, sent=sent, needs_rows=True)
        listed = next((one for one in self.listed if one.id == delete.trade.id), None)
        if listed is None or listed.steps_told != reading.steps_told:
            found.append("its steps are not those of the listing")
        key = (rule.name, delete.trade.id)
        since_s = min((one[key] for one in (self.true_since, self._perhaps_since) if key in one), default=None)
        if rule.hold_s and rule.schedule is None:
            held_s = -1.0 if since_s is None else self._timeline.true_s - since_s
            if held_s < rule.hold_s - 1:
                found.append(f"the condition has held for {held_s:.0f} s of {rule.hold_s}")
        return found

    def _complaints_of_limits(self, delete: Delete, book: Book, rule: RuleSpec) -> list[str]:
        found = []
        accepted = [one for one in self.deletes.values() if one.is_accepted]
        mine = [one for one in accepted if one.rule == rule.name and one.trade is delete.trade]
        last = max(mine, key=lambda one: one.sent_s, default=None)
        hours = rule.repeat_hours
        if last is not None:
            if rule.repeat == NEVER:
                found.append("`repeat: never`, and it was cancelled before")
            elif rule.repeat == ON_RESET and self._false_at.get((rule.name, delete.trade.id), -1.0) < last.sent_s:
                found.append("`repeat: on-reset`, and the condition was not false since")
            elif hours is not None and delete.wall - max(one.wall for one in mine) < timedelta(hours=hours):
                found.append(f"`repeat: {rule.repeat}`, and the last was at {last.wall}")
        on_this = sum(one.trade is delete.trade and delete.wall - one.wall < DAY for one in accepted)
        if on_this >= book.per_smart_trade:
            found.append(f"{on_this} cancels on this SmartTrade in a day, {book.per_smart_trade} are allowed")
        in_hour = sum(delete.wall - one.wall < HOUR for one in accepted)
        if in_hour >= book.per_hour:
            found.append(f"{in_hour} cancels in an hour, {book.per_hour} are allowed")
        in_cycle = sum(one.cycle_id == delete.cycle_id for one in self.deletes.values())
        if in_cycle >= book.per_cycle:
            found.append(f"{in_cycle} cancels in this cycle, {book.per_cycle} are allowed")
        return found

    def processed(self, request: Request, events: Sequence[Event]) -> None:
        """
        Note what a DELETE has truly done.
        """
        match = CANCEL.fullmatch(request.target)
        if match is None:
            return
        ours = [one for one in self.deletes.values() if one.trade.id == int(match[1])]
        delete = next((one for one in reversed(ours) if one.trade_id == int(match[2])), None)
        if delete is None:
            return
        delete.is_accepted = delete.is_accepted or any(event.what == "cancel_accepted" for event in events)
        delete.is_fatal = any(event.what == "smart_trade_cancel_accepted" for event in events)
        if delete.is_accepted:
            self._figures.cancels += 1
            self._check_what_was_told(delete)
        if delete.is_fatal:
            self._judge_fatal(delete)

    def _check_what_was_told(self, delete: Delete) -> None:
        """
        A DELETE that takes effect after its fate was told, and told otherwise, was given up too early.
        """
        for row in self._journal.of_smart_trade(delete.trade.id):
            if row["id"] == delete.intent_id and row["outcome"] in WITHOUT_EFFECT:
                self._trace.break_promise(
                    f"intent {delete.intent_id} is told as {row['outcome']!r}, and now its DELETE is accepted"
                )

    def _judge_fatal(self, delete: Delete) -> None:
        """
        Our DELETE has ended a SmartTrade: only if somebody else took its other steps meanwhile can we not help it.
        """
        unseen_s = self._world.habits.cancel_lag_s  # what others asked for a moment before, no reading shows yet
        since = BEGINNING.timestamp() + delete.as_of_s - unseen_s - 0.001
        others = [
            event
            for event in self._world.events
            if event.smart_trade_id == delete.trade.id and event.by != "api" and event.at >= since
        ]
        if others:
            self._figures.lost_races += 1
            self._trace.add(f"a lost race: {delete.trade.id} ends, after {others[0].what} by the {others[0].by}")
        else:
            self._trace.break_promise(f"SmartTrade {delete.trade.id} is cancelled by our hand")

    # --- outcomes

    def check_outcomes(self) -> None:
        """
        Hold every outcome that the journal tells against the truth.
        """
        for row in self._journal.settled_after(self._floor):
            if row["id"] in self._checked:
                continue
            self._checked.add(row["id"])
            self._figures.outcomes[row["outcome"]] += 1
            problem = self._untruth(row["id"], row["smart_trade_id"], row["trade_id"], row["outcome"])
            if problem is not None:
                self._trace.break_promise(
                    f"intent {row['id']} on {row['trade_id']} of {row['smart_trade_id']} is told as "
                    f"{row['outcome']!r} ({row['outcome_detail']}), but {problem}"
                )
        first_open = self._journal.first_open()
        self._floor = max(self._checked, default=0) if first_open is None else first_open - 1

    def _untruth(self, intent_id: int, number: int, trade_id: int, outcome: str) -> str | None:
        """
        Return what contradicts an outcome.
        """
        delete = self.deletes.get(intent_id)
        trade = delete.trade if delete is not None else self._world.smart_trade(number)
        leg = trade.leg(trade_id)
        status = "gone" if leg is None else leg.status
        accepted = delete is not None and delete.is_accepted
        is_over = trade.has_ended or trade.status not in {"waiting_targets", "pending_reduce_funds"}
        holds = {
            "cancelled": status == "cancelled",
            "gone": not accepted and status in {"cancelled", "failed"},
            "filled": leg is not None and (leg.realised_amount > 0 or status in {"finished", "panic_sold"}),
            "ended": is_over,
            "not_applied": not accepted,
            "not_sent": delete is None,
            "rejected": delete is not None and not accepted,
            "breach": is_over or trade.stop_loss is None,
        }[outcome]
        if holds and not (accepted and outcome in WITHOUT_EFFECT):
            return None
        ours = "accepted" if accepted else "not accepted"
        return f"the step is {status}, the SmartTrade {trade.status}, our DELETE {ours}"

    def check_open_questions(self) -> None:
        """
        Demand that what was asked a quarter of an hour ago is settled: the world has been calm.
        """
        self._figures.calm_checks += 1
        before = self._timeline.now().wall - timedelta(minutes=15)
        for row in self._journal.open_before(instant_to_text(before)):
            self._trace.break_promise(
                f"intent {row['id']} on {row['trade_id']} of {row['smart_trade_id']} of {row['at_wall']} is still open"
            )
