"""Our service behind uvicorn: ``python -m benchmarks.contenders.ours PORT``, the database in DATABASE_URL."""

from __future__ import annotations

import sys

import uvicorn

from api.app import application
from api.service import running
from api.settings import Settings

if __name__ == "__main__":
    with running(Settings()) as service:
        uvicorn.run(application(service), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
