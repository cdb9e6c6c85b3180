"""Files that Messenger has already, and for how long their ids are trusted."""

from __future__ import annotations

from typing import Any

from webhooks.messenger.limits import UPLOAD_REUSE_SECONDS, UPLOADS_MAX
from webhooks.messenger.uploads import Uploads


def sent(uploads: Uploads, now: float, attachment_id: str, url: str = "https://cdn.example/i.jpg") -> dict[str, Any]:
    """The payload with which a picture leaves at `now`; Messenger calls it `attachment_id`."""
    rendered: dict[str, Any] = {"message": {"attachment": {"type": "image", "payload": {"url": url}}}}
    name = uploads.fill_in("p", rendered, now)
    assert name
    uploads.note(name, {"attachment_id": attachment_id}, now)
    payload: dict[str, Any] = rendered["message"]["attachment"]["payload"]
    return payload


def test_an_old_id_gives_way_to_the_new_one() -> None:
    uploads = Uploads()
    moments = (0.0, 1.0, UPLOAD_REUSE_SECONDS, UPLOAD_REUSE_SECONDS + 1.0)
    payloads = [sent(uploads, moment, f"a{number}") for number, moment in enumerate(moments)]
    assert [each.get("attachment_id") for each in payloads] == [None, "a0", None, "a2"]


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    uploads = Uploads()
    for number in range(UPLOADS_MAX):
        sent(uploads, 0.0, f"a{number}", f"https://cdn.example/{number}")
    assert sent(uploads, 1.0, "x", "https://cdn.example/0") == {"attachment_id": "a0"}
    sent(uploads, 2.0, "new", "https://cdn.example/new")
    assert sent(uploads, 3.0, "x", "https://cdn.example/0") == {"attachment_id": "a0"}
    assert "url" in sent(uploads, 3.0, "x", "https://cdn.example/1")


def test_a_template_and_a_text_are_no_files() -> None:
    template = {"type": "template", "payload": {"template_type": "generic", "url": "https://cdn.example"}}
    for message in ({"text": "Hi"}, {"attachment": template}):
        assert Uploads().fill_in("p", {"message": message}, 0.0) is None
