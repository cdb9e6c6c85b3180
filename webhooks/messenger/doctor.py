"""What the facts about a Page and the app mean for a bot: findings, each with what to do. Pure; asks nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.engine.flow import Flow, SayForm
from app.findings import Finding, advice, ok, problem
from webhooks.messenger import checkup, subscriptions
from webhooks.messenger.checkup import AppFacts, Callback, PageFacts
from webhooks.messenger.graph_api import TOKEN_DEAD, Refused, Result, Told, Unanswered, hint_for
from webhooks.messenger.limits import CLOCK_SKEW_SECONDS_MAX, TOKEN_DAYS_MIN, USAGE_PERCENT_HIGH
from webhooks.messenger.push import judge_gap

NEEDED_RIGHTS = ("pages_messaging", "pages_manage_metadata")
WISHED_RIGHTS = ("pages_read_engagement",)
"""Comments come with it, and so does what a Page is called and whether it is published."""
RIGHTS_OF = {"utility": "page_utility_messaging", "product": "catalog_management"}
"""What some kinds of messages need besides."""
SECONDS_MAX = 10**11
"""Some three thousand years from now: what is later is never."""
CONNECT_ANEW = (
    "Generate the Page's token anew in the Messenger settings of the app and give it to frontdesk connect --new-token, or set it as "
    "FRONTDESK_PAGE_TOKEN."
)
BASIC = "At developers.facebook.com, App settings, Basic"


def judge_page(
    facts: PageFacts, flow: Flow | None, app_id: str, now: datetime, features: Collection[str] = ()
) -> list[Finding]:
    """Everything about one Page. With a dead token it can be asked nothing else, with another Page's nothing about itself.

    `features`: what the operator says that Meta granted to the app.
    """
    findings = [*_judge_me(facts), *_judge_skew(facts), *_judge_features(flow, features)]
    if isinstance(facts.me, Told) and facts.token is not None:
        findings += _judge_token(facts.token, app_id, now)
        findings += _judge_rights(facts.token, flow)
    if isinstance(facts.me, Told) and str(facts.me.values.get("id")) == facts.page_id:
        findings += [_judge_published(facts.page), *_judge_usage(facts.page)]
        findings.append(_judge_page_fields(facts.subscribed, flow, now))
        findings += _judge_profile(facts, flow, now) if flow else []
    return [replace(each, page_id=facts.page_id) for each in findings]


def judge_app(facts: AppFacts, flows: Collection[Flow], public_url: str, now: datetime) -> list[Finding]:
    """Everything about the app and our address."""
    findings = [_judge_callback(facts.callback)]
    fields = tuple(dict.fromkeys(name for flow in flows for name in subscriptions.fields_for(flow)))
    findings += _judge_app_fields(facts.subscribed, fields or subscriptions.FIELDS, public_url, now)
    if facts.privacy is not None:
        findings.append(_judge_address("privacy policy", checkup.PRIVACY_FIELD, facts.privacy))
    if facts.deletion is not None:
        findings.append(_judge_address("data deletion", checkup.DELETION_FIELD, facts.deletion))
    return findings


# ---- the token ---------------------------------------------------------------------------------------------


def _judge_me(facts: PageFacts) -> Iterator[Finding]:
    match facts.me:
        case Unanswered(reason):
            yield problem("messenger", reason, "Look whether FRONTDESK_GRAPH_URL can be reached from this machine.")
        case Refused(code=code) if code == TOKEN_DEAD:
            yield problem("token", "Messenger no longer takes the Page's token.", CONNECT_ANEW)
        case Refused() as refused:
            yield problem("token", f"Messenger does not say whose token it is: {refused}", CONNECT_ANEW)
        case Told(values) if str(values.get("id")) != facts.page_id:
            whose = f"{values.get('name') or 'somebody'} ({values.get('id')})"
            yield problem(
                "token",
                f"The token belongs to {whose}, not to Page {facts.page_id}.",
                "Set FRONTDESK_PAGE_ID to that id if it is the Page that you mean; otherwise generate the token of this Page.",
            )
        case Told(values):
            yield ok("token", f"The token is that of the Page {values.get('name') or facts.page_id}.")


def _judge_token(answer: Result, app_id: str, now: datetime) -> Iterator[Finding]:
    data = _data(answer)
    if data is None:
        yield advice("token's life", f"How long the token lives could not be found out: {answer}", _own_app_hint())
        return
    if data.get("is_valid") is False:
        yield problem(
            "token's life", "Messenger calls the Page's token invalid: it expired or was taken back.", CONNECT_ANEW
        )
        return
    if data.get("app_id") and str(data["app_id"]) != app_id:
        yield problem(
            "token's app",
            f"The token was made for the app {data['app_id']}, not for {app_id}.",
            "Set FRONTDESK_APP_ID and FRONTDESK_APP_SECRET to those of that app, or generate the token in this app.",
        )
    yield _judge_end("token's life", "The Page's token", data.get("expires_at"), now)
    yield from _judge_data_access(data.get("data_access_expires_at"), now)


def _judge_end(check: str, what: str, end: Any, now: datetime) -> Finding:
    """0 is how Meta says never."""
    moment = _moment(end)
    if moment is None:
        return ok(check, f"{what} has no date on which it ends.")
    todo = "Generate one that lasts: of a system user of the business, or from a long-lived token of a person."
    if moment - now <= timedelta(days=TOKEN_DAYS_MIN):
        return problem(check, f"{what} ends on {moment:%Y-%m-%d}: the bot falls silent then.", todo)
    return advice(check, f"{what} ends on {moment:%Y-%m-%d}.", todo)


def _judge_data_access(end: Any, now: datetime) -> Iterator[Finding]:
    """What becomes of a Page's token when its access to data ends is not documented for messages: never a problem here."""
    check, moment = "access to data", _moment(end)
    if moment is None:
        return
    if moment - now > timedelta(days=TOKEN_DAYS_MIN):
        yield ok(check, f"It lasts until {moment:%Y-%m-%d}.")
    else:
        todo = "Whoever made the token signs in to the app again, or makes it anew."
        yield advice(check, f"The app's access to data by this token ends on {moment:%Y-%m-%d}.", todo)


def _judge_rights(answer: Result, flow: Flow | None) -> Iterator[Finding]:
    data = _data(answer)
    if data is None or not isinstance(data.get("scopes"), list) or data.get("is_valid") is False:
        return
    granted = {str(each) for each in data["scopes"]}
    needs = (*NEEDED_RIGHTS, *(_rights_of(flow) if flow else ()))
    todo = "Generate the Page's token anew and grant them; for the public the app must have passed review for them."
    if missing := [each for each in needs if each not in granted]:
        yield problem("rights", f"The token lacks {_listed(missing)}.", todo)
    elif wished := [each for each in WISHED_RIGHTS if each not in granted]:
        yield advice("rights", f"The token lacks {_listed(wished)}.", todo)
    else:
        yield ok("rights", f"The token has {_listed((*NEEDED_RIGHTS, *WISHED_RIGHTS))}.")


def _rights_of(flow: Flow) -> Iterator[str]:
    """What this flow needs besides."""
    yield from WISHED_RIGHTS if flow.entrances.comments else ()
    kinds = _kinds_of(flow)
    yield from (right for kind, right in RIGHTS_OF.items() if kind in kinds)


def _kinds_of(flow: Flow) -> set[str]:
    """The kinds of what this flow shows in a way of its own."""
    said = [each for state in flow.states.values() for each in state.say]
    said += [each for state in flow.states.values() for reminder in state.remind for each in reminder.say]
    said += [each for entry in flow.faq.values() for each in entry.say]
    return {each.kind for each in said if isinstance(each, SayForm)}


def _judge_features(flow: Flow | None, features: Collection[str]) -> Iterator[Finding]:
    if flow is not None and "utility" in _kinds_of(flow) and "utility_messages" not in features:
        says = "FRONTDESK_APP_FEATURES does not say that Meta granted the app utility messages: none leaves."
        todo = (
            "Apply for page_utility_messaging in the app's review, then add utility_messages to FRONTDESK_APP_FEATURES."
        )
        yield problem("features", says, todo)


# ---- the Page ----------------------------------------------------------------------------------------------


def _judge_published(answer: Result) -> Finding:
    check = "published"
    if not isinstance(answer, Told) or "is_published" not in answer.values:
        said = f": {answer}" if not isinstance(answer, Told) else "."
        return advice(
            check, f"Whether the Page is published could not be found out{said}", "Look at it without signing in."
        )
    if answer.values["is_published"] is False:
        return problem(
            check, "The Page is not published: nobody but its people can find it.", "Publish it in its settings."
        )
    return ok(check, "The Page is published.")


def _judge_usage(answer: Result) -> Iterator[Finding]:
    try:
        usage = orjson.loads(answer.headers.get("x-page-usage", "")) if isinstance(answer, Told) else {}
    except orjson.JSONDecodeError:
        usage = {}
    numbers = [each for each in usage.values() if type(each) is int] if isinstance(usage, dict) else []
    if not numbers:
        return
    percent, todo = max(numbers), "Send less at once, or wait: Messenger counts over the last hours."
    if percent >= 100:
        yield problem("limits", "The Page has used up the calls that Messenger allows it.", todo)
    elif percent >= USAGE_PERCENT_HIGH:
        yield advice("limits", f"The Page has used {percent} % of the calls that Messenger allows it.", todo)
    else:
        yield ok("limits", f"The Page has used {percent} % of the calls that Messenger allows it.")


def _judge_page_fields(standing: subscriptions.Standing, flow: Flow | None, now: datetime) -> Finding:
    check, todo = "Page's fields", "frontdesk connect"
    if isinstance(standing, Refused | Unanswered):
        return problem(
            check, f"What the Page is subscribed to could not be found out: {standing}", hint_for(standing, now)
        )
    if standing is None:
        return problem(check, "The Page is not subscribed to the app: nothing that customers write arrives.", todo)
    if missing := [each for each in subscriptions.fields_for(flow) if each not in standing.fields]:
        return problem(check, f"The Page is not subscribed to {_listed(missing)}.", todo)
    return ok(check, "The Page is subscribed to all that the bot has to hear of.")


def _judge_profile(facts: PageFacts, flow: Flow, now: datetime) -> Iterator[Finding]:
    check = "profile"
    if isinstance(facts.profile, Refused | Unanswered):
        yield advice(check, f"It could not be found out: {facts.profile}", hint_for(facts.profile, now))
        return
    known = facts.personas if not isinstance(facts.personas, Refused | Unanswered) else None
    persona = flow.entrances.persona
    gap = judge_gap(flow, facts.profile, known if known is not None else {persona.name: ""} if persona else {})
    if "get_started" not in facts.profile:
        yield problem(
            check, "The Page has no Get Started button, so links with a ref bring nobody.", "frontdesk profile push"
        )
    elif gap.is_none:
        yield ok(check, "Greeting, menu and starters are as the flow says.")
    else:
        yield advice(
            check, "Greeting, menu, starters or persona are not as the flow says.", "frontdesk profile diff, then push"
        )


def _judge_skew(facts: PageFacts) -> Iterator[Finding]:
    if facts.skew_seconds is None:
        return
    seconds = round(abs(facts.skew_seconds))
    if seconds > CLOCK_SKEW_SECONDS_MAX:
        where = "behind" if facts.skew_seconds > 0 else "ahead of"
        todo = "Let the machine set its clock by the network (NTP): windows and reminders count by it."
        yield problem("clock", f"This machine's clock is {seconds} seconds {where} Messenger's.", todo)
    else:
        yield ok("clock", "This machine's clock agrees with Messenger's.")


# ---- the app -----------------------------------------------------------------------------------------------


def _judge_callback(callback: Callback | None) -> Finding:
    check, todo = "our address", "Start frontdesk serve, and look at the proxy or tunnel before it."
    if callback is None:
        return advice(
            check,
            "Whether Messenger can reach us could not be found out.",
            "Set FRONTDESK_PUBLIC_URL and FRONTDESK_VERIFY_TOKEN.",
        )
    if callback.is_challenge and callback.status == 200:
        return ok(check, "It answers as Messenger expects, from here at least.")
    if not callback.status:
        return problem(check, "Nothing answers at FRONTDESK_PUBLIC_URL.", todo)
    if callback.status == 403:
        said = "What answers at FRONTDESK_PUBLIC_URL does not know the verify token."
        return problem(check, said, "Start the server with the same FRONTDESK_VERIFY_TOKEN as this command.")
    return problem(check, f"FRONTDESK_PUBLIC_URL answers with status {callback.status} and no challenge.", todo)


def _judge_app_fields(
    standing: subscriptions.Standing, fields: Collection[str], public_url: str, now: datetime
) -> Iterator[Finding]:
    check, todo = "app's fields", "frontdesk connect, with the server running and FRONTDESK_PUBLIC_URL set"
    if isinstance(standing, Unanswered | Refused):
        hint = hint_for(standing, now) if isinstance(standing, Unanswered) else _own_app_hint()
        yield advice(check, f"What the app is subscribed to could not be found out: {standing}", hint)
        return
    if standing is None:
        yield problem(check, "The app is not subscribed to any Page's events: nothing arrives.", todo)
        return
    wanted = subscriptions.callback_url(public_url)
    if not standing.is_active:
        yield problem(
            check, "The app's subscription is switched off: Messenger does so after an hour without answers.", todo
        )
    elif missing := [each for each in fields if each not in standing.fields]:
        yield problem(check, f"The app is not subscribed to {_listed(missing)}.", todo)
    else:
        yield ok(check, "The app is subscribed to all that the bot has to hear of.")
    if wanted and standing.callback_url.rstrip("/") != wanted:
        yield problem(
            "callback", f"Messenger sends the app's events to {standing.callback_url}, not to {wanted}.", todo
        )
    elif wanted:
        yield ok("callback", f"Messenger sends the app's events to {wanted}.")


def _judge_address(check: str, field: str, answer: Result) -> Finding:
    """Review asks for both. A field that Meta does not know says nothing about the address."""
    todo = f"{BASIC}: look that an address for {check} is entered; without it the app does not pass review."
    if not isinstance(answer, Told):
        return advice(check, f"Whether the app has an address for it could not be found out: {answer}", todo)
    if not answer.values.get(field):
        return problem(check, "The app has no address for it.", todo)
    return ok(check, f"{answer.values[field]}")


# ---- words -------------------------------------------------------------------------------------------------


def _data(answer: Result) -> dict[str, Any] | None:
    data = answer.values.get("data") if isinstance(answer, Told) else None
    return data if isinstance(data, dict) else None


def _own_app_hint() -> str:
    return "FRONTDESK_APP_ID and the first secret of FRONTDESK_APP_SECRET must be those of the app."


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _moment(seconds: Any) -> datetime | None:
    """A moment as Meta tells it; None for never, and for what is no moment."""
    if type(seconds) is not int or not 0 < seconds < SECONDS_MAX:
        return None
    return datetime.fromtimestamp(seconds, UTC)
