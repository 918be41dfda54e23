from __future__ import annotations

from typing import Any

CONTENTS: dict[str, dict[str, Any]] = {
    "record": {
        "name": "Ilze Ķirse-Ābele",
        "registration_number": "000221",
        "personal_code": "161175-19997",
        "former_personal_code": None,
        "institution": "018e0000-0000-7000-8000-000000000002",
        "sector": "general",
        "preschool": True,
        "results": [
            {"criterion": "Iestādes darba plānošana", "level": "very_good"},
            {"criterion": "Personāla pārvaldība", "level": "needs_improvement"},
        ],
    },
}
