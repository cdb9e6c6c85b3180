"""The forms of the desk, as values. Whatever is not listed here is refused."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.pages.forms import Form

KEY_CHARS_MAX = 64
TEXT_CHARS_MAX = 20_000
"""What comes in; how much of it may be sent is decided by the deed, in words."""


class DeedForm(Form):
    """Something done with a conversation, as it was seen at `epoch`. `to`: a person, a team or a state."""

    deed: Literal["take", "assign", "put_back", "hand_back", "resolve"]
    epoch: int = Field(ge=0, lt=2**31)
    to: str = Field(default="", max_length=200)


class TextForm(Form):
    """An answer, or a note. `form_key` is fresh in each form that is shown."""

    text: str = Field(max_length=TEXT_CHARS_MAX)
    form_key: str = Field(min_length=8, max_length=KEY_CHARS_MAX, pattern=r"^[\w-]+$")


class AnswerForm(TextForm):
    """An answer. `answers`: the line of the transcript that it answers, where it answers one."""

    answers: str = Field(default="", max_length=20, pattern=r"^(h\d+)?$")


class ProductsForm(Form):
    product: list[str] = Field(max_length=10)
    form_key: str = Field(min_length=8, max_length=KEY_CHARS_MAX, pattern=r"^[\w-]+$")


class SeqForm(Form):
    seq: int = Field(ge=1, lt=2**53)


class LookForm(Form):
    types: bool = False


class AwayForm(Form):
    away: bool


class CannedForm(Form):
    page: str = Field(max_length=100)
    name: str = Field(max_length=200)
    text: str = Field(max_length=TEXT_CHARS_MAX)
    own: bool = False


class ForgetForm(Form):
    page: str = Field(max_length=100)
    id: int = Field(ge=1, lt=2**53)
