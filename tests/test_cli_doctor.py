"""`doctor` finds each fault that is planted, says what to do, and finds none where there is none."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from app.clock import Clock
from app.store.database import open_database
from app.store.migrate import migrate
from app.store.pages import Trouble, clear, note_trouble
from tests.at_meta import (
    BOT,
    FOREIGN_APP,
    FOREIGN_PAGE,
    FOREIGN_SECRET,
    FOREIGN_TOKEN,
    OTHER_PAGE,
    OTHER_TOKEN,
    AtMeta,
    at_meta,
    run,
    settings_of,
)
from tests.webhooks.simulator.kit import APP_ID, PAGE, TOKEN

Capsys = pytest.CaptureFixture[str]
SECONDS_MAX = 5.0
"""A person waits for it; here nothing is far away."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtMeta]:
    with at_meta(tmp_path_factory.mktemp("bot")) as meta:
        asyncio.run(_migrate(f"sqlite:///{meta.folder / 'frontdesk.db'}"))
        yield meta


async def _on_database(meta: AtMeta, work: Callable[[Connection], None]) -> None:
    database = open_database(f"sqlite:///{meta.folder / 'frontdesk.db'}")
    await database.transaction(work)
    await database.close()


async def _migrate(address: str) -> None:
    database = open_database(address)
    await migrate(database)
    await database.close()


@pytest.fixture
def meta(shared: AtMeta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> AtMeta:
    """A connected bot at which nothing is wrong."""
    shared.control("reset")
    (shared.folder / "bot.yaml").write_text(BOT)
    monkeypatch.chdir(tmp_path)
    for name, value in settings_of(shared).items():
        monkeypatch.setenv(f"FRONTDESK_{name}", value)
    assert run(["connect"], capsys).code == 0
    assert run(["profile", "push"], capsys).code == 0
    return shared


def examine(capsys: Capsys) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the worst finding of each check."""
    said = run(["doctor", "--json"], capsys)
    told = json.loads(said.out)
    assert told["passed"] == (said.code == 0)
    worst: dict[str, dict[str, Any]] = {}
    for each in sorted(told["findings"], key=lambda each: ["ok", "advice", "problem"].index(each["verdict"])):
        assert set(each) == {"check", "verdict", "says", "todo", "page_id"}
        assert bool(each["todo"]) == (each["verdict"] != "ok")
        worst[each["check"]] = each
    return said.code, worst


def assert_found(capsys: Capsys, check: str, says: str, todo: str, verdict: str = "problem") -> None:
    code, found = examine(capsys)
    assert (found[check]["verdict"], code) == (verdict, 1 if verdict == "problem" else 0), found
    assert says in found[check]["says"], found[check]
    assert todo in found[check]["todo"], found[check]


# ---- nothing wrong -----------------------------------------------------------------------------------------


def test_a_good_bot_has_no_problem_and_is_examined_within_seconds(meta: AtMeta, capsys: Capsys) -> None:
    began = time.monotonic()
    code, found = examine(capsys)
    assert time.monotonic() - began < SECONDS_MAX
    assert code == 0, found
    assert {check for check, each in found.items() if each["verdict"] != "ok"} <= {"flow"}
    assert set(found) == {
        "settings", "flow", 'answer to "hi"', "database", "our address", "app's fields", "callback", "privacy policy",
        "data deletion", "token", "token's life", "rights", "published", "limits", "Page's fields", "profile", "clock",
    }  # fmt: skip


def test_findings_are_told_in_words_with_a_count(meta: AtMeta, capsys: Capsys) -> None:
    meta.control("page", published=False)
    said = run(["doctor"], capsys)
    assert said.code == 1
    lines = said.out.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("problem published: The Page is not"))
    assert lines[place + 1] == "        Publish it in its settings."
    assert lines[-1].startswith("1 problem, ")


def test_the_live_database_is_held_against_its_rules(
    meta: AtMeta, capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/fleet.db")
    asyncio.run(_migrate(f"sqlite:///{tmp_path}/fleet.db"))
    good = run(["doctor", "--fleet"], capsys)
    assert (good.code, good.out.splitlines()[-1]) == (0, "0 problems, 1 advice.")
    with closing(sqlite3.connect(tmp_path / "fleet.db")) as opened, opened:
        opened.execute(
            "INSERT INTO sessions (page_id, customer_id, revision, updated_at) VALUES ('1', '2', '', '2026-12-01')"
        )
    bad = run(["doctor", "--fleet", "--everything", "--json"], capsys)
    problems = [each for each in json.loads(bad.out)["findings"] if each["verdict"] == "problem"]
    assert (bad.code, [each["check"] for each in problems]) == (1, ["session conversation"])
    assert problems[0]["todo"]


# ---- at Meta -----------------------------------------------------------------------------------------------

DAY = 86_400


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ({"published": False}, ("published", "not published", "Publish it")),
        ({"revoked": True}, ("token", "no longer takes", "FRONTDESK_PAGE_TOKEN")),
        ({"token_expires_in": -1}, ("token", "no longer takes", "FRONTDESK_PAGE_TOKEN")),
        ({"token_expires_in": 3 * DAY}, ("token's life", "falls silent", "system user")),
        ({"token_app_id": "777"}, ("token's app", "made for the app 777", "FRONTDESK_APP_ID")),
        ({"scopes": ["pages_messaging"]}, ("rights", "lacks pages_manage_metadata", "grant")),
        ({"scopes": ["pages_manage_metadata", "pages_read_engagement"]}, ("rights", "lacks pages_messaging", "grant")),
        ({"usage": 100}, ("limits", "used up", "wait")),
    ],
)
def test_what_is_wrong_with_the_page_or_its_token_is_a_problem(
    order: dict[str, Any], wanted: tuple[str, str, str], meta: AtMeta, capsys: Capsys
) -> None:
    meta.control("page", **order)
    assert_found(capsys, *wanted)


@pytest.mark.parametrize(
    ("order", "check", "says"),
    [
        ({"token_expires_in": 60 * DAY}, "token's life", "ends on"),
        ({"data_access_expires_in": 3 * DAY}, "access to data", "ends on"),
        ({"usage": 85}, "limits", "85 %"),
        ({"scopes": ["pages_messaging", "pages_manage_metadata"]}, "rights", "lacks pages_read_engagement"),
    ],
)
def test_what_will_be_wrong_later_is_advice(
    order: dict[str, Any], check: str, says: str, meta: AtMeta, capsys: Capsys
) -> None:
    meta.control("page", **order)
    assert_found(capsys, check, says, "", "advice")


def test_a_bot_that_hears_comments_needs_the_right_to_read_them(meta: AtMeta, capsys: Capsys) -> None:
    meta.write("  start: hello\n", "  start: hello\n  comments: {hear: [price], goto: hello}\n")
    meta.control("page", scopes=["pages_messaging", "pages_manage_metadata"])
    assert_found(capsys, "rights", "lacks pages_read_engagement", "grant")
    assert_found(capsys, "Page's fields", "not subscribed to feed", "frontdesk connect")


@pytest.mark.parametrize(
    ("says", "right"),
    [
        ("[{utility: {template: order_update, language: en}}]", "page_utility_messaging"),
        ("[{product: 777}]", "catalog_management"),
    ],
)
def test_a_bot_that_sends_what_needs_a_right_of_its_own_is_told(
    says: str, right: str, meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    meta.write("{say: Hello.}", f"{{say: {says}}}")
    if "utility" in says:
        assert_found(
            capsys, "features", "utility messages: none leaves", "add utility_messages to FRONTDESK_APP_FEATURES"
        )
        monkeypatch.setenv("FRONTDESK_APP_FEATURES", "utility_messages")
    assert_found(capsys, "rights", f"lacks {right}", "grant")
    granted = ["pages_messaging", "pages_manage_metadata", "pages_read_engagement", right]
    meta.control("page", scopes=granted)
    code, found = examine(capsys)
    assert (code, found["rights"]["verdict"]) == (0, "ok"), found


def test_a_page_that_is_not_subscribed_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.graph("DELETE", "me/subscribed_apps")
    assert_found(capsys, "Page's fields", "nothing that customers write arrives", "frontdesk connect")
    meta.graph("POST", "me/subscribed_apps", subscribed_fields="messages")
    assert_found(capsys, "Page's fields", "message_echoes", "frontdesk connect")


@pytest.mark.parametrize(
    ("order", "check", "says"),
    [
        ({"fields": ["messages"]}, "app's fields", "not subscribed to messaging_postbacks"),
        ({"fields": ["messages"], "active": False}, "app's fields", "switched off"),
        (
            {"callback_url": "https://old.example/hook", "fields": ["messages"]},
            "callback",
            "https://old.example/hook, not to",
        ),
    ],
)
def test_what_is_wrong_with_the_apps_subscription_is_a_problem(
    order: dict[str, Any], check: str, says: str, meta: AtMeta, capsys: Capsys
) -> None:
    meta.control("app", **{"callback_url": f"{meta.bot_url}/webhooks/messenger", **order})
    assert_found(capsys, check, says, "frontdesk connect")


def test_an_app_that_was_never_subscribed_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.control("reset")
    assert_found(capsys, "app's fields", "nothing arrives", "frontdesk connect")


@pytest.mark.parametrize(
    ("field", "check"), [("privacy_policy_url", "privacy policy"), ("data_deletion_url", "data deletion")]
)
def test_an_address_that_review_asks_for_is_missed_but_an_unknown_field_is_not_held_against_the_app(
    field: str, check: str, meta: AtMeta, capsys: Capsys
) -> None:
    meta.control("app", **{field: ""})
    assert_found(capsys, check, "no address", "does not pass review")
    meta.control("app", unknown_fields=[field])
    assert_found(capsys, check, "could not be found out", "App settings, Basic", "advice")


def test_a_profile_out_of_step_is_advice_and_a_page_without_get_started_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.graph("POST", "me/messenger_profile", greeting=[{"locale": "default", "text": "Old"}])
    assert_found(capsys, "profile", "not as the flow says", "frontdesk profile diff", "advice")
    meta.graph("DELETE", "me/messenger_profile", fields=["get_started", "persistent_menu"])
    assert_found(capsys, "profile", "no Get Started", "frontdesk profile push")


def test_a_page_that_was_asked_too_often_is_no_problem(meta: AtMeta, capsys: Capsys) -> None:
    for _ in range(10):
        meta.graph("GET", "me/messenger_profile")
    assert_found(capsys, "profile", "could not be found out", "Try again after", "advice")


@pytest.mark.parametrize(("seconds", "where"), [(120, "behind"), (-120, "ahead of")])
def test_a_clock_that_is_off_is_a_problem(seconds: int, where: str, meta: AtMeta, capsys: Capsys) -> None:
    meta.control("clock", advance=seconds)
    assert_found(capsys, "clock", f"seconds {where} Messenger's", "NTP")


# ---- on our side -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        (("PAGE_ID", OTHER_PAGE), ("token", f"({PAGE}), not to Page {OTHER_PAGE}", "FRONTDESK_PAGE_ID")),
        (("PAGE_TOKEN", "nobodys"), ("token", "no longer takes", "FRONTDESK_PAGE_TOKEN")),
        (("APP_ID", "777"), ("Page's fields", "not subscribed", "frontdesk connect")),
        (("VERIFY_TOKEN", "another"), ("our address", "does not know the verify token", "FRONTDESK_VERIFY_TOKEN")),
        (("PUBLIC_URL", "http://127.0.0.1:1"), ("our address", "Nothing answers", "frontdesk serve")),
        (("GRAPH_URL", "http://127.0.0.1:1/v26.0"), ("messenger", "could not be reached", "FRONTDESK_GRAPH_URL")),
        (("DATABASE_URL", "postgresql+asyncpg://127.0.0.1:1/none"), ("database", "cannot", "DATABASE_URL")),
        (("APP_SECRET", ""), ("settings", "FRONTDESK_APP_SECRET is not set", "README.md")),
        (("PAGE_TOKEN", ""), ("settings", "FRONTDESK_PAGE_TOKEN is not set", "README.md")),
        (("FLOWS", "nowhere"), ("flow", "There is no folder nowhere", "FRONTDESK_FLOWS")),
        (("RETENTION_DAYS", "many"), ("settings", "FRONTDESK_RETENTION_DAYS is wrong", "README.md")),
    ],
)
def test_what_is_wrong_with_the_settings_is_a_problem(
    setting: tuple[str, str],
    wanted: tuple[str, str, str],
    meta: AtMeta,
    capsys: Capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"FRONTDESK_{setting[0]}", setting[1])
    assert_found(capsys, *wanted)


def test_a_wrong_secret_is_told_where_the_app_is_asked(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_APP_SECRET", "wrong")
    code, found = examine(capsys)
    assert code == 1
    assert "FRONTDESK_APP_SECRET" in found["app's fields"]["todo"]


def test_without_a_public_address_what_cannot_be_seen_is_advice(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FRONTDESK_PUBLIC_URL")
    assert_found(capsys, "our address", "could not be found out", "FRONTDESK_PUBLIC_URL", "advice")


def test_a_broken_flow_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.write("start: hello", "start: nowhere")
    assert_found(capsys, "flow", "bot.yaml:5", "frontdesk check")


def test_a_limit_of_messengers_that_is_broken_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.write("Suivre ma commande", "Suivre ma commande jusqu'à la porte")
    assert_found(capsys, "flow", "F3", "frontdesk check")


def test_a_bot_that_says_nothing_to_a_first_word_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.write(", disclosure: I am a bot.", "")
    meta.write("hello: {say: Hello.}", "hello: {handoff: care}\nteams: {care: [anna]}")
    assert_found(capsys, 'answer to "hi"', "says nothing", "frontdesk talk")


def test_a_call_that_cannot_be_made_is_a_problem(meta: AtMeta, capsys: Capsys) -> None:
    meta.write(
        "hello: {say: Hello.}",
        "hello: {say: Hello., goto: look}\n"
        "  look: {call: GET https://api.shop.example/x, goto: [{if: result is ok, to: over}, {to: over}]}\n  over: {say: Done.}",
    )
    assert_found(
        capsys, "calls", "api.shop.example are not allowed", "Put api.shop.example into FRONTDESK_CALL_HOSTS and"
    )


def test_a_database_without_this_schema_is_a_problem_and_none_at_all_is_not(
    meta: AtMeta, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'none.db'}")
    assert_found(capsys, "database", "no database none.db yet", "frontdesk serve", "advice")
    (tmp_path / "none.db").touch()
    assert_found(capsys, "database", "another schema", "frontdesk migrate")


def test_a_page_that_sends_nothing_is_a_problem_until_it_goes_on(meta: AtMeta, capsys: Capsys) -> None:
    now = Clock().now()
    blocked = Trouble(PAGE, "page_blocked", "The channel blocks this Page.", now, now + timedelta(hours=1))
    asyncio.run(_on_database(meta, lambda connection: note_trouble(connection, blocked)))
    assert_found(capsys, "sends", "This Page's messages wait since", "They go out by themselves")
    asyncio.run(_on_database(meta, lambda connection: clear(connection, PAGE)))
    assert "sends" not in examine(capsys)[1]


def test_two_pages_are_examined_each_by_itself(
    meta: AtMeta, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pages.yaml").write_text(
        f"'{PAGE}': {{flows: {meta.folder}, token: {TOKEN}}}\n'{OTHER_PAGE}': {{flows: {meta.folder}, token: {OTHER_TOKEN}}}\n"
    )
    monkeypatch.setenv("FRONTDESK_PAGES", str(tmp_path / "pages.yaml"))
    said = run(["doctor"], capsys)
    assert said.code == 1
    assert f"problem Page {OTHER_PAGE}, Page's fields: " in said.out
    assert f"ok      Page {PAGE}, Page's fields: " in said.out


def test_a_page_of_another_app_is_connected_and_examined_but_for_what_only_that_app_may_ask(
    meta: AtMeta, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = f"{{flows: {meta.folder}, token: {FOREIGN_TOKEN}, app_secret: {FOREIGN_SECRET}}}"
    (tmp_path / "pages.yaml").write_text(f"'{FOREIGN_PAGE}': {block}\n")
    monkeypatch.setenv("FRONTDESK_PAGES", str(tmp_path / "pages.yaml"))
    meta.control("page", page=FOREIGN_PAGE, token_app_id=FOREIGN_APP)
    said = run(["connect"], capsys)
    assert f"App {APP_ID}: left as it is. The Page belongs to another app" in said.out
    assert f"Page {FOREIGN_PAGE}: now subscribed to messages" in said.out
    assert f"Page {FOREIGN_PAGE}: was subscribed already" in run(["connect"], capsys).out
    assert run(["profile", "push"], capsys).code == 0
    code, found = examine(capsys)
    assert code == 0, found
    assert "rights" not in found


def test_without_an_app_the_page_is_examined_all_the_same(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FRONTDESK_APP_ID")
    code, found = examine(capsys)
    assert code == 1
    assert [check for check, each in found.items() if each["verdict"] == "problem"] == ["settings"]
    assert found["published"]["verdict"] == "ok"
