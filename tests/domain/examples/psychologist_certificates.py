from __future__ import annotations

from typing import Any

_SITTING: dict[str, Any] = {"sitting": {"held_on": "2020-02-28", "minutes": "4/2020"}}
_WHOLE: dict[str, Any] = {
    "name": "Ilze Ķirse-Ābele",
    "registration_number": "000198",
    "kind": "supervisor_licence",
    "psychologist": "018e0000-0000-7000-8000-000000000003",
    "certificate": "018e0000-0000-7000-8000-000000000002",
    "area": "clinical",
    "issued_on": "2020-03-02",
    "valid_until": "2026-03-01",
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Ilze Ķirse-Ābele", "kind": "certificate", "area": "education"},
    "issue": {**_WHOLE, **_SITTING},
    "import": {**_WHOLE, "kind": "certificate", "certificate": None},
    "refuse": {"reason": "Nav nokārtots pārbaudījums.", "name": "Ilze Ķirse-Ābele", **_SITTING},
    "defer": {"until": "2020-05-01", "reason": None, "name": None},
    "recertify": {"issued_on": "2026-02-20", "valid_until": "2033-02-19", **_SITTING},
    "extend": {"valid_until": "2033-02-19", **_SITTING},
    "suspend": _SITTING,
    "restore": _SITTING,
    "cancel": _SITTING,
    "withdraw": _SITTING,
    "lapse": {"basis": "support_ended"},
}
