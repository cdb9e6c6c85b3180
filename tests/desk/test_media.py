"""Voice notes and videos of customers play within the page: through us, in pieces, under the page's own policy."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import async_playwright
from starlette.requests import Request

from app.desk import routes, routes_live
from app.desk.access.identity import Staff
from app.pages import failures, statics
from app.pages.guard import Guard
from app.service.files import Files
from app.store import history, lines
from app.store.history import Said
from tests.databases import Servers
from tests.desk.kit import served
from tests.desk.room import ANNA, MILA, Room, open_room
from tests.desk.test_in_a_browser import chromium as chromium  # noqa: PLC0414 - a fixture

C = f"/desk/c/{MILA[0]}/{MILA[1]}"


def voice_note() -> bytes:
    """Two seconds of silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8_000)
        written.writeframes(bytes(8_000 * 2 * 2))
    return made.getvalue()


class Anna:
    """She is signed in, always."""

    async def find_staff(self, request: Request) -> Staff | None:
        return ANNA


def create_app(room: Room, origin: str) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Guard)
    failures.add_handlers(app)
    app.state.access, app.state.desk = Anna(), room.desk
    app.state.files = Files(room.clock, (origin,))
    for each in (routes_live.router, routes.router, statics.create_routes()):
        app.include_router(each)
    return app


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    """Where the channel keeps what customers send."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        note = voice_note()
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(note)}\r\n\r\n".encode() + note)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def room(servers: Servers, tmp_path: Path, origin: str) -> AsyncIterator[Room]:
    async with open_room(servers.migrated("sqlite", tmp_path)) as opened:
        await opened.waits()
        body = {"attachments": [{"kind": "audio", "url": f"{origin}/note.mp4"}]}
        said = Said(*MILA, "customer", "AttachmentReceived", opened.clock.now(), "", body)
        await opened.do(lambda connection: history.append(connection, [said]))
        yield opened


async def file_of(room: Room) -> str:
    [line] = [each for each in await room.do(lambda connection: lines.list_lines(connection, MILA, 9)) if each.body]
    return f"{C}/file/{line.id}/0"


async def test_a_file_comes_in_the_pieces_that_a_player_asks_for(room: Room, origin: str) -> None:
    note, address = voice_note(), await file_of(room)
    transport = httpx.ASGITransport(create_app(room, origin))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as browser:
        whole = await browser.get(address)
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, note, "audio/wav")
        for wanted, first, last in (
            ("0-", 0, len(note) - 1),
            ("100-199", 100, 199),
            ("-500", len(note) - 500, len(note) - 1),
        ):
            piece = await browser.get(address, headers={"Range": f"bytes={wanted}"})
            assert (piece.status_code, piece.content) == (206, note[first : last + 1])
            assert piece.headers["content-range"] == f"bytes {first}-{last}/{len(note)}"
        beyond = await browser.get(address, headers={"Range": f"bytes={len(note)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(note)}")
        for strange in ("bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"):
            assert (await browser.get(address, headers={"Range": strange})).status_code == 200


async def test_a_voice_note_plays_within_the_page(chromium: str, room: Room, origin: str) -> None:
    with served(create_app(room, origin)) as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
            )
            page = await browser.new_page()
            await page.goto(f"{address}{C}")
            play = "element => element.play().then(() => element.duration, error => String(error))"
            assert await page.locator("audio").evaluate(play) == 2
            await browser.close()
