"""The tables about what is sold: catalogues of feeds, and suggestions. `tables` has them among its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.store.types import JsonText, UtcTime


class CatalogueRow(SQLModel, table=True):
    """What a feed brought. `content`: its hash, empty before anything came in. `marks`: what to ask for news with.

    `next_at`: when it is asked again; whoever moves it first does so. `trouble`: why the last attempt brought nothing.
    """

    __tablename__ = "catalogues"

    name: str = Field(primary_key=True)
    content: str = ""
    products: int = 0
    packed: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    kinds: Any = Field(default=None, sa_type=JsonText, nullable=True)
    marks: Any = Field(default=None, sa_type=JsonText, nullable=True)
    trouble: str | None = Field(default=None, sa_type=Text)
    changed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_at: datetime = Field(sa_type=UtcTime)


class SuggestionRow(SQLModel, table=True):
    """A product that a customer was shown: when first and last, how often, in which state.

    `mark` is what a click on its link brings back; the first click counts. `taste`: like or dislike, by the customer's own tap.
    """

    __tablename__ = "suggestions"
    __table_args__ = (Index("suggestions_by_mark", "mark"),)

    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    product_id: str = Field(primary_key=True)
    mark: str
    state: str = ""
    times: int = 1
    taste: str | None = None
    shown_at: datetime = Field(sa_type=UtcTime)
    last_at: datetime = Field(sa_type=UtcTime)
    clicked_at: datetime | None = Field(default=None, sa_type=UtcTime)


catalogues = SQLModel.metadata.tables["catalogues"]
suggestions = SQLModel.metadata.tables["suggestions"]
