"""Who is signed in, and what they may see. Everything is refused that is not allowed here.

A route asks with FastAPI: `async def queue(request: Request, staff: Annotated[Staff, Depends(signed_in)])`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends
from starlette.requests import Request

from app.errors import ElsewhereFirstError, NotAllowedError, NotFoundError, NotSignedInError
from app.store.staff import Role

SECOND_FACTOR, CONFIRM = "/account/second-factor", "/confirm"
"""Where an owner sets the second factor up; where a password is typed once more."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who is signed in. `page_ids` counts only where `all_pages` is false.

    `via_key`: a program with a key of that name; its id begins with `key:`.
    `lacks_second`: an owner who must set the second factor up first. `is_fresh`: the password was typed here not long ago.
    """

    id: str
    name: str
    role: Role
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False
    session_id: str = ""
    email: str = ""
    lacks_second: bool = False
    is_fresh: bool = False
    via_key: str = ""

    @property
    def who(self) -> str:
        """How the audit names this person."""
        return f"key:{self.via_key}" if self.via_key else f"{self.role}:{self.email}"

    @property
    def is_owner(self) -> bool:
        return self.role == "owner"

    def may_see(self, page_id: str) -> bool:
        """Whether this person works for that Page."""
        return self.all_pages or page_id in self.page_ids

    def check_page(self, page_id: str) -> None:
        """Raises NotFoundError for a Page of others: whoever guesses learns not even that it is there (S16)."""
        if not self.may_see(page_id):
            raise NotFoundError("There is no such Page, or it is not one of yours.")


class KnowsStaff(Protocol):
    """Knows by its cookie whose request this is. The application keeps it as `app.state.access`."""

    async def find_staff(self, request: Request) -> Staff | None:
        """Who it is now: read afresh each time, so that a right that was taken away is gone at the next request."""
        ...


async def signed_in_partly(request: Request) -> Staff:
    """Who asks, for pages of one's own account. Raises NotSignedInError: a browser goes to the sign-in page, a program gets 401."""
    access: KnowsStaff = request.app.state.access
    staff = await access.find_staff(request)
    if staff is None:
        raise NotSignedInError("Please sign in.")
    request.state.staff = staff
    return staff


async def signed_in(staff: Annotated[Staff, Depends(signed_in_partly)]) -> Staff:
    """Who asks. Raises NotSignedInError; ElsewhereFirstError for owners who have no second factor yet."""
    if staff.lacks_second:
        raise ElsewhereFirstError("Set up the second factor first.", SECOND_FACTOR)
    return staff


async def owner_only(staff: Annotated[Staff, Depends(signed_in)]) -> Staff:
    """The same for pages of owners. Raises NotAllowedError."""
    if not staff.is_owner:
        raise NotAllowedError("Only owners may do this.")
    return staff


async def owner_confirmed(staff: Annotated[Staff, Depends(owner_only)]) -> Staff:
    """The same for what needs the password once more, such as changing other people's rights. Raises ElsewhereFirstError."""
    if not staff.is_fresh:
        raise ElsewhereFirstError("Type your password once more.", CONFIRM)
    return staff
