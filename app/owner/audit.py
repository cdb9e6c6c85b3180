"""The audit as a page: who did what, newest first. Reads only."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from app.desk.access.identity import Staff, owner_only
from app.desk.access.routes import access_of
from app.pages.frame import render
from app.store import audit
from app.store.audit import Entry, Wanted

router = APIRouter(include_in_schema=False)
SHOWN = 50
KINDS = tuple(sorted(get_args(audit.What)))
WHO_CHARS_MAX = 100
RARE = "rare"
"""A choice among the kinds: everything but what happens all day long."""


class Filters(BaseModel):
    """`before`: entries older than that number; `check`: whether the chain is whole."""

    model_config = ConfigDict(extra="forbid")

    what: str = ""
    page: str = ""
    who: str = Field(default="", max_length=WHO_CHARS_MAX)
    before: int | None = Field(default=None, ge=0, lt=2**63)
    check: bool = False


@router.get("/owner/audit")
async def get_audit(
    request: Request, owner: Annotated[Staff, Depends(owner_only)], chosen: Annotated[Filters, Query()]
) -> Response:
    """The newest entries that fit."""
    if chosen.page:
        owner.check_page(chosen.page)
    mine = None if owner.all_pages else owner.page_ids
    wanted = Wanted(
        page_ids=frozenset((chosen.page,)) if chosen.page else mine,
        what=chosen.what if chosen.what in KINDS else None,
        but_not=audit.DAILY if chosen.what == RARE else (),
        who=chosen.who or None,
    )

    def work(connection: Connection) -> tuple[list[Entry], int | None]:
        entries = audit.search_entries(connection, wanted, most=SHOWN + 1, before_id=chosen.before)
        return entries, audit.find_break(connection) if chosen.check else None

    entries, broken = await access_of(request).database.read(work)
    return render(
        request,
        "owner/audit.html",
        entries=entries[:SHOWN],
        more=entries[SHOWN - 1].id if len(entries) > SHOWN else None,
        kinds=KINDS,
        chosen=chosen,
        page_names={
            page_id: name for page_id, name in access_of(request).terms.pages.items() if owner.may_see(page_id)
        },
        checked=chosen.check,
        broken=broken,
    )
