"""Uploads by address and as a form, how long their ids live, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.webhooks.simulator.kit import PAGE, TOKEN, Table, error_of, eventually
from tests.webhooks.simulator.samples import PICTURE, media
from webhooks.simulator.limits import UPLOAD_BYTES_MAX

DAY_SECONDS = 24 * 3600
PIXELS = b"\x89PNG\r\n\x1a\n--\r\n\r\nnot quite a picture\r\n"


async def upload(table: Table, kind: str = "image", url: str = PICTURE, **payload: Any) -> httpx.Response:
    message = {"attachment": {"type": kind, "payload": {"url": url, **payload}}}
    return await table.graph("POST", f"{PAGE}/message_attachments", message=message)


async def upload_file(table: Table, data: bytes, media_type: str = "image/png", kind: str = "image") -> httpx.Response:
    message = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
    return await table.http.post(
        f"{table.url}/v26.0/me/message_attachments",
        data={"message": json.dumps(message)},
        files={"filedata": ("p.png", data, media_type)},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


async def test_a_reusable_upload_can_be_sent_again_and_again_for_ninety_days(table: Table) -> None:
    attachment_id = (await upload(table, is_reusable=True)).json()["attachment_id"]
    for _ in range(2):
        await table.say(text="hi")
        assert (await table.send(media(attachment_id=attachment_id))).status_code == 200
    assert (await table.thread())["messages"][-1]["attachments"][0]["payload"]["url"] == PICTURE
    await table.control("clock", advance=90 * DAY_SECONDS + 60)
    await table.say(text="hi")
    assert error_of(await table.send(media(attachment_id=attachment_id))) == (100, 2018074)


async def test_an_upload_that_is_not_reusable_can_be_sent_once(table: Table) -> None:
    await table.say(text="hi")
    attachment_id = (await upload(table)).json()["attachment_id"]
    answers = [await table.send(media(attachment_id=attachment_id)) for _ in range(2)]
    assert answers[0].status_code == 200
    assert error_of(answers[1]) == (100, 2018074)


async def test_a_reusable_file_of_a_send_gets_an_id_too(table: Table) -> None:
    await table.say(text="hi")
    answer = (await table.send(media(url=PICTURE, is_reusable=True))).json()
    assert (await table.send(media(attachment_id=answer["attachment_id"]))).status_code == 200


async def test_an_upload_stands_in_a_media_template_and_in_a_message_of_several_images(table: Table) -> None:
    await table.say(text="hi")
    attachment_id = (await upload(table, is_reusable=True)).json()["attachment_id"]
    element = {"media_type": "image", "attachment_id": attachment_id}
    template = {"type": "template", "payload": {"template_type": "media", "elements": [element]}}
    assert (await table.send({"attachment": template})).status_code == 200
    several = [{"type": "image", "payload": {"attachment_id": attachment_id}}] * 2
    assert (await table.send({"attachments": several})).status_code == 200
    await eventually(lambda: len(table.bot.echoes()) == 2)
    assert table.bot.echoes()[0]["attachments"][0]["payload"]["elements"][0]["url"] == PICTURE
    assert [each["payload"]["url"] for each in table.bot.echoes()[1]["attachments"]] == [PICTURE] * 2


async def test_a_file_in_a_form_is_kept_byte_by_byte(table: Table) -> None:
    await table.say(text="hi")
    attachment_id = (await upload_file(table, PIXELS)).json()["attachment_id"]
    await table.send(media(attachment_id=attachment_id))
    url = (await table.thread())["messages"][-1]["attachments"][0]["payload"]["url"]
    assert (await table.http.get(url)).content == PIXELS


@pytest.mark.parametrize(
    ("kind", "url", "subcode"),
    [
        ("hologram", PICTURE, 2018047),
        ("image", "file:///etc/passwd", 2018008),
        ("image", "https://nowhere.invalid/p.png", 2018008),
        ("image", "https://large.invalid/p.png", 36000),
        ("audio", "https://large.invalid/a.mp3", 2018109),
        ("video", "https://slow.invalid/v.mp4", 2018294),
    ],
)
async def test_an_upload_by_address_is_refused_with_its_reason(table: Table, kind: str, url: str, subcode: int) -> None:
    assert error_of(await upload(table, kind, url)) == (100, subcode)


async def test_a_file_in_a_form_is_refused_for_its_kind_and_its_size(table: Table) -> None:
    assert error_of(await upload_file(table, PIXELS, "application/pdf")) == (100, 2018047)
    assert error_of(await upload_file(table, b"x" * (UPLOAD_BYTES_MAX + 1))) == (100, 2018109)
    assert error_of(await upload_file(table, b"x" * (UPLOAD_BYTES_MAX + 10**6))) == (100, 2018109)
    assert (await upload_file(table, b"x" * UPLOAD_BYTES_MAX, "application/pdf", "file")).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"--", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--"]
)
async def test_a_broken_form_gets_an_error_and_never_a_crash(table: Table, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        headers = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"}
        answer = await table.http.post(f"{table.url}/v26.0/me/message_attachments", content=body, headers=headers)
        assert error_of(answer) == (100, None)
