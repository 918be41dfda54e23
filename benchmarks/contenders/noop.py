"""FastAPI doing nothing: the same bodies in and out, no database. ``python -m benchmarks.contenders.noop PORT``.

On its standard input it takes the answers it is to give, as JSON: ``{"name": "body"}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response


def application(answers: dict[str, str]) -> FastAPI:
    """An application that gives ``answers`` at ``/{name}``, and takes a body where it is posted to."""
    app = FastAPI()

    @app.get("/{name}")
    async def read(name: str) -> Response:
        return Response(answers[name], media_type="application/json")

    @app.post("/{name}")
    async def write(name: str, body: dict[str, Any]) -> Response:
        return Response(answers[name], media_type="application/json", status_code=201)

    return app


if __name__ == "__main__":
    app = application(json.load(sys.stdin))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
