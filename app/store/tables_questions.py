"""The table of questions to the FAQ: what customers asked, why it was answered so, and what they did then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from app.store.types import BigId, JsonText, UtcTime


class QuestionRow(SQLModel, table=True):
    """One question to the FAQ; `number` counts a customer's. `entry` was told, `meant` was tapped, `scores` are what came near."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("questions_of_customer", "page_id", "customer_id", "number"),
        Index("questions_by_time", "page_id", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    number: int
    asked_at: datetime = Field(sa_type=UtcTime)
    text: str = Field(default="", sa_type=Text)
    language: str
    decision: str
    entry: str = ""
    offered: Any = Field(default=None, sa_type=JsonText, nullable=True)
    scores: Any = Field(default=None, sa_type=JsonText, nullable=True)
    rule: str = ""
    meant: str = ""
    rating: str = ""
    handed_off: bool = False


questions = SQLModel.metadata.tables["questions"]
