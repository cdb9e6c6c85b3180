"""The ceiling: a FastAPI route that checks the HMAC and answers, nothing else. Keeps nothing, sends nothing.

fastapi==0.165.0  uvicorn==0.54.0 (uvloop, httptools)
"""

from __future__ import annotations

import argparse
import hashlib
import hmac

import uvicorn
from fastapi import FastAPI, Request, Response


def create_app(secret: bytes) -> FastAPI:
    """The app with its one route."""
    app = FastAPI()

    @app.post("/webhooks/messenger")
    async def receive(request: Request) -> Response:
        body = await request.body()
        expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
            return Response(status_code=403)
        return Response(status_code=200)

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", required=True)
    chosen = parser.parse_args()
    uvicorn.run(create_app(chosen.secret.encode()), port=chosen.port, log_level="warning", access_log=False)
