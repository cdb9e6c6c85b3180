"""The table of files that the channel has already. `tables` has it among its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.types import UtcTime


class UploadRow(SQLModel, table=True):
    """`name`: `content:` or `address:` and a hash. `kind`: image, video, audio, file."""

    __tablename__ = "uploads"
    __table_args__ = (Index("uploads_by_age", "since"),)

    page_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    attachment_id: str
    since: datetime = Field(sa_type=UtcTime)


uploads = SQLModel.metadata.tables["uploads"]
