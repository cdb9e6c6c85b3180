"""Plays the order system of the example shop, for its `call`. Knows no order: what it answers follows from the number."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from webhooks.simulator.answers import AsciiJSON
from webhooks.simulator.simulator import Simulator

ON_THE_WAY_DAYS = 2
"""How far away an order always is."""

router = APIRouter()


@router.get("/orders/{number}")
async def get_order(request: Request, number: str) -> Response:
    """An order that is on its way; one whose number ends in 0 does not exist. Without a bearer token nothing is told."""
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return AsciiJSON({"error": "Who asks?"}, 401)
    if not number.isascii() or not number.isdigit() or number.endswith("0"):
        return AsciiJSON({"error": "There is no such order."}, 404)
    sim: Simulator = request.app.state.simulator
    day = (sim.clock.now() + timedelta(days=ON_THE_WAY_DAYS)).date()
    return AsciiJSON({"number": number, "eta": f"{day.day} {day:%B}"}, 200)
