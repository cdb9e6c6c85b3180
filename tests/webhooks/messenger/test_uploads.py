"""Files that Messenger has already, for how long their ids are trusted, and by whom they are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.store import uploads as stored
from app.store.database import open_database
from app.store.migrate import migrate
from app.store.uploads import Upload
from webhooks.messenger.limits import UPLOAD_REUSE_SECONDS, UPLOADS_MAX
from webhooks.messenger.uploads import Uploads

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


async def sent(
    uploads: Uploads, after: float, attachment_id: str, url: str = "https://a.example/i", content: str = ""
) -> Any:
    """The payload with which a picture leaves some seconds after NOW; Messenger calls it `attachment_id`."""
    rendered: dict[str, Any] = {"message": {"attachment": {"type": "image", "payload": {"url": url}}}}
    now = NOW + timedelta(seconds=after)
    name = await uploads.fill_in("p", rendered, now, content)
    assert name
    await uploads.note(name, {"attachment_id": attachment_id}, now)
    return rendered["message"]["attachment"]["payload"]


async def test_an_old_id_gives_way_to_the_new_one() -> None:
    uploads = Uploads()
    moments = (0.0, 1.0, UPLOAD_REUSE_SECONDS, UPLOAD_REUSE_SECONDS + 1.0)
    payloads = [await sent(uploads, moment, f"a{number}") for number, moment in enumerate(moments)]
    assert [each.get("attachment_id") for each in payloads] == [None, "a0", None, "a2"]


async def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    uploads = Uploads()
    for number in range(UPLOADS_MAX):
        await sent(uploads, 0.0, f"a{number}", f"https://cdn.example/{number}")
    assert await sent(uploads, 1.0, "x", "https://cdn.example/0") == {"attachment_id": "a0"}
    await sent(uploads, 2.0, "new", "https://cdn.example/new")
    assert await sent(uploads, 3.0, "x", "https://cdn.example/0") == {"attachment_id": "a0"}
    assert "url" in await sent(uploads, 3.0, "x", "https://cdn.example/1")


async def test_a_template_and_a_text_are_no_files() -> None:
    template = {"type": "template", "payload": {"template_type": "generic", "url": "https://cdn.example"}}
    for message in ({"text": "Hi"}, {"attachment": template}):
        assert await Uploads().fill_in("p", {"message": message}, NOW) is None


async def test_the_same_content_is_known_for_months_whatever_its_address() -> None:
    uploads, day = Uploads(), 24 * 3600.0
    await sent(uploads, 0.0, "a0", "https://desk.example/files/one.png", "c0ffee")
    again = await sent(uploads, 80 * day, "x", "https://desk.example/files/two.png", "c0ffee")
    assert again == {"attachment_id": "a0"}
    assert "url" in await sent(uploads, 90 * day, "x", "https://desk.example/files/two.png", "c0ffee")


async def test_another_process_knows_it_and_what_messenger_forgot_is_known_to_nobody(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'uploads.db'}")
    try:
        first = Uploads(database)
        assert "url" in await sent(
            first, 0.0, "a0"
        )  # before there is a table: by its address, and nothing else happens
        await migrate(database)
        assert "url" in await sent(Uploads(database), 0.0, "a1")
        second = Uploads(database)
        assert await sent(second, 1.0, "x") == {"attachment_id": "a1"}
        rendered = {"message": {"attachment": {"type": "image", "payload": {"url": "https://a.example/i"}}}}
        name = await second.fill_in("p", rendered, NOW)
        assert name
        assert await second.forget(name)
        assert not await second.forget(await _new_name(second))
        assert "url" in await sent(Uploads(database), 2.0, "x")
    finally:
        await database.close()


async def _new_name(uploads: Uploads) -> Any:
    rendered = {"message": {"attachment": {"type": "image", "payload": {"url": "https://a.example/i"}}}}
    return await uploads.fill_in("p", rendered, NOW)


async def test_of_too_many_the_oldest_go(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'uploads.db'}")
    try:
        await migrate(database)
        many = [
            {
                "page_id": "p",
                "kind": "image",
                "name": f"{number}",
                "attachment_id": "a",
                "since": NOW + timedelta(seconds=number),
            }
            for number in range(stored.MOST)
        ]
        await database.transaction(lambda connection: connection.execute(stored.uploads.insert(), many))
        newest = Upload("p", "image", "new", "a", NOW + timedelta(days=1))
        await database.transaction(lambda connection: stored.keep(connection, newest))
        found = [await database.read(lambda each: stored.find(each, "p", "image", name)) for name in ("0", "1", "new")]  # noqa: B023
        assert [each is not None for each in found] == [False, True, True]
    finally:
        await database.close()
