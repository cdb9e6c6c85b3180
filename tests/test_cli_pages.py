"""`profile` and `connect`: what they send, what they leave alone, what they say when Meta says no."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.aside import on_database
from app.clock import Clock
from app.connecting import connect_anew_lines
from app.errors import AppError
from app.main import migrate
from app.settings import read_settings, secret_key
from app.store.database import Database
from app.tokens import Given, read_account, read_account_now
from tests.at_meta import BOT, OTHER_PAGE, OTHER_TOKEN, AtMeta, at_meta, run, settings_of
from tests.webhooks.simulator.kit import APP_ID, APP_SECRET, PAGE, TOKEN
from webhooks.messenger.subscriptions import FIELDS

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtMeta]:
    with at_meta(tmp_path_factory.mktemp("bot")) as meta:
        yield meta


@pytest.fixture
def meta(shared: AtMeta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtMeta:
    """Messenger with nothing done yet, and the settings for it."""
    shared.control("reset")
    shared.folder = tmp_path / "bot"
    shared.folder.mkdir()
    (shared.folder / "bot.yaml").write_text(BOT)
    monkeypatch.chdir(tmp_path)
    for name, value in settings_of(shared).items():
        monkeypatch.setenv(f"FRONTDESK_{name}", value)
    return shared


# ---- profile -----------------------------------------------------------------------------------------------


def test_a_diff_shows_what_is_missing_and_sends_nothing(meta: AtMeta, capsys: Capsys) -> None:
    before = meta.profile()
    said = run(["profile", "diff"], capsys)
    assert said.code == 1
    lines = said.out.splitlines()
    assert "  greeting (fr_FR) is new" in lines
    assert "    + Bienvenue, {{user_first_name}} !" in lines
    assert "    + Track my order  (v1:@menu:Track my order)" in lines
    assert "    + Visit the shop  (https://shop.example)" in lines
    assert "    + Piney the bot" in lines
    assert meta.profile() == before


def test_a_push_makes_the_page_as_the_flow_says(meta: AtMeta, capsys: Capsys) -> None:
    said = run(["profile", "push"], capsys)
    assert said.code == 0
    assert said.out.startswith(
        f"Page {PAGE}: set: Get Started, greeting, menu, starters, domains; made: the persona Piney the bot."
    )
    pushed = meta.profile()
    assert pushed["greeting"][0] == {"locale": "default", "text": "Welcome, {{user_first_name}}!"}
    assert [each["locale"] for each in pushed["persistent_menu"]] == ["default", "fr_FR", "fr_CA"]
    assert pushed["whitelisted_domains"] == ["https://shop.example"]
    assert [each["name"] for each in meta.graph("GET", "me/personas")["data"]] == ["Piney the bot"]
    assert run(["profile", "diff"], capsys).code == 0


def test_a_second_push_sends_nothing(meta: AtMeta, capsys: Capsys) -> None:
    run(["profile", "push"], capsys)
    asked = meta.profile_calls()
    said = run(["profile", "push"], capsys)
    assert (said.code, said.out) == (0, f"Page {PAGE}: as the flow says. Nothing was sent.\n")
    assert meta.profile_calls() == asked + 1
    assert len(meta.graph("GET", "me/personas")["data"]) == 1


def test_a_push_sends_only_what_differs(meta: AtMeta, capsys: Capsys) -> None:
    run(["profile", "push"], capsys)
    meta.write("greeting: Welcome, <first_name>!", "greeting: Good day!")
    said = run(["profile", "diff"], capsys)
    assert said.out.splitlines()[1:] == [
        "  greeting (default) changes", "    - Welcome, {{user_first_name}}!", "    + Good day!",
        "  greeting (fr_FR) goes", "    - Bienvenue, {{user_first_name}} !",
        "  greeting (fr_CA) goes", "    - Bienvenue, {{user_first_name}} !",
    ]  # fmt: skip
    assert run(["profile", "push"], capsys).out == f"Page {PAGE}: set: greeting.\n"


def test_what_the_flow_no_longer_has_is_deleted_and_what_it_never_decides_stays(meta: AtMeta, capsys: Capsys) -> None:
    meta.graph("POST", "me/messenger_profile", account_linking_url="https://shop.example/link")
    run(["profile", "push"], capsys)
    meta.write("  starters: {Where is my order?: hello}\n", "")
    assert "  starters (default) goes" in run(["profile", "diff"], capsys).out.splitlines()
    assert run(["profile", "push"], capsys).out == f"Page {PAGE}: deleted: starters.\n"
    left = meta.profile()
    assert "ice_breakers" not in left
    assert left["account_linking_url"] == "https://shop.example/link"


def test_a_page_that_makes_too_many_calls_learns_when_to_try_again(meta: AtMeta, capsys: Capsys) -> None:
    for _ in range(10):
        meta.profile()
    said = run(["profile", "push"], capsys)
    assert said.code == 2
    assert "Try again after " in said.err


@pytest.mark.parametrize(
    ("order", "says"),
    [({"revoked": True}, "Generate a new one"), ({"scopes": ["pages_show_list"]}, "grant pages_messaging")],
)
def test_a_refusal_is_told_with_what_to_do(order: dict[str, object], says: str, meta: AtMeta, capsys: Capsys) -> None:
    meta.control("page", **order)
    said = run(["profile", "diff"], capsys)
    assert said.code == 2
    assert said.err.startswith(f"frontdesk: Page {PAGE}: ")
    assert says in said.err
    assert len(said.err.splitlines()) == 1


def test_a_messenger_that_is_away_is_told(meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_GRAPH_URL", "http://127.0.0.1:1/v26.0")
    said = run(["profile", "diff"], capsys)
    assert said.code == 2
    assert "could not be reached" in said.err


def test_a_broken_flow_is_never_pushed(meta: AtMeta, capsys: Capsys) -> None:
    meta.write("start: hello", "start: nowhere")
    assert run(["profile", "push"], capsys).code == 2
    assert meta.profile_calls() == 0


def test_each_page_is_compared_with_its_own_folder_or_the_one_given(
    meta: AtMeta, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "bot.yaml").write_text(BOT.replace("Welcome, <first_name>!", "Moin!").replace("<first_name> !", "!"))
    (tmp_path / "pages.yaml").write_text(
        f"'{PAGE}': {{flows: bot, token: {TOKEN}}}\n'{OTHER_PAGE}': {{flows: other, token: {OTHER_TOKEN}}}\n"
    )
    monkeypatch.setenv("FRONTDESK_PAGES", str(tmp_path / "pages.yaml"))
    assert run(["profile", "push", str(other)], capsys).out.startswith(f"Page {OTHER_PAGE}: set: ")
    assert run(["profile", "diff", "--page", OTHER_PAGE], capsys).code == 0
    assert run(["profile", "diff"], capsys).code == 1
    assert "greeting" in run(["profile", "diff", str(meta.folder), "--page", OTHER_PAGE], capsys).out
    assert meta.profile(OTHER_PAGE, OTHER_TOKEN)["greeting"][0]["text"] == "Moin!"


@pytest.mark.parametrize(
    "arguments",
    [
        ["profile", "diff", "--page", "99999"],
        ["profile", "push", "nowhere"],
        ["profile", "pull"],
        ["connect", "--page", "9"],
    ],
)
def test_what_is_not_ours_is_refused(arguments: list[str], meta: AtMeta, capsys: Capsys) -> None:
    assert run(arguments, capsys).code == 2


def test_without_a_page_the_settings_are_named(meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_PAGE_TOKEN")
    for arguments in (["profile", "diff"], ["connect"]):
        assert "FRONTDESK_PAGE_TOKEN" in run(arguments, capsys).err


# ---- connect -----------------------------------------------------------------------------------------------


def subscribed(meta: AtMeta) -> tuple[set[str], set[str]]:
    """The fields of the app and of the Page."""
    app = [each["name"] for kept in meta.app(f"{APP_ID}/subscriptions")["data"] for each in kept["fields"]]
    page = [name for kept in meta.graph("GET", "me/subscribed_apps")["data"] for name in kept["subscribed_fields"]]
    return set(app), set(page)


def test_connect_subscribes_the_app_and_the_page(meta: AtMeta, capsys: Capsys) -> None:
    said = run(["connect"], capsys)
    assert said.code == 0
    assert said.out.startswith(f"App {APP_ID}: now subscribed to messages, ")
    assert f"at {meta.bot_url}/webhooks/messenger." in said.out
    assert f"Page {PAGE}: now subscribed to messages, " in said.out
    assert "Next: frontdesk profile push" in said.out
    assert subscribed(meta) == (set(FIELDS), set(FIELDS))


def test_connect_again_changes_nothing(meta: AtMeta, capsys: Capsys) -> None:
    run(["connect"], capsys)
    said = run(["connect"], capsys)
    assert said.out.count("was subscribed already to") == 2


def test_connect_keeps_what_others_subscribed_to_and_adds_comments_for_a_bot_that_hears_them(
    meta: AtMeta, capsys: Capsys
) -> None:
    meta.graph("POST", "me/subscribed_apps", subscribed_fields="messages,mention")
    meta.write("  start: hello\n", "  start: hello\n  comments: {hear: [price], goto: hello}\n")
    run(["connect"], capsys)
    assert subscribed(meta) == ({*FIELDS, "feed"}, {*FIELDS, "feed", "mention"})


def test_connect_says_from_where_the_app_was_moved(meta: AtMeta, capsys: Capsys) -> None:
    meta.control("app", callback_url="https://old.example/hook", fields=["messages", "mention"])
    said = run(["connect"], capsys)
    assert "It was https://old.example/hook before." in said.out
    assert subscribed(meta)[0] == set(FIELDS)


def test_without_a_public_address_only_the_page_is_subscribed(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FRONTDESK_PUBLIC_URL")
    said = run(["connect"], capsys)
    assert said.code == 0
    assert "left as it is. Set FRONTDESK_PUBLIC_URL, or" in said.out
    assert subscribed(meta) == (set(), set(FIELDS))


def test_an_address_that_does_not_answer_is_told_with_what_to_do(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_PUBLIC_URL", "http://127.0.0.1:1")
    said = run(["connect"], capsys)
    assert said.code == 2
    assert "Start the server with the same verify token first." in said.err


def test_a_wrong_secret_of_the_app_is_told(meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_APP_SECRET", APP_SECRET.upper())
    said = run(["connect"], capsys)
    assert said.code == 2
    assert said.err.startswith(f"frontdesk: App {APP_ID}: ")


# ---- a new token -------------------------------------------------------------------------------------------


def connect_anew(token: str) -> str:
    """What `connect --new-token` says when it is given this token; tests/journeys/test_tokens.py has the command itself."""
    try:
        return "\n".join(connect_anew_lines(read_settings(), None, token))
    except AppError as error:
        return f"refused: {error}"


def start_server() -> None:
    """As far as a server goes that is started with the settings of the environment."""
    settings = read_settings()
    migrate(settings)

    async def take_in(database: Database) -> None:
        await Given(database, read_account(settings), secret_key(settings), Clock()).take_in()

    asyncio.run(on_database(settings, take_in))


def test_a_token_of_another_page_is_not_kept_and_whose_it_is_is_said(meta: AtMeta) -> None:
    start_server()
    said = connect_anew(OTHER_TOKEN)
    assert said.startswith(
        f"refused: The token belongs to Second ({OTHER_PAGE}), not to Page {PAGE}. It is not kept. Generate"
    )
    assert subscribed(meta)[0] == set(), "nothing was done in its name"
    assert [each.token for each in read_account_now(read_settings()).pages.values()] == [TOKEN]


def test_a_token_that_the_server_would_pass_over_is_not_kept(
    meta: AtMeta, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_server()
    for name in ("SECRET_KEY", "PAGE_TOKEN"):
        with monkeypatch.context() as here:
            here.setenv(f"FRONTDESK_{name}", "another-1-0123456789-abcdefghijklmnop")
            said = connect_anew(TOKEN)
        assert said.startswith("refused: The server was started with another SECRET_KEY, or another token")
    assert connect_anew(TOKEN).startswith(f"Page {PAGE}: the new token is kept")
    cannot_be_opened = "connect --new-token was given cannot be opened: SECRET_KEY is another one"
    assert cannot_be_opened not in run(["doctor"], capsys).out
    monkeypatch.setenv("FRONTDESK_SECRET_KEY", "another-1-0123456789-abcdefghijklmnop")
    assert cannot_be_opened in run(["doctor"], capsys).out


def test_without_a_database_a_new_token_is_not_even_tried(meta: AtMeta) -> None:
    assert connect_anew(TOKEN).endswith("A server makes it when it starts.")
    assert subscribed(meta)[0] == set()
