"""What a controller may order, typed. Values only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import AppError
from webhooks.simulator.limits import CUSTOMER_CHARS_MAX

CUSTOMER = rf"^[A-Za-z0-9_.\-]{{1,{CUSTOMER_CHARS_MAX}}}$"
Refusal = Literal["blocked", "left", "stopped", "cannot_receive", "region", "not_approved"]


class BadOrderError(AppError):
    """An order that cannot be carried out as it was written."""

    status = 422


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @classmethod
    def read(cls, value: dict[str, Any]) -> Any:
        """The order, or BadOrderError that names every wrong field."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'order'}: {each['msg']}" for each in error.errors())
            raise BadOrderError(f"This order is not understood: {wrong}.") from error


class ForPage(Order):
    """`page` may be left out when there is one only."""

    page: str = ""


class ForCustomer(ForPage):
    customer: str = Field("", pattern=f"{CUSTOMER}|^$")
    name: str = Field("", max_length=100)


class Feedback(Order):
    """A form filled in: the last one that was sent, or the one of `mid`."""

    mid: str | None = None
    score: int
    text: str = Field("", max_length=2_000)


class Rating(Order):
    """The thumb under a message of the bot's."""

    mid: str | None = None
    good: bool


class CommentOrder(Order):
    """A comment under a post, a post on the Page's wall without `post_id`, a change to a comment, or its end.

    `parent_id`: the comment that it answers. `by_page`: the Page itself wrote it.
    """

    text: str = Field("", max_length=8_000)
    post_id: str | None = None
    parent_id: str | None = None
    comment_id: str | None = None
    verb: Literal["add", "edited", "remove"] = "add"
    by_page: bool = False


class Say(ForCustomer):
    """One thing a customer does. `item` is any other webhook item: its keys are put beside sender, recipient and timestamp.

    `tap`: a title on the screen, a payload on it, or an object with `payload` and `title` for a tap that was never offered.
    `message`: more keys of the message, as `commands`. `optin`, `account_linking`: in Meta's form.
    `block`: nothing reaches the customer any more; true, false, or why. `seen`: how far the customer read, for a Messenger without
    receipts: a message's id, or true for everything.
    """

    text: str | None = None
    tap: str | dict[str, Any] | None = None
    attachment: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] | None = None
    message: dict[str, Any] | None = None
    unsupported: Literal[True] | None = None
    referral: dict[str, Any] | str | None = None
    reaction: dict[str, Any] | str | None = None
    edit: dict[str, Any] | None = None
    unsend: str | bool | None = None
    seen: str | bool | None = None
    optin: dict[str, Any] | None = None
    feedback: Feedback | None = None
    rating: Rating | None = None
    account_linking: dict[str, Any] | None = None
    coupon: str | bool | None = None
    comment: CommentOrder | None = None
    block: bool | Refusal | None = None
    item: dict[str, Any] | None = None
    field: str = "messages"
    reply_to: str | None = None
    timestamp: int | None = None


class StaffReply(ForCustomer):
    """`control`: whether the inbox takes the thread before it answers; without, another app's or a person's echo comes alone."""

    text: str = Field(min_length=1, max_length=2_000)
    control: bool = True
    app_id: str | None = None


class ControlOrder(ForCustomer):
    """Another app does something with the thread: the Page's inbox unless `app_id` names one.

    `to_app_id`: whom it passes the thread to; the bot's app unless it is said.
    """

    control: Literal["take", "pass", "request", "release"]
    app_id: str | None = None
    to_app_id: str | None = None
    metadata: str = ""


class PolicyOrder(ForPage):
    action: Literal["warning", "block", "unblock"]
    reason: str = ""


class RolesOrder(ForPage):
    roles: dict[str, list[str]]


class TemplateOrder(ForPage):
    """A utility template is reviewed; one that does not exist yet is made with `text` as its body."""

    template: str = Field(min_length=1)
    language: str = "en"
    event: Literal["APPROVED", "REJECTED", "PENDING", "PAUSED", "DISABLED"] = "APPROVED"
    text: str = ""
    reason: str = ""


class TestOrder(Order):
    """The dashboard's test button: the field whose sample is posted."""

    field: str = "messages"


class FaultOrder(Order):
    """`kind` `clear` ends every fault, or those of the kind `which`."""

    kind: str
    which: str | None = None
    rate: float = Field(1.0, ge=0, le=1)
    after: int = Field(0, ge=0)
    times: int | None = Field(None, ge=1)
    seconds: float = Field(0.0, ge=0, le=600)
    delivered: bool = False
    code: int = 100
    subcode: int | None = None
    status: int = Field(400, ge=400, le=599)
    percent: int = Field(90, ge=0, le=1_000)
    minutes: int = Field(0, ge=0, le=100_000)
    page: str | None = None
    customer: str | None = None


class ClockOrder(Order):
    """`now`: move Meta's clock there; `advance`: so many seconds, also backwards; `shift`: so far ahead of the machine's."""

    now: datetime | None = None
    advance: float | None = Field(None, ge=-1e9, le=1e9)
    shift: float | None = Field(None, ge=-1e9, le=1e9)


class PageOrder(Order):
    """How Meta has a Page; what is left out stays. Seconds from now on, negative ones ago. `token`: it was given a new one."""

    page: str = ""
    published: bool | None = None
    scopes: tuple[str, ...] | None = None
    token_expires_in: float | None = Field(None, ge=-1e9, le=1e9)
    data_access_expires_in: float | None = Field(None, ge=-1e9, le=1e9)
    revoked: bool | None = None
    token_app_id: str | None = None
    token: str | None = Field(None, min_length=1, max_length=500)
    usage: int | None = Field(None, ge=0, le=1_000)


class AppOrder(Order):
    """How Meta has the app; what is left out stays. With `callback_url` it is subscribed there, to these `fields`."""

    privacy_policy_url: str | None = None
    data_deletion_url: str | None = None
    unknown_fields: tuple[str, ...] | None = None
    callback_url: str | None = None
    fields: tuple[str, ...] = ()
    active: bool = True


class Raw(Order):
    """A webhook body: text is sent as it is, JSON in Meta's escaped form.

    `signature`: this one instead of the right one, empty for none.
    """

    body: Any = None
    signature: str | None = None
