"""Settings: read once, checked, told in one line without a secret."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.errors import SettingsError
from app.settings import (
    Settings,
    app_secrets,
    example_folder,
    load_settings,
    pages,
    read_settings,
    secret_key,
    sqlite_file,
)

SECRET = "hunter2-hunter2"
KEY = "q8Zt3nRv6Kx1Lw9Yb4Mc7Pd2Hf5Gj0Ss"
ACCOUNT = {
    "PAGE_ID": "1001",
    "PAGE_TOKEN": "page-token",
    "APP_ID": "2002",
    "APP_SECRET": "new, old",
    "VERIFY_TOKEN": "word",
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
        monkeypatch.delenv(name)


def env_file(folder: Path, **values: str) -> Path:
    path = folder / ".env"
    path.write_text("".join(f"FRONTDESK_{name}={value}\n" for name, value in values.items()))
    return path


def refusal(folder: Path, **values: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read_settings(env_file(folder, **values))
    return str(refused.value)


def test_nothing_given_gives_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none") == Settings()


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PAGE_ID", "7")
    settings = read_settings(env_file(tmp_path, PAGE_ID="8", APP_ID="9"))
    assert (settings.page_id, settings.app_id) == ("7", "9")


def test_settings_made_by_hand_read_nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PAGE_ID", "7")
    assert Settings().page_id == ""


def test_an_empty_variable_counts_as_not_given(tmp_path: Path) -> None:
    assert read_settings(env_file(tmp_path, RETENTION_DAYS="", GRAPH_URL="")) == Settings()


def test_variables_of_others_with_our_prefix_are_left_alone(tmp_path: Path) -> None:
    assert read_settings(env_file(tmp_path, SERVICE_HOST="10.0.0.1")) == Settings()


def test_everything_missing_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(env_file(tmp_path, PAGE_ID="1", PAGE_TOKEN="x", APP_ID="2"))
    assert str(refused.value).startswith("FRONTDESK_APP_SECRET and FRONTDESK_VERIFY_TOKEN are missing. Set them")
    assert "\n" not in str(refused.value)


def test_one_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^FRONTDESK_APP_SECRET is missing\. Set"):
        load_settings(env_file(tmp_path, **{**ACCOUNT, "APP_SECRET": ""}))


def test_a_complete_account_is_read(tmp_path: Path) -> None:
    settings = load_settings(env_file(tmp_path, **ACCOUNT))
    assert app_secrets(settings) == (b"new", b"old")
    (page,) = pages(settings)
    assert (page.page_id, page.flows, page.token) == ("1001", Path("flows"), "page-token")


WRONG = [
    ("DATABASE_URL", f"mysql://u:{SECRET}@host/db", "use sqlite"),
    ("DATABASE_URL", "sqlite+aiosqlite://", "use sqlite"),
    ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "use sqlite"),
    ("PAGE_ID", "my page", "the number that Meta shows"),
    ("APP_FEATURES", "human_agent,all", "'human_agent' or 'utility_messages'"),
    ("MESSAGES_A_MINUTE", "0", "greater than or equal to 1"),
    ("HANDOFF_TO", "inbox", "'desk' or 'page_inbox'"),
    ("PERSON_SILENCES_HOURS", "-1", "greater than or equal to 0"),
    ("GRAPH_URL", "http://graph.example", "https://"),
    ("GRAPH_URL", f"https://u:{SECRET}@graph.example", "https://"),
    ("GRAPH_URL", "https://graph.example:99999", "https://"),
    ("PUBLIC_URL", "shop.example", "https://"),
    ("SECRET_KEY", SECRET, "at least 32 random characters"),
    ("SECRET_KEY", "a" * 40, "instead of a word"),
    ("SECRET_KEY", "please-changeme-to-something-unique-1234", "instead of a word"),
    ("APP_SECRET", f"{SECRET} {SECRET}", "without blanks"),
    ("RETENTION_DAYS", "soon", "valid integer"),
    ("RETENTION_DAYS", "0", "greater than or equal to 1"),
    ("LOOK_UP_AFTER_SECONDS", "8,2", "rising seconds"),
    ("LOOK_UP_AFTER_SECONDS", "2,x", "valid number"),
    ("LOOK_UP_AFTER_SECONDS", "nan", "rising seconds"),
    ("WORKER_DEAD_SECONDS", "2", "three times"),
    ("ECHO_GRACE_SECONDS", "-1", "greater than or equal to 0"),
    ("LOG_FORMAT", "xml", "'auto', 'json' or 'text'"),
]


@pytest.mark.parametrize(("name", "value", "accepted"), WRONG)
def test_a_wrong_value_names_the_variable_and_what_is_accepted(
    tmp_path: Path, name: str, value: str, accepted: str
) -> None:
    said = refusal(tmp_path, **{name: f"'{value}'"})
    assert said.startswith(f"FRONTDESK_{name} is wrong: ")
    assert accepted in said
    assert "\n" not in said


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, value, _ in WRONG if SECRET in value])
def test_a_wrong_secret_is_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    assert SECRET not in refusal(tmp_path, **{name: f"'{value}'"})


def test_a_file_that_is_no_text_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"FRONTDESK_PAGE_ID=\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / ".env")


def test_no_secret_is_shown(tmp_path: Path) -> None:
    values = {**ACCOUNT, "SECRET_KEY": KEY, "CALL_SECRET_SHOP": SECRET, "METRICS_TOKEN": SECRET, "APP_SECRET": SECRET}
    settings = load_settings(
        env_file(tmp_path, **values, DATABASE_URL=f"postgresql://u:{SECRET}@h/d", PAGE_TOKEN_OLD="x")
    )
    shown = f"{settings!r} {settings} {pages(settings)!r}"
    assert not [each for each in (SECRET, KEY, "page-token") if each in shown]


def test_call_secrets_are_gathered_by_name(tmp_path: Path) -> None:
    settings = read_settings(
        env_file(tmp_path, CALL_SECRET_SHOP="a", CALL_SECRET_STOCK="b", CALL_HOSTS="api.example, b.example")
    )
    assert {name: value.get_secret_value() for name, value in settings.call_secrets.items()} == {
        "SHOP": "a",
        "STOCK": "b",
    }
    assert settings.call_hosts == ("api.example", "b.example")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().page_id = "7"  # type: ignore[misc]


# ---- several Pages -----------------------------------------------------------------------------------------


def pages_of(folder: Path, text: str | bytes) -> Settings:
    (folder / "pages.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Settings(pages=folder / "pages.yaml")


def test_pages_are_read_from_a_file_relative_to_it(tmp_path: Path) -> None:
    settings = pages_of(
        tmp_path, "0123:\n  flows: shop\n  token: t1\n45:\n  flows: ../other\n  token: t2\n  app_secret: a, b\n"
    )
    first, second = pages(settings)
    assert (first.page_id, first.flows, first.token, first.app_secrets) == ("0123", tmp_path / "shop", "t1", ())
    assert (second.page_id, second.app_secrets) == ("45", (b"a", b"b"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no Pages"),
        ("- 1\n- 2\n", "holds no Pages"),
        (f"12: {{token: {SECRET}, flows: x}}\n34: [", "line 2 is not YAML"),
        (f"12:\n  token: {SECRET}\n", "flows is missing or wrong"),
        ("12:\n  flows: shop\n", "token is missing or wrong"),
        (f"12:\n  flows: shop\n  token: {SECRET} x\n", "token is missing or wrong"),
        (f"12:\n  flows: shop\n  tokn: {SECRET}\n", "words that are not known"),
        ("my page:\n  flows: shop\n  token: x\n", "id is not one"),
        ("12: shop\n", "words that are not known"),
        (b"\xff\xfe", "cannot be read"),
        ("12:\n  flows: a\n  token: x\n12:\n  flows: b\n  token: y\n", "is not YAML"),
        ("[" * 1_500, "is not YAML"),
        ("#" * 1_100_000, "holds no Pages"),
    ],
)
def test_a_wrong_pages_file_is_told_in_one_line_without_its_secrets(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        pages(pages_of(tmp_path, text))
    assert str(refused.value).startswith("FRONTDESK_PAGES: pages.yaml")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_pages_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pages\.yaml cannot be read"):
        pages(Settings(pages=tmp_path / "pages.yaml"))


# ---- the secret key ----------------------------------------------------------------------------------------


def at(folder: Path, key: str | None = None) -> Settings:
    address = f"sqlite+aiosqlite:///{folder / 'shop.db'}?x=1"
    return Settings(database_url=SecretStr(address), secret_key=SecretStr(key) if key else None)


def test_a_given_key_is_used_and_not_kept(tmp_path: Path) -> None:
    assert secret_key(at(tmp_path, KEY)) == KEY.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_kept_beside_the_database(tmp_path: Path) -> None:
    made = secret_key(at(tmp_path))
    assert len(made) >= 32
    assert secret_key(at(tmp_path)) == made
    assert [path.name for path in tmp_path.iterdir()] == ["shop.key"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_kept_key_is_for_its_owner_only(tmp_path: Path) -> None:
    secret_key(at(tmp_path))
    assert stat.S_IMODE((tmp_path / "shop.key").stat().st_mode) == 0o600


def test_two_databases_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert secret_key(at(tmp_path / "a")) != secret_key(at(tmp_path / "b"))


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    barrier, found = threading.Barrier(8), []

    def start() -> None:
        barrier.wait()
        found.append(secret_key(at(tmp_path)))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_postgresql_needs_a_given_key() -> None:
    settings = Settings(database_url=SecretStr("postgresql+asyncpg://u:p@host/db"))
    assert sqlite_file(settings) is None
    with pytest.raises(SettingsError, match=r"^FRONTDESK_SECRET_KEY is missing: with PostgreSQL it must be given"):
        secret_key(settings)


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.key").write_text("short")
    with pytest.raises(SettingsError, match=r"shop\.key beside the database holds no good key"):
        secret_key(at(tmp_path))


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be kept in shop\.key") as refused:
        secret_key(at(tmp_path / "nowhere"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("sqlite+aiosqlite:///frontdesk.db", Path("frontdesk.db")),
        ("sqlite+aiosqlite:////var/lib/shop.db", Path("/var/lib/shop.db")),
        ("sqlite+aiosqlite:///C:/shop/shop.db", Path("C:/shop/shop.db")),
    ],
)
def test_the_database_file_is_found_in_its_address(address: str, file: Path) -> None:
    assert sqlite_file(Settings(database_url=SecretStr(address))) == file


def test_the_example_bot_is_found() -> None:
    assert (example_folder() / "bot.yaml").is_file()


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("PAGE_TOKN", "PAGE_TOKEN"),
        ("APP_SECRETS", "APP_SECRET"),
        ("DATABASEURL", "DATABASE_URL"),
        ("VERIFYTOKEN", "VERIFY_TOKEN"),
    ],
)
def test_a_misspelt_setting_is_told_with_the_one_that_was_meant(misspelt: str, meant: str, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(f"FRONTDESK_{misspelt}=planted-value\n")
    with pytest.raises(
        SettingsError, match=f"FRONTDESK_{misspelt} is no setting. Did you mean FRONTDESK_{meant}"
    ) as raised:
        read_settings(env)
    assert "planted" not in str(raised.value)


def test_names_that_are_like_no_setting_are_left_alone(tmp_path: Path) -> None:
    """Kubernetes sets FRONTDESK_PORT and others for a service of our name."""
    env = tmp_path / ".env"
    env.write_text(
        "FRONTDESK_PORT=tcp://10.0.0.1:80\nFRONTDESK_SERVICE_HOST=10.0.0.1\nFRONTDESK_TEST_ALL=1\nFRONTDESK_CALL_SECRET_SHOP=x\n"
    )
    assert read_settings(env).flows == Path("flows")


@pytest.mark.parametrize("proxies", ["everybody", "10.0.0.1/8", "0.0.0.0/0", "::/0", "127.0.0.1;10.0.0.1"])
def test_only_real_addresses_of_proxies_are_taken(tmp_path: Path, proxies: str) -> None:
    assert refusal(tmp_path, TRUSTED_PROXIES=proxies).startswith("FRONTDESK_TRUSTED_PROXIES is wrong: use ")
    good = read_settings(env_file(tmp_path, TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8"))
    assert good.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_IDLE_HOURS", "0"),
        ("SESSION_HOURS", "9999"),
        ("SECOND_FACTOR", "never"),
        ("SMTP_PORT", "0"),
        ("SMTP_SECURITY", "ssl3"),
        ("MAIL_FROM", "nobody"),
        ("OIDC_ISSUER", "http://login.shop.example"),
        ("OIDC_ISSUER", "login.shop.example"),
    ],
)
def test_wrong_settings_of_the_desk_are_told(tmp_path: Path, name: str, value: str) -> None:
    assert refusal(tmp_path, **{name: value}).startswith(f"FRONTDESK_{name} is wrong: ")
