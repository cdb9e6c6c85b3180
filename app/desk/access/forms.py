"""What may be typed on the pages of this room."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.pages.forms import Form


class SignIn(Form):
    email: str
    password: str
    next: str = ""


class Code(Form):
    code: str
    next: str = ""


class Confirm(Form):
    password: str
    next: str = ""


class Forgotten(Form):
    email: str


class Join(Form):
    password: str
    name: str = ""
    email: str = ""


class ChangePassword(Form):
    old: str
    new: str


class SecondFactor(Form):
    salt: str
    code: str


class ShowName(Form):
    shown: bool


class PushTarget(Form):
    """As the browser's `PushSubscription` has it."""

    endpoint: str = Field(max_length=1_000)
    p256dh: str = Field(max_length=100)
    auth: str = Field(max_length=30)


class Nothing(Form):
    """A button alone."""


class Rights(Form):
    """`pages` counts only with `reach` some."""

    name: str
    role: Literal["staff", "owner"]
    reach: Literal["all", "some"]
    pages: tuple[str, ...] = ()


class Invitation(Rights):
    email: str
