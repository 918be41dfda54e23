from __future__ import annotations

from typing import Any

_WHOLE: dict[str, Any] = {
    "name": "Ilze Ķirse-Ābele",
    "registration_number": "004098",
    "provider_kind": "natural",
    "personal_code": "161175-19997",
    "legal_registration_number": None,
    "service": "full_time",
    "address": None,
    "phones": [],
    "emails": [],
    "private_contacts": {
        "address": "KRASTA IELA 31 - 2, RĒZEKNE, LV-4601",
        "phones": ["+371 20000001"],
        "emails": ["ilze@example.lv"],
    },
    "places": ["ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601"],
    "manager": None,
    "nannies": ["Anna Kalniņa"],
}
_CENTRE: dict[str, Any] = {
    **_WHOLE,
    "name": "SIA “Čiekuriņš”",
    "provider_kind": "legal",
    "personal_code": None,
    "legal_registration_number": "40003372060",
    "service": "both",
    "address": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
    "phones": ["64600001"],
    "emails": ["centrs@example.lv"],
    "private_contacts": None,
    "manager": "Zane Ozola",
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Ilze Ķirse-Ābele", "provider_kind": "natural", "personal_code": "161175-19997"},
    "register": _WHOLE,
    "import": _CENTRE,
    "refuse": {"reason": "Nav apgūti bērnu uzraudzības kursi.", "name": "Ilze Ķirse-Ābele"},
    "defer": {"until": "2020-05-01", "reason": None, "name": None},
    "amend": {"service": "short", "nannies": []},
    "refuse_amendment": {"reason": "Auklei nav veselības pārbaudes.", "name": None},
    "defer_amendment": {"until": "2020-05-01", "reason": "Nepieciešams atzinums.", "name": None},
    "exclude": {"basis": "business_ended"},
}
