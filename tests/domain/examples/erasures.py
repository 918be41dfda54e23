from __future__ import annotations

from typing import Any

CONTENTS: dict[str, dict[str, Any]] = {
    "erase": {
        "registration_number": "000001",
        "case": "2-4/17",
        "legal_ground": "GDPR 17(1)(a)",
        "subjects": ["018e0000-0000-4000-8000-0000000000cc"],
        "entries": ["018e0000-0000-7000-8000-000000000001"],
        "acts": 3,
        "values": 7,
    }
}
