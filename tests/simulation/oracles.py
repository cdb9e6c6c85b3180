"""What must hold: after every commit, at every send and delivery, and at the end. Watches the database by triggers; changes nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, text

from app.channel import Send
from app.engine import session
from app.engine.burst import BURST_MAX
from app.store import conversations, outbox, replies, taking
from app.store.claims import WRITTEN
from app.store.keys import Key
from app.store.outbox import OutMessage
from tests.simulation.flow import POISON
from tests.simulation.messenger import Delivery
from tests.simulation.model import Model, place_of

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World

STILL_LEAVING_SECONDS = 10.0
"""How long after a take-over a message may leave whose intent was committed before it: `LEAVES_WITHIN_SECONDS` of the sender."""
COPIES_MAX = 3
"""How often a customer may see a message at most when Meta neither echoes nor lists."""

WRITTEN_LONG_AGO = timedelta(hours=-3)
"""Messages of staff leave at once, on whichever machine: how long they may be taken back is nothing of this."""

LINES = {
    "TextReceived": ("said",),
    "fact:person_replied": ("staff",),
    "StaffHandedBack": ("said", "staff"),
}
"""Which events of a customer must keep which order."""

TRIGGERS = """
CREATE TEMP TABLE seen (n INTEGER PRIMARY KEY, what, page, customer, a, b, c, d, e);
CREATE TEMP TRIGGER finished AFTER UPDATE OF status ON main.inbox BEGIN
  INSERT INTO seen (what, page, customer, a, b, c, d, e) VALUES
    ('finished', OLD.page_id, OLD.customer_id, OLD.id, OLD.kind, OLD.body, OLD.status || ' ' || NEW.status, OLD.happened_at); END;
CREATE TEMP TRIGGER sat AFTER INSERT ON main.sessions BEGIN
  INSERT INTO seen (what, page, customer, a) VALUES ('sat', NEW.page_id, NEW.customer_id, NEW.revision); END;
CREATE TEMP TRIGGER sat_anew AFTER UPDATE OF revision ON main.sessions BEGIN
  INSERT INTO seen (what, page, customer, a) VALUES ('sat', NEW.page_id, NEW.customer_id, NEW.revision); END;
CREATE TEMP TRIGGER queued AFTER INSERT ON main.outbox BEGIN
  INSERT INTO seen (what, page, customer, a, b, c, d) VALUES
    ('queued', NEW.page_id, NEW.customer_id, NEW.seq, NEW.body, NEW.written_by, NEW.status || ' ' || NEW.epoch); END;
CREATE TEMP TRIGGER moved AFTER UPDATE OF status, attempt ON main.outbox
  WHEN OLD.status || NEW.status NOT LIKE '%held%' BEGIN
  INSERT INTO seen (what, page, customer, a, b, c, d) VALUES
    ('moved', NEW.page_id, NEW.customer_id, NEW.seq, OLD.status || ' ' || NEW.status || ' ' || NEW.attempt,
     NEW.written_by || ' ' || NEW.epoch, NEW.sender); END;
"""
_HOLDER = text("SELECT staff_id FROM conversations WHERE page_id = :page AND customer_id = :customer")
_STAFF = text("INSERT INTO seen (what, page, customer) VALUES ('take_over', :page, :customer)")


@dataclass(frozen=True, slots=True)
class Seen:
    """One change, in the order in which the transaction made them."""

    what: str
    page: str
    customer: str
    a: Any
    b: Any
    c: Any
    d: Any
    e: Any

    @property
    def key(self) -> Key:
        return self.page, self.customer


@dataclass(slots=True)
class Witness:
    """Sees every commit, send and delivery of one world, and tells it what must not be."""

    world: World
    model: Model = field(init=False)
    finished: dict[str, str] = field(default_factory=dict)
    copies: Counter[tuple[Key, int]] = field(default_factory=Counter)
    _latest: dict[tuple[Key, str], int] = field(default_factory=dict)
    _seen_seq: dict[Key, int] = field(default_factory=dict)
    _flying_since: dict[tuple[Key, int], float] = field(default_factory=dict)
    _staff_since: dict[Key, float] = field(default_factory=dict)
    _revision: dict[Key, str] = field(default_factory=dict)
    _taken: set[tuple[Key, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.model = Model(self.world.flows)

    # ---- after every commit --------------------------------------------------------------------------------

    def look(self, bare: sqlite3.Connection) -> None:
        rows = bare.execute("SELECT what, page, customer, a, b, c, d, e FROM seen ORDER BY n").fetchall()
        if not rows:
            return
        bare.execute("DELETE FROM seen")
        changes = [Seen(*row) for row in rows]
        self._replies_fit(changes, self._follow(changes))
        for key in sorted({each.key for each in changes if each.what in ("finished", "take_over")}):
            self._session_fits(bare, key)
        self._nothing_flies_after_take_over(changes)

    def _follow(self, changes: Iterable[Seen]) -> dict[Key, list[str]]:
        """Let the model do what was done; the texts it expects to be queued."""
        expected: dict[Key, list[str]] = defaultdict(list)
        for burst in _bursts(changes):
            each = burst[0]
            if each.what == "finished":
                expected[each.key] += self._finished(burst)
            elif each.what == "sat" and each.a:
                self._revision[each.key] = each.a
            elif each.what == "take_over":
                self.model.take_over(each.key)
            elif each.what == "moved":
                self.world.loop.trace("outbox", *each.key, each.a, each.b, each.d)
        for key in sorted(expected):
            self._note_staff(key)
        return expected

    def _finished(self, burst: Sequence[Seen]) -> list[str]:
        for change in burst:
            self._finished_once(change)
        if burst[0].d.rpartition(" ")[2] == "quarantined":
            return self.model.set_aside(burst[0].key)
        try:
            return self.model.handle(
                burst[0].key,
                [(each.b, orjson.loads(each.c or "{}")) for each in burst],
                burst[0].e,
                self._revision.get(burst[0].key, self.world.flow.revision),
            )
        except Exception as error:
            self.world.fail(f"{burst[0].key}: {burst[0].b} was handled although it cannot be: {error!r}")
            return []

    def _finished_once(self, change: Seen) -> None:
        status = change.d.rpartition(" ")[2]
        body = orjson.loads(change.c) if change.c else {}
        said = f"{change.b} {body.get('mid', change.a)}"
        self.world.loop.trace("finished", *change.key, change.a, said, status)
        if said in self.finished or not change.d.startswith("new "):
            self.world.fail(f"{change.key}: {said} was handled twice ({change.d})")
        self.finished[said] = status
        if (pair := LINES.get(change.b)) is not None:
            self._in_order(change, pair)

    def _in_order(self, change: Seen, lines: Sequence[str]) -> None:
        """A person's reply may overtake what the customer wrote, and nothing else may overtake anything."""
        for line in lines:
            latest = self._latest.get((change.key, line), 0)
            if change.a < latest:
                self.world.fail(f"{change.key}: event {change.a} was handled after {latest}")
            self._latest[change.key, line] = max(change.a, latest)

    def _replies_fit(self, changes: Iterable[Seen], expected: dict[Key, list[str]]) -> None:
        queued: dict[Key, list[str]] = defaultdict(list)
        for each in changes:
            if each.what == "queued":
                self.world.loop.trace("queued", *each.key, each.a, each.c, each.d)
                if each.c == "bot":
                    queued[each.key].append(orjson.loads(each.b).get("text", ""))
        for key in sorted({*queued, *expected}):
            if queued.get(key, []) != expected.get(key, []):
                self.world.fail(f"{key}: queued {queued.get(key)}, expected {expected.get(key)}")

    def _session_fits(self, bare: sqlite3.Connection, key: Key) -> None:
        row = bare.execute(
            "SELECT answered_by, epoch, body FROM conversations LEFT JOIN sessions USING (page_id, customer_id)"
            " WHERE page_id = ? AND customer_id = ?",
            key,
        ).fetchone()
        stored = session.from_dict(orjson.loads(row[2]) if row[2] else {}, row[0])
        expected = self.model.of(key)
        if (row[0], row[1]) != (expected.session.answered_by, expected.epoch):
            self.world.fail(f"{key}: answered by {row[:2]}, expected {expected.session.answered_by} {expected.epoch}")
        if place_of(stored) != expected.place():
            self.world.fail(f"{key}: session {place_of(stored)}, expected {expected.place()}")

    # ---- staff ---------------------------------------------------------------------------------------------

    def staff_write(self, connection: Connection, key: Key, text: str, now: datetime) -> None:
        """What the desk does, as one transaction: take the conversation, unless staff have it, and write to the customer."""
        conversation = conversations.find(connection, key)
        if conversation is None or conversation.answered_by != "staff":
            conversations.take_over(connection, key, now)
            connection.execute(_STAFF, {"page": key[0], "customer": key[1]})
        place = conversations.next_seq(connection, key)
        assert place is not None
        seq, epoch = place
        row = OutMessage(*key, seq, {"text": text}, "staff", epoch, 0, now, None, now)
        outbox.add(connection, [row], "")

    def take(self, connection: Connection, seen: taking.Seen, who: str, now: datetime) -> bool:
        """What the desk does when somebody takes a conversation as he saw it."""
        taken = taking.take(connection, self.world.bug.look(connection, seen), who, who, now)
        if taken:
            connection.execute(_STAFF, {"page": seen.key[0], "customer": seen.key[1]})
        return taken

    def note_taken(self, seen: taking.Seen, who: str) -> None:
        """Somebody was told that he has it."""
        if (seen.key, seen.epoch) in self._taken:
            self.world.fail(f"{seen.key}: {who} and somebody else were both told that they have it")
        self._taken.add((seen.key, seen.epoch))

    def write(self, connection: Connection, reply: replies.Reply, now: datetime) -> None:
        """What the desk does when somebody writes: only who has the conversation may."""
        written = replies.write(connection, reply, now, WRITTEN_LONG_AGO)
        holder = connection.execute(_HOLDER, {"page": reply.key[0], "customer": reply.key[1]}).scalar_one_or_none()
        if written.is_new and holder != reply.staff_id:
            self.world.fail(f"{reply.key}: {reply.staff_id} wrote although {holder} has it")

    def _note_staff(self, key: Key) -> None:
        if self.model.of(key).session.answered_by == "staff":
            self._staff_since.setdefault(key, self.world.loop.time())
        else:
            self._staff_since.pop(key, None)

    def _nothing_flies_after_take_over(self, changes: Iterable[Seen]) -> None:
        """No intent to send the bot's words is written down once staff have the conversation."""
        for each in changes:
            if each.what == "take_over":
                self._note_staff(each.key)
        for each in changes:
            if each.what == "queued" and each.d.startswith("in_flight"):
                self._flies(each, each.c, int(each.d.split()[1]))
            elif each.what == "moved" and each.b.split()[1] == "in_flight":
                self._flies(each, each.c.split()[0], int(each.c.split()[-1]))

    def _flies(self, change: Seen, written_by: str, epoch: int) -> None:
        self._flying_since[change.key, change.a] = self.world.loop.time()
        customer = self.model.of(change.key)
        if written_by == "bot" and (customer.session.answered_by == "staff" or customer.epoch != epoch):
            self.world.fail(f"{change.key}: message {change.a} of the bot goes out after a take-over")

    def send_starts(self, send: Send, process: Process) -> None:
        """A request leaves: its intent stands in the outbox, and staff did not come long before."""
        key, now = (send.page_id, send.customer_id), self.world.loop.time()
        seq = int(send.outbox_id.rpartition(".")[2])
        self.world.loop.trace(process.name, "sends", *key, seq)
        row = self.world.store.bare.execute(
            "SELECT status, sender, written_by FROM outbox WHERE page_id = ? AND customer_id = ? AND seq = ?",
            (*key, seq),
        ).fetchone()
        if row[0] == "pending":
            self.world.fail(f"{key}: message {seq} leaves without an intent on record")
        since = self._staff_since.get(key, now)
        if row[2] == "bot" and now - since > STILL_LEAVING_SECONDS:
            self.world.fail(f"{key}: message {seq} of the bot leaves {now - since:.1f} s after a take-over")

    # ---- deliveries ----------------------------------------------------------------------------------------

    def delivered(self, delivery: Delivery) -> None:
        self.copies[delivery.key, delivery.seq] += 1
        copies = self.copies[delivery.key, delivery.seq]
        most = COPIES_MAX if self.world.options.profile == "echo_lossy" else 1
        if copies > 1:
            self.world.count("delivered again")
        if copies > most:
            self.world.fail(f"{delivery.key}: message {delivery.seq} was delivered {copies} times")
        last = self._seen_seq.get(delivery.key, 0)
        if copies == 1 and delivery.seq < last:
            self.world.fail(f"{delivery.key}: message {delivery.seq} was delivered after {last}")
        self._seen_seq[delivery.key] = max(last, delivery.seq)

    # ---- at the end ----------------------------------------------------------------------------------------

    def check_end(self) -> None:
        """Long after the faults have stopped."""
        bare = self.world.store.bare
        known = {row[0] for row in bare.execute("SELECT event_key FROM inbox WHERE status <> 'new'")}
        if lost := self.world.meta.acknowledged - known:
            self.world.fail(f"{len(lost)} events were acknowledged and never handled")
        for row in bare.execute(
            "SELECT id, reason FROM inbox WHERE status = 'quarantined' AND kind <> 'Unreadable' AND body NOT LIKE ?",
            (f'%"{POISON}"%',),
        ):
            self.world.fail(f"event {row[0]} was set aside: {row[1]}")
        for row in bare.execute("SELECT page_id, customer_id, claimed_by FROM conversations WHERE claimed_by NOT NULL"):
            self.world.fail(f"{row[:2]} is still in the hands of {row[2]}")
        for row in bare.execute("SELECT page_id, customer_id, seq, status, sender, reason_code, reason FROM outbox"):
            self._message_ended(row)

    def _message_ended(self, row: tuple[Any, ...]) -> None:
        page, customer, seq, status, sender, code, reason = row
        message, copies = f"{(page, customer)}: message {seq}", self.copies[(page, customer), seq]
        if status in ("pending", "in_flight", "unknown"):
            self.world.fail(f"{message} is still {status}, in the name of {sender}")
        if status == "sent" and not copies:
            self.world.fail(f"{message} stands as sent, and the customer never got it")
        if status == "cancelled" and copies:
            self.world.fail(f"{message} stands as cancelled, and the customer got it")
        if status == "failed" and code != "unknown":
            self.world.fail(f"{message} failed: {code}")
        if status == "failed":
            self.world.count("void when staff came" if "void" in reason else "given up as unknown")


def _bursts(changes: Iterable[Seen]) -> Iterator[list[Seen]]:
    """The changes in their order; texts of one customer that were finished one after the other by one commit are together."""
    burst: list[Seen] = []
    for each in changes:
        goes_on = bool(burst) and _is_read(each) and _is_read(burst[-1]) and each.key == burst[-1].key
        if burst and not (goes_on and len(burst) < BURST_MAX):
            yield burst
            burst = []
        burst.append(each)
    if burst:
        yield burst


def _is_read(change: Seen) -> bool:
    return change.what == "finished" and change.b in WRITTEN and change.d.endswith(" done")
