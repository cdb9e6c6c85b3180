"""Opening hours: whether a team is open, and when it opens next. Local times follow the bot's timezone and its summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.engine.flow import Flow, Hours
from app.engine.words import WEEKDAYS, names_of, sentence

DAYS_AHEAD_MAX = 60
"""How far the next opening is looked for: a shop that is closed longer has none worth naming."""


def is_open(flow: Flow, team: str, now: datetime) -> bool:
    """Whether `team` (or the bot, for "" and for teams without own hours) is open. No hours at all: always."""
    hours = _hours_of(flow, team)
    if hours is None:
        return True
    local = now.astimezone(flow.timezone)
    return _is_within(hours, local.date(), local.time()) or _runs_on(hours, local.date(), local.time())


def _is_within(hours: Hours, day: date, at: time) -> bool:
    """Whether a span of this day has begun and not ended, by the clock on the wall."""
    spans = () if day in hours.closed else hours.days.get(day.weekday(), ())
    return any(opens <= at and (at < closes or closes <= opens) for opens, closes in spans)


def _runs_on(hours: Hours, day: date, at: time) -> bool:
    """Whether a span of the day before runs past midnight until now."""
    before = day - timedelta(days=1)
    spans = () if before in hours.closed else hours.days.get(before.weekday(), ())
    return any(closes <= opens and at < closes for opens, closes in spans)


def next_opening(flow: Flow, team: str, now: datetime) -> datetime | None:
    """When it opens next, in the bot's timezone; None without hours, or if that is more than 60 days away."""
    hours = _hours_of(flow, team)
    if hours is None:
        return None
    today = now.astimezone(flow.timezone).date()
    for ahead in range(DAYS_AHEAD_MAX + 1):
        starts = [start for start in _starts(flow, hours, today + timedelta(days=ahead)) if start > now]
        if starts:
            return min(starts).astimezone(flow.timezone)
    return None


def opening_text(flow: Flow, language: str, now: datetime, team: str = "") -> str:
    """The next opening as people say it: "tomorrow at 09:30"; empty if there is none."""
    opening = next_opening(flow, team, now)
    if opening is None:
        return ""
    days = (opening.date() - now.astimezone(flow.timezone).date()).days
    name = {0: "today", 1: "tomorrow"}.get(days, "on_day")
    day = names_of(WEEKDAYS, language)[opening.weekday()]
    if days >= 7:
        day = f"{day} {opening:%d.%m.}"
    return sentence(language, name).format(day=day, time=f"{opening:%H:%M}")


def _hours_of(flow: Flow, team: str) -> Hours | None:
    return flow.hours.get(team) or flow.hours.get("")


def _starts(flow: Flow, hours: Hours, day: date) -> list[datetime]:
    """The moments of `day` at which it opens, in UTC: there they can be compared whatever summer time does."""
    spans = () if day in hours.closed else hours.days.get(day.weekday(), ())
    return [datetime.combine(day, opens, flow.timezone).astimezone(UTC) for opens, _ in spans]
