from __future__ import annotations

from typing import Any

_INSTITUTION = "018e0000-0000-7000-8000-000000000002"
_LICENCE = "018e0000-0000-7000-8000-000000000003"
_WHOLE: dict[str, Any] = {
    "name": "Arodizglītības programma “Maizes ražošana”",
    "registration_number": "004314",
    "subject": "programme",
    "institution": _INSTITUTION,
    "college": None,
    "licence": _LICENCE,
    "sector": "vocational",
    "track": "craft",
    "sites": ["ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601"],
    "panel": True,
    "term_years": 6,
}
_CENTRE: dict[str, Any] = {
    **_WHOLE,
    "name": "Čiekuru eksaminācijas centrs",
    "subject": "examination_centre",
    "institution": None,
    "college": _INSTITUTION,
    "licence": None,
    "track": None,
    "panel": False,
    "term_years": 2,
    "valid_until": "2022-03-01",
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Vijoļspēle", "subject": "implementation", "sector": "vocational", "track": "arts"},
    "accredit": _WHOLE,
    "import": _CENTRE,
    "refuse": {"reason": "Kvalitātes vērtējums neatbilst nosacījumiem.", "name": "Vijoļspēle"},
    "defer": {"until": "2020-08-03", "reason": None, "name": None},
    "amend": {"sites": ["ATBRĪVOŠANAS ALEJA 95, RĒZEKNE, LV-4601"]},
    "refuse_amendment": {"reason": "Jaunā vieta neatbilst prasībām.", "name": None},
    "defer_amendment": {"until": "2020-05-01", "reason": "Jānovērtē jaunā vieta.", "name": None},
    "accredit_extraordinarily": {
        "proposed_by": "ministry",
        "reason": "Būtiski pārkāpumi.",
        "panel": True,
        "term_years": 2,
    },
    "extend": {"until": "2022-05-31", "basis": "covid"},
    "withdraw": {"basis": "own_request", "reason": None},
}
