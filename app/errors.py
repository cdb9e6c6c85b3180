"""Every error of ours, as one tree. Never holds what a customer wrote.

    AppError                     message for a person, hint, HTTP status
    ├── SettingsError            a setting is missing or wrong: the start is refused        (exit 2)
    ├── FlowError(problems)      a flow folder that may not go live                          422
    ├── RefusedError             the caller may not have this                                4xx
    │   ├── NotSignedInError                                                                 401
    │   ├── NotAllowedError                                                                  403
    │   │   └── ElsewhereFirstError(path)   something must be done on another page first     403
    │   ├── NotFoundError                                                                    404
    │   ├── ConflictError                                                                    409
    │   └── TooManyError(wait_seconds)  come again later                                     429
    ├── BrokenPayloadError       a webhook body that no JSON reader takes                    400
    ├── TooLargeError            a body over its limit                                       413
    ├── UnavailableError         the database cannot take this now: come again               503
    └── EngineError              a turn that could not be finished: a bug of ours            500

A failed send is a value (`app.channel.Failed`), not an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class AppError(Exception):
    """An error that knows what to say to a person: `message`, and `hint`, what to do about it."""

    status: ClassVar[int] = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(AppError):
    """A setting is missing or wrong."""


class FlowError(AppError):
    """A flow folder with problems; `problems` lists every one of them, sorted by place."""

    status = 422

    def __init__(self, message: str, problems: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class RefusedError(AppError):
    """The caller may not have this."""

    status = 403


class NotSignedInError(RefusedError):
    status = 401


class NotAllowedError(RefusedError):
    status = 403


class ElsewhereFirstError(NotAllowedError):
    """Something must be done on another page of ours first, at `path`."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


class NotFoundError(RefusedError):
    status = 404


class ConflictError(RefusedError):
    status = 409


class TooManyError(RefusedError):
    """Too much in too little time: come again after `wait_seconds`."""

    status = 429

    def __init__(self, message: str, hint: str, wait_seconds: float) -> None:
        super().__init__(message, hint)
        self.wait_seconds = wait_seconds


class BrokenPayloadError(AppError):
    """A body that no JSON reader takes."""

    status = 400


class TooLargeError(AppError):
    """A body over its limit."""

    status = 413


class UnavailableError(AppError):
    """The database is locked, read-only, full or away: nothing was written, the caller should come again."""

    status = 503


class EngineError(AppError):
    """A turn that could not be finished. The event is kept and tried again."""
