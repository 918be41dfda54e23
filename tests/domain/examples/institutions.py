from __future__ import annotations

from typing import Any

WHOLE: dict[str, Any] = {
    "name": '"Čiekuriņš" Rēzeknes 1. pamatskola ',
    "registration_number": "3112900017",
    "kind": "general",
    "type": "basic_school",
    "legal_status": "municipality",
    "founders": {"declared": ["Rēzeknes pilsētas dome"], "actual": ["Rēzeknes pilsētas dome", "Biedrība “Ķīlis”"]},
    "address": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
    "head": "ANNA KALNIŅA",
    "phones": ["+371 64605000"],
    "emails": ["skola@example.lv"],
    "contact_person": "Zane Ozola",
    "branches": 1,
    "units": 2,
    "programme_sites": ["KRASTA IELA 31, RĒZEKNE, LV-4601"],
    "territory": "31",
    "founder_class": "9",
    "predecessors": ["018e0000-0000-7000-8000-000000000002"],
    "successors": [],
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Rēzeknes 1. pamatskola", "head": None},
    "register": {**WHOLE, "basis": "type_or_name_changed"},
    "import": WHOLE,
    "refuse": {"reason": "Nav iesniegts nolikums.", "name": "Rēzeknes 1. pamatskola"},
    "defer": {"until": "2020-05-01", "reason": None, "name": None},
    "amend": {"name": "Rēzeknes 1. pamatskola", "phones": []},
    "refuse_amendment": {"reason": "Nav norādīts jaunais vadītājs.", "name": None},
    "defer_amendment": {"until": "2020-05-01", "reason": "Nepieciešams atzinums.", "name": None},
    "reorganise": {
        "form": "absorb",
        "predecessors": ["018e0000-0000-7000-8000-000000000002"],
        "successors": [],
        "changes": {"address": "KRASTA IELA 31, RĒZEKNE, LV-4601"},
    },
    "strike_off": {"basis": "reorganised", "successors": ["018e0000-0000-7000-8000-000000000002"]},
}
