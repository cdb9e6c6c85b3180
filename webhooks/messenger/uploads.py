"""Files that Messenger has already: sent again by the id that it gave them, so that it need not fetch them from the shop each time.

https://developers.facebook.com/documentation/business-messaging/messenger-platform (attachment upload, 2026-03-18)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webhooks.messenger.limits import UPLOAD_REUSE_SECONDS, UPLOADS_MAX

Name = tuple[str, str, str]
"""Page, kind, address."""


@dataclass(slots=True)
class Uploads:
    """The ids of one process, the latest used last; an older address is fetched anew, in case its file changed."""

    _known: OrderedDict[Name, tuple[str, float]] = field(default_factory=OrderedDict)

    def fill_in(self, page_id: str, rendered: dict[str, Any], now: float) -> Name | None:
        """Put the id in the place of an address that is known, else ask to be given one. The file's name; None where there is none."""
        if (attachment := _attachment_of(rendered)) is None:
            return None
        name = (page_id, attachment["type"], attachment["payload"]["url"])
        known = self._known.get(name)
        if known and now < known[1]:
            self._known.move_to_end(name)
            attachment["payload"] = {"attachment_id": known[0]}
        else:
            self._known.pop(name, None)
            attachment["payload"] = {"url": name[2], "is_reusable": True}
        return name

    def note(self, name: Name, answer: Mapping[str, Any], now: float) -> None:
        """What Messenger called the file."""
        attachment_id = answer.get("attachment_id")
        if type(attachment_id) is str and attachment_id and name not in self._known:
            self._known[name] = attachment_id, now + UPLOAD_REUSE_SECONDS
            while len(self._known) > UPLOADS_MAX:
                self._known.popitem(last=False)

    def forget(self, name: Name) -> bool:
        """Messenger does not know the id any more; whether it was one of ours."""
        return self._known.pop(name, None) is not None


def _attachment_of(rendered: Mapping[str, Any]) -> dict[str, Any] | None:
    """The attachment of a message that is a file at an address."""
    attachment = rendered["message"].get("attachment")
    is_file = (
        isinstance(attachment, dict) and "url" in attachment.get("payload", {}) and attachment["type"] != "template"
    )
    return attachment if is_file else None
