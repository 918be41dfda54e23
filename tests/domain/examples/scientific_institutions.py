from __future__ import annotations

from typing import Any

from tests.domain.examples import institutions

_WHOLE: dict[str, Any] = {
    "name": "Ķīmijas institūts",
    "registration_number": "000123",
    "legal_status": "derived_public_person",
    "founders": {"declared": ["Latvijas Universitāte"], "actual": ["Latvijas Universitāte"]},
    "address": "JELGAVAS IELA 1, RĪGA, LV-1004",
    "head": None,
    "phones": ["67033876"],
    "emails": ["ki@example.lv"],
    "contact_person": None,
    "doctors": 12,
    "predecessors": [],
    "successors": [],
}

CONTENTS: dict[str, dict[str, Any]] = {
    **{verb: content for verb, content in institutions.CONTENTS.items() if verb != "strike_off"},
    "register": {**_WHOLE, "basis": "new"},
    "import": _WHOLE,
    "amend": {"doctors": 11},
    "exclude": {"basis": "own_request", "successors": []},
}
