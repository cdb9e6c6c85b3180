"""What a controller may order, typed. Values only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import AppError
from webhooks.simulator.limits import CUSTOMER_CHARS_MAX

CUSTOMER = rf"^[A-Za-z0-9_.\-]{{1,{CUSTOMER_CHARS_MAX}}}$"


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


class ForCustomer(Order):
    """`page` may be left out when there is one only."""

    page: str = ""
    customer: str = Field("", pattern=f"{CUSTOMER}|^$")
    name: str = Field("", max_length=100)


class Say(ForCustomer):
    """One thing a customer does. `item` is any other webhook item: its keys are put beside sender, recipient and timestamp.

    `tap`: a title on the screen, a payload on it, or an object with `payload` and `title` for a tap that was never offered.
    """

    text: str | None = None
    tap: str | dict[str, Any] | None = None
    attachment: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] | None = None
    referral: dict[str, Any] | str | None = None
    reaction: dict[str, Any] | str | None = None
    edit: dict[str, Any] | None = None
    unsend: str | bool | None = None
    block: bool | None = None
    item: dict[str, Any] | None = None
    field: str = "messages"
    reply_to: str | None = None
    timestamp: int | None = None


class StaffReply(ForCustomer):
    text: str = Field(min_length=1, max_length=2_000)


class FaultOrder(Order):
    kind: str
    rate: float = Field(1.0, ge=0, le=1)
    after: int = Field(0, ge=0)
    times: int | None = Field(None, ge=1)
    seconds: float = Field(0.0, ge=0, le=600)
    delivered: bool = False
    code: int = 100
    subcode: int | None = None
    status: int = Field(400, ge=400, le=599)
    page: str | None = None
    customer: str | None = None


class ClockOrder(Order):
    """`now`: move Meta's clock there; `advance`: so many seconds, also backwards."""

    now: datetime | None = None
    advance: float | None = Field(None, ge=-1e9, le=1e9)


class PageOrder(Order):
    """How Meta has a Page; what is left out stays. Seconds from now on, negative ones ago."""

    page: str = ""
    published: bool | None = None
    scopes: tuple[str, ...] | None = None
    token_expires_in: float | None = Field(None, ge=-1e9, le=1e9)
    data_access_expires_in: float | None = Field(None, ge=-1e9, le=1e9)
    revoked: bool | None = None
    token_app_id: str | None = None
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
