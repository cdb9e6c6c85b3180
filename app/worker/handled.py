"""What comes of one claim while it is handled, and what is noted of it whatever a turn makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.engine import events, session
from app.engine.effects import HandOff
from app.engine.events import PERSON, AttachmentReceived, CommentReceived, Event, TapReceived, TextReceived
from app.engine.flow import Flow
from app.engine.session import NOT_ASKED, Session
from app.engine.traffic import Traffic, from_list, to_list
from app.measures import ByPage, Histogram
from app.store.callbacks import NewCallback
from app.store.calls import NewCall
from app.store.claims import Claim
from app.store.history import Said
from app.store.inbox import WaitingEvent
from app.store.questions import Question, Settled
from app.store.suggestions import Shown
from app.store.timers import NewTimer

NO_TRAFFIC = Traffic()


@dataclass(frozen=True, slots=True)
class Manners:
    """What the operator chose.

    `silence`: how long a person who answered in the channel's own inbox keeps the bot silent after their last words; None until they
    hand back. `hands_over`: handoffs go to that inbox. `a_minute`: how many messages of one customer are answered in a minute.
    """

    silence: timedelta | None = None
    hands_over: bool = False
    a_minute: int | None = None


@dataclass(slots=True)
class Seen:
    """What was committed since the start: how long events waited for it, and how many of what."""

    seconds: Histogram = field(default_factory=Histogram)
    pages: ByPage = field(default_factory=ByPage)
    questions: Counter[str] = field(default_factory=Counter)
    handoffs: int = 0

    def note(self, handled: Sequence[Handled], now: datetime) -> None:
        """These are committed now."""
        for each in handled:
            for event in each.claim.events:
                if event.received_at is not None:
                    self.seconds.observe((now - event.received_at).total_seconds())
            self.pages.add(each.claim.page_id, len(each.finished))
            if each.questions:
                self.questions.update(asked.decision for asked in each.questions)
            self.handoffs += each.handoff is not None


@dataclass(slots=True)
class Handled:
    """What came of one claim; written in one transaction, or not at all. `traffic`: how much the customer wrote lately."""

    claim: Claim
    flow: Flow | None
    session: Session
    epoch: int
    last_customer_at: datetime | None
    traffic: Traffic = NO_TRAFFIC
    messages: list[dict[str, Any]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    timers: dict[tuple[str, str], NewTimer] = field(default_factory=dict)
    stop_timers: bool = False
    calls: list[NewCall] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    tastes: list[tuple[str, str]] = field(default_factory=list)
    forgets_tastes: bool = False
    questions: list[Question] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    erased_at: datetime | None = None
    handoff: HandOff | None = None
    callback: NewCallback | None = None
    finished: list[tuple[int, str, str | None]] = field(default_factory=list)
    set_aside: tuple[int, str] | None = None
    began_at: datetime | None = None

    @property
    def stored_session(self) -> dict[str, Any]:
        """The session as it is kept, with the traffic."""
        stored = session.to_dict(self.session)
        if self.traffic.count:
            stored["traffic"] = to_list(self.traffic)
        return stored

    @property
    def someone_else_answers(self) -> bool:
        """Whether who answers changed, or the same side began anew."""
        return (
            self.session.answered_by != self.claim.answered_by
            or self.epoch != self.claim.epoch
            or self.handoff is not None
        )

    @property
    def came_back(self) -> bool:
        """Whether the customer waits for staff who had the conversation before."""
        return self.handoff is None and self.session.answered_by == "waiting" and self.claim.answered_by == "staff"

    @property
    def new_name(self) -> str | None:
        """What the customer is called, where that was learnt just now."""
        now = _name_in(self.session.slots)
        return now if now and now != _name_in((self.claim.session or {}).get("slots", {})) else None


def _name_in(slots: Mapping[str, Any]) -> str:
    if "first_name" not in slots and "last_name" not in slots:
        return ""
    return " ".join(str(part) for name in ("first_name", "last_name") if (part := slots.get(name)))


def begin(claim: Claim, flow: Flow | None) -> Handled:
    """Nothing has happened yet."""
    stored = claim.session or {}
    loaded = session.from_dict(stored, claim.answered_by)  # type: ignore[arg-type]
    traffic = from_list(stored["traffic"]) if "traffic" in stored else NO_TRAFFIC
    return Handled(claim, flow, loaded, claim.epoch, claim.last_customer_at, traffic)


def note_window(handled: Handled, event: WaitingEvent, now: datetime) -> None:
    """The customer acted: we may write for the next 24 hours. A clock ahead of ours opens nothing beyond now."""
    if event.opens_window:
        at = min(event.happened_at, now)
        handled.last_customer_at = max(handled.last_customer_at or at, at)


def note_said(handled: Handled, event: Event, waiting: WaitingEvent) -> None:
    """The customer's side of the transcript; timers and hand-backs say nothing."""
    claim = handled.claim
    body: dict[str, Any] = {}
    reply_to = product = ""
    match event:
        case TextReceived(text, mid, reply_to, product):
            pass
        case TapReceived():
            text, mid, reply_to = event.title, event.mid, event.reply_to
        case CommentReceived():
            text, mid = event.text, event.comment_id
            body = {name: getattr(event, name) for name in ("comment_id", "post_id", "author_id")}
        case AttachmentReceived(_, text, mid, reply_to, product):
            body = {"attachments": events.to_dict(event)["attachments"]}
        case _:
            return
    if reply_to:
        body["reply_to"] = reply_to
    if product:
        body["product"] = product
    handled.said.append(
        Said(
            claim.page_id, claim.customer_id, "customer", type(event).__name__, waiting.happened_at,
            text, body or None, mid or None,
        )
    )  # fmt: skip


def note_fact(handled: Handled, event: WaitingEvent, manners: Manners) -> None:
    """Write a fact into the transcript; when a person answers elsewhere, the bot is silent from now on."""
    kind = event.kind.removeprefix("fact:")
    values = event.body or {}
    claim = handled.claim
    # What we noted ourselves, without an app, is dated by another clock.
    is_ours = kind == "person_took_over" and not values.get("app_id")
    if _tells_of_person(handled, kind) and (is_ours or is_news(handled, event.happened_at)):
        _give_to_person(handled, event.happened_at, manners.silence)
    if kind == "other_app_replied":
        # A yes that comes now may be meant for them.
        handled.session = replace(handled.session, erasing=False, days=())
    if kind == "unsent":
        handled.unsent.append(str(values.get("mid", "")))
        handled.session = replace(handled.session, question=NOT_ASKED, unanswered=())
    who = {"person_replied": "page_inbox", "other_app_replied": "other_app", "person_took_over": "channel"}
    handled.said.append(
        Said(
            claim.page_id, claim.customer_id, who.get(kind, "customer"), kind, event.happened_at,
            str(values.get("text", "")), values or None, str(values["mid"]) if values.get("mid") else None,
        )
    )  # fmt: skip
    handled.finished.append((event.id, "done", None))


def _tells_of_person(handled: Handled, kind: str) -> bool:
    """Whether by it somebody else answers."""
    return kind in ("person_replied", "person_took_over") or (
        kind == "standby" and handled.session.answered_by != "staff"
    )


def is_news(handled: Handled, at: datetime) -> bool:
    """Whether what the channel tells of this moment, about who has the conversation, is the latest; then it is noted as that."""
    before = handled.session.switched_at
    if before is not None and at < before:
        return False
    handled.session = replace(handled.session, switched_at=at)
    return True


def _give_to_person(handled: Handled, since: datetime, silence: timedelta | None) -> None:
    """The bot is silent from now on; for `silence` at the longest, unless somebody at the desk has the customer."""
    if handled.session.answered_by != "staff":
        handled.epoch += 1
    handled.session = replace(handled.session, answered_by="staff", timers=())
    handled.stop_timers = True
    handled.timers.clear()
    if silence is not None and not handled.claim.staff_id:
        claim, name = handled.claim, since.isoformat()
        handled.timers[PERSON, name] = NewTimer(claim.page_id, claim.customer_id, PERSON, name, since + silence)
