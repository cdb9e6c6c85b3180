"""The local Messenger as one ASGI application: Graph API, control API, chat page. Starts and stops its deliveries by its lifespan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from app.chance import Chance
from app.clock import Clock
from app.errors import AppError, NotFoundError
from webhooks.simulator.answers import AsciiJSON
from webhooks.simulator.control.guard import check_caller
from webhooks.simulator.control.pages import router as pages_router
from webhooks.simulator.control.routes import router as control_router
from webhooks.simulator.graph.routes import TRANSPORT
from webhooks.simulator.graph.routes import router as graph_router
from webhooks.simulator.settings import SimulatorSettings
from webhooks.simulator.shop import router as shop_router
from webhooks.simulator.simulator import Simulator, create

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; connect-src 'self'; "
    "media-src https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere but the pictures and sounds that bot and customers send."""
page_router = APIRouter()


class SimulatorApp(FastAPI):
    """FastAPI that also hands its routes the connection, so that a fault can break it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


def create_simulator(settings: SimulatorSettings, clock: Clock, chance: Chance | None = None) -> FastAPI:
    """The application. Webhooks leave while its lifespan runs; nothing is kept after it.

    The chat pages' open streams end with `app.state.end_streams`, at the latest with the server's own grace period.
    """
    sim = create(settings, clock, chance or Chance())
    app = SimulatorApp(title="Local Messenger", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    app.state.simulator = sim
    app.state.end_streams = sim.streams.stopped.set
    app.add_exception_handler(AppError, _answer_error)
    app.include_router(control_router)
    app.include_router(pages_router)
    app.include_router(page_router)
    app.include_router(shop_router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.include_router(graph_router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sim: Simulator = app.state.simulator
    async with sim.postman.run():
        yield
    sim.streams.stopped.set()


async def _answer_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    return AsciiJSON({"error": {"message": error.message, "hint": error.hint}}, error.status)


@page_router.get("/")
async def get_page(request: Request) -> Response:
    """The chat page."""
    check_caller(request)
    return FileResponse(
        STATIC / "index.html", headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    )


@page_router.get("/media/{media_id}")
async def get_media(request: Request, media_id: str) -> Response:
    """A photo that a customer sent."""
    sim: Simulator = request.app.state.simulator
    if media_id not in sim.media:
        raise NotFoundError("This photo is gone.")
    media_type, photo = sim.media[media_id]
    return Response(photo, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})
