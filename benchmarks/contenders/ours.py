"""Our service behind uvicorn: ``python -m benchmarks.contenders.ours PORT [unsealed]``, the database in DATABASE_URL.

Unsealed, nothing that is recorded becomes part of the signed tree.
"""

from __future__ import annotations

import sys

import uvicorn

from api.app import application
from api.service import running
from api.settings import Settings

if __name__ == "__main__":
    with running(Settings()) as service:
        if sys.argv[2:] == ["unsealed"]:
            service.sealer.close()
        uvicorn.run(application(service), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
