"""Who is signed in, and what they may see. Everything is refused that is not allowed here.

A route asks with FastAPI: `async def queue(request: Request, staff: Annotated[Staff, Depends(signed_in)])`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from fastapi import Depends
from starlette.requests import Request

from app.errors import NotAllowedError, NotFoundError, NotSignedInError

Role = Literal["staff", "owner"]


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who is signed in. `page_ids` counts only where `all_pages` is false."""

    id: str
    name: str
    role: Role
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False
    session_id: str = ""

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


class Access(Protocol):
    """Knows by its cookie whose request this is. The application keeps it as `app.state.access`."""

    async def find_staff(self, request: Request) -> Staff | None:
        """Who it is now: read afresh each time, so that a right that was taken away is gone at the next request."""
        ...


async def signed_in(request: Request) -> Staff:
    """Who asks. Raises NotSignedInError: a browser is then sent to the sign-in page, a program gets 401."""
    access: Access = request.app.state.access
    staff = await access.find_staff(request)
    if staff is None:
        raise NotSignedInError("Please sign in.")
    request.state.staff = staff
    return staff


async def owner_only(staff: Annotated[Staff, Depends(signed_in)]) -> Staff:
    """The same for pages of owners. Raises NotAllowedError."""
    if not staff.is_owner:
        raise NotAllowedError("Only owners may do this.")
    return staff
