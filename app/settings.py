"""Every environment variable, typed; read once, handed on as values. Never prints a secret, and nothing else reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from app.chance import Chance
from app.errors import SettingsError
from app.settings_answers import AnswersSettings
from app.settings_desk import DeskSettings
from app.settings_work import WorkSettings

PREFIX = "FRONTDESK_"
CALL_SECRET_PREFIX = "CALL_SECRET_"  # noqa: S105 - the name of a setting, not a secret

SECRET_KEY_CHARS_MIN = 32
"""Fewer characters can be guessed by trying."""
SECRET_KEY_DIFFERENT_MIN = 10
"""A random key of 32 characters has about 20 different ones; `aaaa…` and `123123…` have few."""
KNOWN_DEFAULTS = (
    "changeme",
    "change-me",
    "change_me",
    "secret-key",
    "secretkey",
    "your-secret",
    "example",
    "insecure",
    "password",
)
"""Words of keys that were copied from a page and not replaced."""
RETENTION_DAYS_MAX = 3_650
"""Ten years; longer is a typing mistake."""
PERSON_HOURS_MAX = 24.0 * 30
"""A month; `0` is the word for ever."""
GATHER_SECONDS_MAX = 30.0
"""Nobody waits longer for an answer."""
WAIT_SECONDS_MAX = 3_600.0
"""Customers wait behind these times: an hour is a typing mistake."""
PAGES_BYTES_MAX = 1024 * 1024
"""A thousand Pages take about 300 kB."""
NEAR_ENOUGH = 0.85
"""From this likeness on a name is a misspelt setting: one or two letters of ten."""
LOOK_UPS_MAX = 10
"""Each look-up is a request of a scarce kind (two a second for a Page)."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRETS = re.compile(r"[\x21-\x7e]+([ ]*,[ ]*[\x21-\x7e]+)*")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CALL_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:=http://127\.0\.0\.1:[0-9]{1,5})?")


class Settings(AnswersSettings, DeskSettings, WorkSettings):
    """All settings. One made by hand takes what it is given and reads nothing from outside."""

    database_url: SecretStr = SecretStr("sqlite+aiosqlite:///frontdesk.db")
    """Where everything is kept: `sqlite+aiosqlite:///file.db`, or `postgresql+asyncpg://user:password@host/name`"""
    flows: Path = Path("flows")
    """Folder of the bot; for several Pages see `PAGES`"""
    page_id: str = ""
    """Id of the Page"""
    page_token: SecretStr | None = None
    """Access token of the Page"""
    app_id: str = ""
    """Id of the app at Meta; tells our own echoes from those of other apps"""
    app_secret: SecretStr | None = None
    """Secret of the app; several, comma separated and newest first, while it is being replaced"""
    verify_token: SecretStr | None = None
    """Any word you choose; the same one is entered at Meta with the webhook's address"""
    pages: Path | None = None
    """A YAML file for several Pages, instead of `FLOWS`, `PAGE_ID` and `PAGE_TOKEN`"""
    app_features: tuple[Literal["human_agent", "utility_messages"], ...] = ()
    """What Meta granted to the app in review, comma separated: `human_agent` (staff may answer for 7 days), `utility_messages`"""
    graph_url: str = "https://graph.facebook.com/v26.0"
    """Where the Send API is"""
    public_url: str = ""
    """How the outside reaches us; for links on cards that count clicks, and what Messenger gives to who asks for deletion"""
    secret_key: SecretStr | None = None
    """32 random characters or more, they sign taps and links; made and kept beside the SQLite file, must be given with PostgreSQL"""
    call_hosts: tuple[str, ...] = ()
    """Host names that `call` and product feeds may reach, comma separated"""
    call_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    """`CALL_SECRET_<NAME>`: a secret that `call` may put into a header as `<secret.NAME>`"""
    retention_days: int = Field(default=365, ge=1, le=RETENTION_DAYS_MAX)
    """Messages older than this are erased every night, and sessions of customers who were silent for as long"""
    echo_grace_seconds: float = Field(default=90.0, ge=0.0, le=WAIT_SECONDS_MAX)
    """How long to wait for the echo of a send of unknown outcome where it cannot be looked up"""
    gather_seconds: float = Field(default=0.0, ge=0.0, le=GATHER_SECONDS_MAX)
    """How long a customer's message waits for more of them, to be read as one; a tap is answered at once"""
    handoff_to: Literal["desk", "page_inbox"] = "desk"
    """Where handed-off conversations go: our `desk`, or the Page's own inbox at Meta (`page_inbox`)"""
    person_silences_hours: float = Field(default=24.0, ge=0.0, le=PERSON_HOURS_MAX)
    """How long a person who answered in the Page's own inbox keeps the bot silent; `0`: until the conversation is given back"""
    ask_names: bool = True
    """Ask Messenger once who a new customer is, for `<first_name>` and the language; nobody waits for it"""
    messages_a_minute: int = Field(default=20, ge=1)
    """How many messages of one customer are answered in a minute; more are written down, and told so once"""
    look_up_after_seconds: tuple[float, ...] = (2.0, 8.0)
    """When to look up a send of unknown outcome: rising seconds after it, comma separated"""
    log_format: Literal["auto", "json", "text"] = "auto"
    """`json`: one object a line; `text`: for people; `auto`: text in a terminal, else json"""
    log_events: bool = False
    """Log the way of every event: its delivery, its turn and each send, a line each with the same `trace`"""
    otlp_url: str = ""
    """Send the same as spans to the OpenTelemetry collector at this address, such as `http://localhost:4318`; needs the extra `otel`"""
    metrics_token: SecretStr | None = None
    """Lets other machines read `/metrics` with `Authorization: Bearer`; without it only this machine may"""

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: SecretStr) -> SecretStr:
        if not re.match(r"(sqlite(\+aiosqlite)?:///[^:]|postgresql(\+asyncpg)?://)", value.get_secret_value()):
            raise ValueError("use sqlite+aiosqlite:///file.db or postgresql+asyncpg://user:password@host/name")
        return value

    @field_validator("page_id", "app_id")
    @classmethod
    def _is_an_id(cls, value: str) -> str:
        if value and not _ID.fullmatch(value):
            raise ValueError("use the number that Meta shows, for example 104857600123456")
        return value

    @field_validator("graph_url", "public_url", "llm_url", "otlp_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        """Without a slash at the end. Tokens travel there: plain http only on this machine."""
        if not value:
            return value
        try:
            parts = urlsplit(value)
            safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            whole = bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or parts.username)
        except ValueError:
            safe = whole = False
        if not (safe and whole):
            raise ValueError("use an address that begins with https:// (http:// only for this machine), without ? or #")
        return value.rstrip("/")

    @field_validator("app_features", "call_hosts", "look_up_after_seconds", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("call_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_CALL_HOST.fullmatch(each) for each in value):
            raise ValueError("use host names, for example api.shop.example, api.shop.example:8443")
        return value

    @field_validator("look_up_after_seconds")
    @classmethod
    def _rises(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        rising = all(before < after for before, after in pairwise(value))
        if not (rising and len(value) <= LOOK_UPS_MAX and all(0 < each <= WAIT_SECONDS_MAX for each in value)):
            raise ValueError("use rising seconds, for example 2,8")
        return value

    @field_validator("app_secret", "verify_token", "page_token", "metrics_token", "llm_key")
    @classmethod
    def _is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        """A blank or a line break inside comes from copying and would only show as refused signatures."""
        if value and not _SECRETS.fullmatch(value.get_secret_value()):
            raise ValueError("use letters, digits and signs without blanks or line breaks")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value and (problem := _weakness(value.get_secret_value())):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _dead_is_later_than_a_beat(self) -> Settings:
        if self.worker_dead_seconds < 3 * self.worker_beat_seconds:
            raise ValueError(
                "FRONTDESK_WORKER_DEAD_SECONDS is wrong: use at least three times FRONTDESK_WORKER_BEAT_SECONDS"
            )
        return self


def load_settings(env_file: Path = Path(".env")) -> Settings:
    """Everything a connected bot needs. Raises SettingsError with one line that names what is missing or wrong."""
    settings = read_settings(env_file)
    needed = ["app_id", "app_secret", "verify_token"] + ([] if settings.pages else ["page_id", "page_token"])
    if missing := [PREFIX + name.upper() for name in needed if not getattr(settings, name)]:
        is_or_are = "is" if len(missing) == 1 else "are"
        raise SettingsError(
            f"{_listed(missing)} {is_or_are} missing.",
            "Set them in the environment or in a file named .env; README.md says where Meta shows them.",
        )
    return settings


def read_settings(env_file: Path = Path(".env")) -> Settings:
    """What is given, checked; nothing is needed. Raises SettingsError for a wrong value."""
    try:
        given = {**dotenv_values(env_file, interpolate=False), **os.environ}
        return Settings.model_validate(_ours(given))
    except ValidationError as error:
        raise SettingsError(" ".join(dict.fromkeys(_sentence(each) for each in error.errors()))) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{env_file.name} cannot be read.", "It must be a text file in UTF-8.") from None


def app_secrets(settings: Settings) -> tuple[bytes, ...]:
    """The app's secrets, the newest first; empty if none is given."""
    return split_secrets(settings.app_secret.get_secret_value() if settings.app_secret else "")


def split_secrets(listed: str) -> tuple[bytes, ...]:
    """`new, old` as bytes, in that order."""
    return tuple(part.strip().encode() for part in listed.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class PageSettings:
    """One connected Page. `app_secrets`: only where it belongs to another app than `APP_ID`'s."""

    page_id: str
    flows: Path
    token: str = field(repr=False)
    app_secrets: tuple[bytes, ...] = field(default=(), repr=False)


def pages(settings: Settings) -> tuple[PageSettings, ...]:
    """The connected Pages; folders in the PAGES file are relative to it. Raises SettingsError, one line, without a secret."""
    if settings.pages:
        return tuple(_page(settings.pages, page_id, values) for page_id, values in _pages_file(settings.pages).items())
    if not (settings.page_id and settings.page_token):
        return ()
    return (PageSettings(settings.page_id, settings.flows, settings.page_token.get_secret_value()),)


def _pages_file(path: Path) -> dict[str, Any]:
    """The file's mapping, every value a text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        text = path.read_bytes()[: PAGES_BYTES_MAX + 1].decode()
        read = YAML(typ="base", pure=True).load(text) if len(text) <= PAGES_BYTES_MAX else None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{PREFIX}PAGES: {path.name} cannot be read ({type(error).__name__}).") from None
    except (YAMLError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" line {line + 1}" if line is not None else ""
        raise SettingsError(f"{PREFIX}PAGES: {path.name}{where} is not YAML.", _PAGES_HINT) from None
    if not isinstance(read, dict) or not read or not all(isinstance(page_id, str) for page_id in read):
        raise SettingsError(f"{PREFIX}PAGES: {path.name} holds no Pages.", _PAGES_HINT)
    return read


_PAGES_HINT = "Write one block for each Page: its id, then flows, token and, if it belongs to another app, app_secret."


def _page(path: Path, page_id: str, values: Any) -> PageSettings:
    """One checked block of the PAGES file."""
    where = f"{PREFIX}PAGES: {path.name}, Page {page_id!a}"
    if not _ID.fullmatch(page_id):
        raise SettingsError(f"{PREFIX}PAGES: {path.name} has a Page whose id is not one.", _PAGES_HINT)
    if not isinstance(values, dict) or set(values) - {"flows", "token", "app_secret"}:
        raise SettingsError(f"{where} has words that are not known.", _PAGES_HINT)
    for name, needed in (("flows", True), ("token", True), ("app_secret", False)):
        value = values.get(name, "")
        if (
            not isinstance(value, str)
            or (needed and not value)
            or (name != "flows" and not _SECRETS.fullmatch(value or "-"))
        ):
            raise SettingsError(f"{where}: {name} is missing or wrong.", _PAGES_HINT)
    return PageSettings(
        page_id, path.parent / values["flows"], values["token"], split_secrets(values.get("app_secret", ""))
    )


def sqlite_file(settings: Settings) -> Path | None:
    """The database's file, or None with PostgreSQL."""
    scheme, _, path = settings.database_url.get_secret_value().partition(":///")
    return Path(path.partition("?")[0]) if scheme.startswith("sqlite") else None


def secret_key(settings: Settings) -> bytes:
    """The key that signs and encrypts: given, or made at the first start and kept beside the SQLite file, for its owner's eyes only.

    Raises SettingsError with PostgreSQL and no key: every process must have the same.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    database = sqlite_file(settings)
    if database is None:
        raise SettingsError(
            f"{PREFIX}SECRET_KEY is missing: with PostgreSQL it must be given.",
            f"Set {SECRET_KEY_CHARS_MIN} random characters or more, the same for every process.",
        )
    kept = database.with_suffix(".key")
    try:
        if not kept.exists():
            _keep_new_key(kept)
        key = kept.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{PREFIX}SECRET_KEY is missing and cannot be kept in {kept.name} beside the database ({type(error).__name__}).",
            "Set it, or make the database's folder writable.",
        ) from None
    if problem := _weakness(key):
        raise SettingsError(
            f"{kept.name} beside the database holds no good key: {problem}.", "Restore it from a backup."
        )
    return key.encode()


def _keep_new_key(kept: Path) -> None:
    """Written whole beside it, then linked: two processes that start together end with one key, and nobody reads half of one."""
    chance = Chance()
    draft = kept.with_name(f"{kept.name}.{chance.new_id()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{chance.new_id()}{chance.new_id()}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, kept)
    finally:
        draft.unlink()


def example_folder() -> Path:
    """The shipped example bot: `flows` in a checkout, the copy in an installed package."""
    here = Path(__file__).parent
    checkout = here.parent / "flows"
    return checkout if (checkout / "bot.yaml").is_file() else here / "example"


def _weakness(key: str) -> str:
    """What is wrong with a secret key, or nothing. Never repeats it."""
    if len(key) < SECRET_KEY_CHARS_MIN:
        return f"use at least {SECRET_KEY_CHARS_MIN} random characters"
    if len(set(key)) < SECRET_KEY_DIFFERENT_MIN or any(word in key.lower() for word in KNOWN_DEFAULTS):
        return "use random characters instead of a word that others know"
    return ""


def _ours(given: Mapping[str, str | None]) -> dict[str, Any]:
    """Our variables by field name; an empty one counts as not given, and strangers' are left alone."""
    ours = {
        name.removeprefix(PREFIX): value.strip() for name, value in given.items() if name.startswith(PREFIX) and value
    }
    _look_for_misspelt(ours)
    values: dict[str, Any] = {name: ours[name.upper()] for name in Settings.model_fields if ours.get(name.upper())}
    secrets = {
        name.removeprefix(CALL_SECRET_PREFIX): value
        for name, value in ours.items()
        if name.startswith(CALL_SECRET_PREFIX)
    }
    return {**values, "call_secrets": secrets}


def _look_for_misspelt(ours: Mapping[str, str]) -> None:
    """A name that is nearly a setting would be passed over in silence. Others are left alone: Kubernetes makes some of ours up."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(set(ours) - set(known)):
        if not name.startswith(CALL_SECRET_PREFIX) and (near := get_close_matches(name, known, 1, NEAR_ENOUGH)):
            raise SettingsError(f"{PREFIX}{name} is no setting.", f"Did you mean {PREFIX}{near[0]}?")


def _sentence(error: Any) -> str:
    """One sentence that names the variable and what is accepted, without the value."""
    accepted = re.sub(r"^Value error, |, unable to .*", "", str(error["msg"])).replace("Input should be", "use")
    if not error["loc"]:
        return f"{accepted}."
    name = str(error["loc"][0])
    return f"{PREFIX}{name.upper()} is wrong: {accepted}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
