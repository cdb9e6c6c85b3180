"""`frontdesk staff`: people are invited, listed and kept out from the command line, and the first owner gets a link."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import rooms
from app.cli import main
from app.errors import SettingsError
from app.settings import Settings
from app.store import audit
from app.store.database import open_database
from app.store.migrate import migrate


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database that the command line's settings name."""
    made = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": made, "PAGE_ID": "10001", "PAGE_TOKEN": "token"}.items():
        monkeypatch.setenv(f"FRONTDESK_{name}", value)
    asyncio.run(_migrate(made))
    return made


async def _audit(address: str) -> list[audit.Entry]:
    database = open_database(address)
    try:
        return (await database.read(lambda connection: audit.list_entries(connection, most=50)))[::-1]
    finally:
        await database.close()


async def _migrate(address: str) -> None:
    database = open_database(address)
    await migrate(database)
    await database.close()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["staff", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_people_are_invited_listed_and_kept_out(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "add", "Ada@Shop.example", "--name", "Ada", "--page", "10001")
    assert code == 0
    assert re.search(r"Give Ada this link.* three days:\n  http://127\.0\.0\.1:8000/join/[\w-]{44}\n", said)
    assert run(capsys, "add", "ada@shop.example", "--name", "Ada")[0] == 1
    assert run(capsys, "add", "nobody", "--name", "Ada") == (1, "This is not an e-mail address.\n")
    code, said = run(capsys, "add", "bob@shop.example", "--name", "Bob", "--page", "99")
    assert (code, said) == (1, "You cannot give rights for these Pages.\n")
    assert run(capsys, "add", "olga@shop.example", "--name", "Olga", "--owner")[0] == 0
    assert run(capsys, "list")[1].splitlines() == [
        "ada@shop.example  Ada  staff, Pages 10001, invited",
        "olga@shop.example  Olga  owner, all Pages, invited",
    ]
    assert run(capsys, "disable", "ada@shop.example")[0] == 0
    assert "disabled" in run(capsys, "list")[1]
    assert run(capsys, "invite", "ada@shop.example")[0] == 1
    assert run(capsys, "enable", "ada@shop.example")[0] == 0
    assert run(capsys, "invite", "ada@shop.example")[0] == 0
    assert run(capsys, "invite", "ada@shop.example", "--without-second-factor")[0] == 0
    assert [each.what for each in asyncio.run(_audit(address))][-2:] == ["second_factor_off", "staff_link_made"]
    code, said = run(capsys, "disable", "eve@shop.example")
    assert (code, "frontdesk staff list" in said) == (2, True)


def test_nobody_yet_is_said(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "list") == (0, "Nobody may sign in yet: frontdesk staff add.\n")


def test_a_server_without_an_owner_tells_how_to_become_it(address: str) -> None:
    settings = Settings(database_url=SecretStr(address))
    link = rooms.first_owner_link(settings, "http://0.0.0.0:8000")
    assert re.fullmatch(r"http://0\.0\.0\.0:8000/join/[\w-]{44}", link)
    public = settings.model_copy(update={"public_url": "https://desk.example"})
    assert rooms.first_owner_link(public, "http://0.0.0.0:8000").startswith("https://desk.example/join/")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"mail_from": "desk@shop.example"}, "PUBLIC_URL"),
        ({"public_url": "https://desk.example"}, "MAIL_FROM"),
        (
            {"public_url": "https://desk.example", "mail_from": "d@shop.example", "smtp_security": "none"},
            "SMTP_SECURITY",
        ),
    ],
)
def test_letters_that_could_not_be_sent_safely_stop_the_start(given: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        rooms.create_mailer(Settings.model_validate({"smtp_host": "mail.shop.example", **given}))


@pytest.mark.parametrize("missing", ["public_url", "oidc_client_id", "oidc_client_secret"])
def test_a_provider_without_all_that_it_needs_stops_the_start(missing: str) -> None:
    given = {
        "oidc_issuer": "https://login.shop.example/", "oidc_client_id": "us", "oidc_client_secret": "secret",
        "public_url": "https://desk.example",
    }  # fmt: skip
    openid = rooms.create_openid(Settings.model_validate(given))
    assert openid is not None
    assert openid.issuer == "https://login.shop.example"
    with pytest.raises(SettingsError, match=missing.upper()):
        rooms.create_openid(Settings.model_validate({name: value for name, value in given.items() if name != missing}))
