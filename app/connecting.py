"""Pages at Meta for the command line: their profile, their subscriptions. A composition root: joins settings, flows and Graph."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from app import changes
from app.clock import Clock
from app.engine.flow import Flow
from app.errors import AppError
from app.flowfile.check import read_flow
from app.settings import PageSettings, Settings, pages
from app.tokens import check_server_takes, keep, note_connected, read_account, read_account_now
from webhooks.messenger.account import Account
from webhooks.messenger.graph_api import Caller, Graph, Refused, Told, Unanswered, caller_of, caller_of_app, hint_for
from webhooks.messenger.http import create_client
from webhooks.messenger.push import Gap, close_gap, find_gap
from webhooks.messenger.subscriptions import Subscription, callback_url, fields_for, subscribe_app, subscribe_page

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Connected:
    """A Page with who asks about it and the flow that it is to have."""

    page_id: str
    caller: Caller
    flow: Flow
    is_of_our_app: bool = True


class GraphError(AppError):
    """A call to Graph that came to nothing."""


# ---- profile -----------------------------------------------------------------------------------------------


def diff_lines(settings: Settings, folder: Path | None, page_id: str | None) -> tuple[list[str], bool]:
    """What `push` would change at each Page, and whether it is nothing."""
    chosen = choose(settings, folder, page_id)

    async def work(graph: Graph) -> tuple[list[str], bool]:
        gaps = [(each, await _gap(graph, each)) for each in chosen]
        lines = [line for each, gap in gaps for line in _gap_lines(each, gap)]
        return lines, all(gap.is_none for _, gap in gaps)

    return with_graph(settings, work)


def push_lines(settings: Settings, folder: Path | None, page_id: str | None) -> list[str]:
    """Send the difference; what was done at each Page."""
    chosen = choose(settings, folder, page_id)

    async def work(graph: Graph) -> list[str]:
        return [line for each in chosen for line in await _push(graph, each)]

    return with_graph(settings, work)


async def _push(graph: Graph, page: Connected) -> list[str]:
    gap = await _gap(graph, page)
    if gap.is_none:
        return [f"Page {page.page_id}: as the flow says. Nothing was sent."]
    done, stopped = await close_gap(graph, page.caller, page.page_id, page.flow, gap)
    if stopped:
        raise _error(page.page_id, stopped, f" Done before that: {'; '.join(done)}." if done else "")
    shown = " The menu may take a day to show everywhere." if "persistent_menu" in gap.profile.to_set else ""
    return [f"Page {page.page_id}: {'; '.join(done)}.{shown}"]


async def _gap(graph: Graph, page: Connected) -> Gap:
    gap = await find_gap(graph, page.caller, page.page_id, page.flow)
    if isinstance(gap, Refused | Unanswered):
        raise _error(page.page_id, gap)
    return gap


def _gap_lines(page: Connected, gap: Gap) -> list[str]:
    if gap.is_none:
        return [f"Page {page.page_id}: as the flow says."]
    return [
        f"Page {page.page_id} (-: there, +: in the flow):",
        *(f"  {line}" for line in gap.lines),
    ]


# ---- connect -----------------------------------------------------------------------------------------------


def connect_lines(settings: Settings, page_id: str | None) -> list[str]:
    """Subscribe the app, where enough is known of it, and the Pages; what is subscribed and what to do next."""
    return _connect(settings, choose(settings, None, page_id))


def connect_anew_lines(settings: Settings, page_id: str | None, token: str) -> list[str]:
    """The same for one Page with a new token, which is kept, encrypted, once Meta has taken it; a running server takes it over."""
    [page, *others] = choose(settings, None, page_id)
    if others:
        raise AppError(
            "A token is for one Page, and there are several.", "Say which one, as in --page 104857600123456."
        )
    anew, ours = replace(page, caller=replace(page.caller, token=token)), read_account(settings).pages[page.page_id]
    check_server_takes(settings, ours)
    with_graph(settings, lambda graph: _check_whose(graph, anew))
    lines = _connect(settings, (anew,))
    keep(settings, ours, token)
    return [f"Page {page.page_id}: the new token is kept, encrypted. A running server takes it within seconds.", *lines]


async def _check_whose(graph: Graph, page: Connected) -> None:
    """Raises GraphError unless the token is that of this Page."""
    told = await graph.ask(page.caller, "me", fields="id,name")
    if not isinstance(told, Told):
        raise _error(page.page_id, told)
    if str(told.values.get("id")) != page.page_id:
        whose = f"{told.values.get('name') or 'somebody'} ({told.values.get('id')})"
        raise GraphError(
            f"The token belongs to {whose}, not to Page {page.page_id}. It is not kept.",
            "Generate the token of this Page, or name the other one by --page.",
        )


def _connect(settings: Settings, chosen: Sequence[Connected]) -> list[str]:
    if not settings.app_id:
        raise AppError("FRONTDESK_APP_ID is missing.", "It says which app the Page is to be subscribed to.")

    async def work(graph: Graph) -> list[str]:
        lines = await _connect_app(graph, settings, chosen)
        for each in chosen:
            lines.append(await _connect_page(graph, settings.app_id if each.is_of_our_app else "", each))
        return [*lines, *NEXT]

    lines = with_graph(settings, work)
    note_connected(settings, [each.page_id for each in chosen])
    return lines


async def _connect_page(graph: Graph, app_id: str, page: Connected) -> str:
    fields = fields_for(page.flow)
    done = await subscribe_page(graph, page.caller, page.page_id, app_id, fields)
    if isinstance(done, Refused | Unanswered):
        raise _error(page.page_id, done)
    return f"Page {page.page_id}: {_state(done)} {', '.join(done.fields)}."


async def _connect_app(graph: Graph, settings: Settings, chosen: Sequence[Connected]) -> list[str]:
    account, address = read_account(settings), callback_url(settings.public_url)
    ours = [each for each in chosen if each.is_of_our_app]
    caller = caller_of_app(account)
    if not (address and caller and account.verify_token and ours):
        return [f"App {settings.app_id}: left as it is. {_by_hand(settings, has_secret=caller is not None)}"]
    fields = tuple(dict.fromkeys(name for each in ours for name in fields_for(each.flow)))
    wanted = Subscription(fields, address)
    done, moved_from = await subscribe_app(graph, caller, settings.app_id, wanted, account.verify_token)
    if isinstance(done, Refused | Unanswered):
        raise GraphError(f"App {settings.app_id}: {done}", hint_for(done, Clock().now()))
    moved = f" It was {moved_from} before." if moved_from else ""
    return [f"App {settings.app_id}: {_state(done)} {', '.join(done.fields)}, at {done.callback_url}.{moved}"]


def _state(done: Subscription) -> str:
    return "now subscribed to" if done.is_new else "was subscribed already to"


def _by_hand(settings: Settings, *, has_secret: bool) -> str:
    missing = [
        f"FRONTDESK_{name}"
        for name, given in (
            ("PUBLIC_URL", settings.public_url), ("APP_SECRET", has_secret), ("VERIFY_TOKEN", settings.verify_token),
        )
        if not given
    ]  # fmt: skip
    if not missing:
        return "The Page belongs to another app: subscribe that one in its dashboard."
    return f"Set {' and '.join(missing)}, or subscribe it in its dashboard, to the same fields as the Page."


NEXT = (
    "Next: frontdesk profile push, then write to the Page from an account that has a role in the app.",
    "If nothing comes: frontdesk doctor.",
)


# ---- which Pages, as whom ----------------------------------------------------------------------------------


def choose(settings: Settings, folder: Path | None, page_id: str | None) -> tuple[Connected, ...]:
    """The Pages that are meant: the named one, those that answer with the folder, or all. Raises AppError if there is none.

    With both a Page and a folder the Page is compared with that folder, whatever it answers with today.
    """
    known = pages(settings)
    if not known:
        raise AppError(
            "No Page is set.", "Set FRONTDESK_PAGE_ID and FRONTDESK_PAGE_TOKEN, or FRONTDESK_PAGES; README.md says how."
        )
    if page_id is not None:
        known = tuple(each for each in known if each.page_id == page_id)
        if not known:
            raise AppError(f"Page {page_id} is not one of ours.", "The settings name the Pages.")
    elif folder is not None:
        ours = changes.page_ids(settings, folder)
        known = tuple(each for each in known if each.page_id in ours)
    account, flows = (
        read_account_now(settings),
        {path: read_flow(path) for path in {folder or each.flows for each in known}},
    )
    return tuple(connected(account, each, flows[folder or each.flows]) for each in known)


def connected(account: Account, page: PageSettings, flow: Flow) -> Connected:
    return Connected(page.page_id, caller_of(account, page.page_id), flow, not page.app_secrets)


def with_graph(settings: Settings, work: Callable[[Graph], Awaitable[Value]]) -> Value:
    """What `work` gives, with Graph at hand."""

    async def run() -> Value:
        client = create_client()
        try:
            return await work(Graph(settings.graph_url, client))
        finally:
            await client.aclose()

    return asyncio.run(run())


def _error(page_id: str, refusal: Refused | Unanswered, more: str = "") -> GraphError:
    return GraphError(f"Page {page_id}: {refusal}{more}", hint_for(refusal, Clock().now()))
