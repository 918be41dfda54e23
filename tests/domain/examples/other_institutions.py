from __future__ import annotations

from typing import Any

_WHOLE: dict[str, Any] = {
    "name": "Ezera keramikas studija",
    "registration_number": "000123",
    "kind": "studio",
    "legal_registration_number": "40003372060",
    "statutes_of": "2019-05-02",
    "address": "EZERA IELA 5, RĪGA, LV-1034",
    "head": "Zane Ozola",
    "phones": ["67033876"],
    "emails": ["studija@example.lv"],
    "contact_person": None,
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Ezera keramikas studija", "kind": "studio"},
    "register": _WHOLE,
    "import": _WHOLE,
    "refuse": {"reason": "Nav iesniegts nolikums.", "name": "Ezera keramikas studija"},
    "defer": {"until": "2020-05-01", "reason": None, "name": None},
    "amend": {"head": None, "emails": []},
    "refuse_amendment": {"reason": "Adrese neatbilst Valsts adrešu reģistram.", "name": None},
    "defer_amendment": {"until": "2020-05-01", "reason": "Nepieciešams atzinums.", "name": None},
    "strike_off": {"basis": "liquidation"},
}
