from __future__ import annotations

from typing import Any

CONTENTS: dict[str, dict[str, Any]] = {
    "commit": {
        "registration_number": "000007",
        "position": 3,
        "maps": [
            {"register_name": "institutions", "size": 2, "root": "0f" * 32, "alive": ["registered"]},
            {"register_name": "psychologists", "size": 0, "root": "e3" * 32, "alive": ["registered", "suspended"]},
        ],
    },
}
