"""What is no message: uploads, comments under posts, consents, templates of utility messages. In memory, bounded, no I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from webhooks.simulator.limits import ATTACHMENTS_MAX, THINGS_MAX, UPLOAD_MS_MAX

Thing = TypeVar("Thing")


def keep(shelf: OrderedDict[str, Thing], name: str, thing: Thing, most: int = THINGS_MAX) -> None:
    """Put it on the shelf; the oldest goes when there are too many."""
    shelf[name] = thing
    if len(shelf) > most:
        shelf.popitem(last=False)


@dataclass(slots=True)
class Comment:
    """Somebody's comment under a post of the Page, or a post on it (`parent_id` empty). `replied`: its one private reply is used up."""

    comment_id: str
    page_id: str
    customer_id: str
    post_id: str
    parent_id: str
    text: str
    at_ms: int
    by_page: bool = False
    replied: bool = False
    gone: bool = False


@dataclass(slots=True)
class Consent:
    """A checkbox or a request for notifications that a customer agreed to. `key`: Page and customer."""

    key: tuple[str, str]
    at_ms: int
    stopped: bool = False


@dataclass(slots=True)
class UtilityTemplate:
    """A template of the Page. `status` is PENDING, APPROVED, REJECTED, PAUSED or DISABLED."""

    template_id: str
    name: str
    language: str
    components: list[dict[str, Any]]
    status: str = "PENDING"


@dataclass(slots=True)
class Upload:
    """An uploaded file as the attachment that shows it."""

    attachment: dict[str, Any]
    made_ms: int
    is_reusable: bool
    is_used: bool = False


class Uploads:
    """Uploaded files by id: for 90 days of Meta's clock; one that is not reusable once."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._kept: OrderedDict[str, Upload] = OrderedDict()

    def keep(self, attachment_id: str, attachment: dict[str, Any], *, is_reusable: bool) -> None:
        keep(self._kept, attachment_id, Upload(attachment, self._now_ms(), is_reusable), ATTACHMENTS_MAX)

    def __contains__(self, attachment_id: object) -> bool:
        found = self._kept.get(str(attachment_id))
        if found is None or self._now_ms() - found.made_ms > UPLOAD_MS_MAX:
            return False
        return found.is_reusable or not found.is_used

    def use(self, attachment_id: object) -> str:
        """The file's address, which may be unknown; an id that is not reusable is used up by this."""
        found = self._kept[str(attachment_id)]
        found.is_used = True
        return str((found.attachment.get("payload") or {}).get("url") or "")


@dataclass(slots=True)
class Things:
    """Everything of this kind. Templates are found by Page, name and language."""

    uploads: Uploads
    comments: OrderedDict[str, Comment] = field(default_factory=OrderedDict)
    user_refs: OrderedDict[str, Consent] = field(default_factory=OrderedDict)
    tokens: OrderedDict[str, Consent] = field(default_factory=OrderedDict)
    templates: dict[tuple[str, str, str], UtilityTemplate] = field(default_factory=dict)
    policy: dict[str, str] = field(default_factory=dict)
    """Page: what Meta did to it last (warning, block, unblock)."""
