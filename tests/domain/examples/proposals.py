from __future__ import annotations

from typing import Any

_DECISION = {"decided_on": "2020-03-02", "number": "1-7/12", "form": "written", "legal_ground": "Psihologu likums"}
_ACT: dict[str, Any] = {
    "register_name": "psychologists",
    "entry": "018e0000-0000-7000-8000-000000000002",
    "opens_entry": False,
    "verb": "exclude",
    "act_id": "018e0000-0000-7000-8000-0000000000ab",
    "decision": {**_DECISION, "body": None, "document": None},
    "effective_on": "2020-03-10",
    "received_on": None,
    "answers": None,
    "note": None,
    "source": None,
    "expected_version": 4,
    "content": {"sitting": {"held_on": "2020-03-02", "minutes": "11"}},
}

CONTENTS: dict[str, dict[str, Any]] = {
    "propose": {
        "registration_number": "000007",
        "title": "psychologists exclude",
        "registers": ["psychologists"],
        "last_day": "2020-04-01",
        "acts": [_ACT],
    },
    "confirm": {"hash": "0f" * 32, "acts": [12]},
    "reject": {"reason": "Sēdes datums neatbilst protokolam."},
    "withdraw": {"reason": None},
}
