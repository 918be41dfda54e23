from __future__ import annotations

from typing import Any

CONTENTS: dict[str, dict[str, Any]] = {
    "digest": {
        "registration_number": "000007",
        "day": "2020-03-02",
        "first": 40,
        "last": 81,
        "count": 42,
        "chain_hash": "0f" * 32,
    },
}
