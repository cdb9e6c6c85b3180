"""When Meta lets a Page write, as a dated table, and the one function that decides by it. Pure.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages (2026-05-05), its policy pages, and
the changelog up to 2026-06-30.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from app.channel import Refusal, Send, comment_of
from app.values import value
from webhooks.messenger.limits import LONG_WINDOW_SECONDS, WINDOW_MARGIN_SECONDS, WINDOW_SECONDS

Writer = Literal["bot", "staff", "campaign"]
Purpose = Literal["answer", "feedback", "comment", "utility", "news"]
"""What a message is for: anything said in a conversation; a form that asks for feedback; the one reply to a comment under a post; an
approved template about an order or an appointment; something the customer asked to be told of."""

WINDOW = timedelta(seconds=WINDOW_SECONDS)
LONG_WINDOW = timedelta(seconds=LONG_WINDOW_SECONDS)
MARGIN = timedelta(seconds=WINDOW_MARGIN_SECONDS)
TAGS_RETIRED = date(2026, 4, 27)
"""The day from which Meta refuses these tags (100/1893061)."""
NEWS_ENDED = date(2026, 2, 10)
"""The day from which recurring notifications are left to NEWS_REGIONS."""
NEWS_REGIONS = frozenset({"AU", "EU", "JP", "KR", "UK"})
FEATURES = {"human_agent": "Human Agent", "utility_messages": "page_utility_messaging"}
"""What Meta must have granted to the app in review, by our words for it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which Messenger takes a message. Rows stand in the order of preference.

    `writers` and `purposes`: whose and what messages may go by it. `lasts`: for how long after the customer's last move, None where it
    hangs on a consent or on a template. `needs`: what Meta must have granted. `until`: the day from which it is gone. `regions`: those
    that keep it after that day. `stands`: how a refusal names it to a person.
    """

    name: str
    writers: frozenset[Writer]
    purposes: frozenset[Purpose]
    lasts: timedelta | None
    messaging_type: str
    tag: str = ""
    needs: str = ""
    needs_consent: bool = False
    until: date | None = None
    regions: frozenset[str] = frozenset()
    stands: str = ""


_ANYBODY: frozenset[Writer] = frozenset({"bot", "staff", "campaign"})
_ANYTHING: frozenset[Purpose] = frozenset({"answer", "feedback", "news"})
"""Within a conversation. A utility message is of its own type within the window, too."""
_ABOUT_ORDERS: frozenset[Purpose] = frozenset({"utility"})

WAYS = (
    Way("RESPONSE", _ANYBODY, _ANYTHING, WINDOW, "RESPONSE"),
    Way(
        "CUSTOMER_FEEDBACK", _ANYBODY, frozenset({"feedback"}), LONG_WINDOW, "MESSAGE_TAG", "CUSTOMER_FEEDBACK",
        stands="a request for feedback may be sent",
    ),
    Way(
        "HUMAN_AGENT", frozenset({"staff"}), frozenset({"answer"}), LONG_WINDOW, "MESSAGE_TAG", "HUMAN_AGENT", needs="human_agent",
        stands="a person may answer",
    ),
    Way("PRIVATE_REPLY", frozenset({"bot", "staff"}), frozenset({"comment"}), LONG_WINDOW, "RESPONSE"),
    Way("UTILITY", _ANYBODY, _ABOUT_ORDERS, None, "UTILITY", needs="utility_messages"),
    Way("NOTIFICATION", _ANYBODY, frozenset({"news"}), None, "UPDATE", needs_consent=True, until=NEWS_ENDED, regions=NEWS_REGIONS),
    Way("CONFIRMED_EVENT_UPDATE", _ANYBODY, _ABOUT_ORDERS, None, "MESSAGE_TAG", "CONFIRMED_EVENT_UPDATE", until=TAGS_RETIRED),
    Way("ACCOUNT_UPDATE", _ANYBODY, _ABOUT_ORDERS, None, "MESSAGE_TAG", "ACCOUNT_UPDATE", until=TAGS_RETIRED),
    Way("POST_PURCHASE_UPDATE", _ANYBODY, _ABOUT_ORDERS, None, "MESSAGE_TAG", "POST_PURCHASE_UPDATE", until=TAGS_RETIRED),
)  # fmt: skip


_STOPPED = "This person has stopped messages from the Page. It can write again as soon as the person does."
_NO_UTILITY = (
    "Meta has not granted this app utility messages. Apply for page_utility_messaging in its review, then add utility_messages to "
    "FRONTDESK_APP_FEATURES."
)


@value
class Circumstances:
    """What the decision rests on.

    `written_by`: the bot, a named person, or a campaign (which nobody asked for in this conversation). `last_customer_at`: the
    customer's last move that counts for the window, None if there was none. `consent_until`: how long the consent to news holds.
    `opted_out`: the customer wants to hear nothing unasked. `stopped_after`: the last move before the customer stopped messages at
    Messenger itself (10/1893015); the next one opens them again. `page_trouble`: why Meta takes nothing from the Page now, in words.
    `features`: keys of FEATURES. `region`: where the customer lives, as in NEWS_REGIONS; empty if unknown.
    """

    written_by: Writer = "bot"
    purpose: Purpose = "answer"
    last_customer_at: datetime | None = None
    consent_until: datetime | None = None
    opted_out: bool = False
    page_trouble: str = ""
    features: frozenset[str] = frozenset()
    region: str = ""
    stopped_after: datetime | None = None

    @property
    def has_stopped(self) -> bool:
        """Whether Messenger takes nothing for this person, as far as we know."""
        last, stopped = self.last_customer_at, self.stopped_after
        return stopped is not None and (last is None or last <= stopped)


def decide(given: Circumstances, now: datetime) -> Way | Refusal:
    """The way by which this message may go at `now` (aware), or why it may not and until when something else may."""
    if given.page_trouble:
        return Refusal("page_stopped", given.page_trouble)
    if given.has_stopped:
        return Refusal("stopped", _STOPPED)
    if given.opted_out and given.written_by == "campaign":
        return Refusal("opted_out", "This person does not want to be written to unasked.")
    for way in WAYS:
        if _is_open(way, given, now):
            return way
    return _refuse(given, now)


def may_send(send: Send, now: datetime, features: frozenset[str] = frozenset()) -> Way | Refusal:
    """The same for a message that is about to leave."""
    if send.message.hands_over:
        return WAYS[0]  # it says nothing
    form = send.message.form
    purpose: Purpose = "answer"
    if comment_of(send.customer_id):
        purpose = "comment"
    elif form and form.kind in ("feedback", "utility"):
        purpose = "feedback" if form.kind == "feedback" else "utility"
    given = Circumstances(
        send.written_by,
        purpose,
        send.last_customer_at,
        page_trouble=send.page_trouble,
        features=features,
        stopped_after=send.stopped_after,
    )
    return decide(given, now)


def _is_open(way: Way, given: Circumstances, now: datetime) -> bool:
    return (
        given.written_by in way.writers
        and given.purpose in way.purposes
        and _is_in_force(way, given, now)
        and _is_in_time(way, given, now)
    )


def _is_in_force(way: Way, given: Circumstances, now: datetime) -> bool:
    """Whether Meta has this way on that day (of UTC), and granted it."""
    gone = way.until is not None and now.astimezone(UTC).date() >= way.until
    return (not gone or given.region in way.regions) and (not way.needs or way.needs in given.features)


def _is_in_time(way: Way, given: Circumstances, now: datetime) -> bool:
    if way.needs_consent:
        return given.consent_until is not None and now < given.consent_until
    return way.lasts is None or ((end := _end_of(way, given)) is not None and now < end)


def _end_of(way: Way, given: Circumstances) -> datetime | None:
    if given.last_customer_at is None or way.lasts is None:
        return None
    return given.last_customer_at + way.lasts - MARGIN


def _refuse(given: Circumstances, now: datetime) -> Refusal:
    if given.purpose == "utility":
        return Refusal("not_granted", _NO_UTILITY)
    if given.last_customer_at is None:
        why = "This person has not written to the Page yet, so Messenger does not let the Page write."
        return Refusal("window_closed", why)
    why = "More than 24 hours have passed since this person last wrote, so Messenger does not let the Page write."
    others = list(_still_open(given, now))
    if not others:
        return Refusal("window_closed", f"{why} It can again as soon as the person writes.")
    until = max(end for _, end in others)
    ways = " and ".join(dict.fromkeys(way.stands for way, _ in others))
    return Refusal("window_closed", f"{why} Until {until:%d %B %Y %H:%M} UTC {ways}.", until)


def _still_open(given: Circumstances, now: datetime) -> Iterator[tuple[Way, datetime]]:
    """What somebody else may send, or something else, to this customer by now, and until when."""
    for way in WAYS:
        end = _end_of(way, given)
        if way.stands and end is not None and now < end and _is_in_force(way, given, now):
            yield way, end.astimezone(UTC)
