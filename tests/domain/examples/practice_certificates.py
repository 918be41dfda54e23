from __future__ import annotations

from typing import Any

_SITTING = {"held_on": "2020-03-02", "minutes": "3"}
_PERSON: dict[str, Any] = {
    "name": "Ilze Ķirse-Ābele",
    "personal_code": "390000-00018",
    "former_personal_code": "161175-19997",
}
_CERTIFIED: dict[str, Any] = {
    **_PERSON,
    "registration_number": "001404",
    "refused_on": "2020-02-03",
    "programme_kind": "interest",
    "programme": "Angļu valoda pirmsskolēniem",
    "target_groups": ["preschool", "special_needs"],
    "theme": "languages",
    "territories": ["Rēzekne", "Ludzas novads"],
    "addresses": ["KRASTA IELA 31 - 2, RĒZEKNE, LV-4601"],
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {
        **_PERSON,
        "programme_kind": None,
        "programme": "Angļu valoda",
        "target_groups": [],
        "theme": None,
        "territories": ["Rēzekne"],
        "addresses": [],
    },
    "issue": {**_CERTIFIED, "sitting": _SITTING},
    "import": {**_CERTIFIED, "former_personal_code": None, "refused_on": None, "valid_until": "2022-11-14"},
    "refuse": {"sitting": _SITTING, "reason": "Nav izglītības dokumenta."},
    "defer": {"until": "2020-05-01", "reason": None},
    "withdraw": {"reason": "Pēc pašas lūguma."},
    "extend": {"sitting": _SITTING},
    "refuse_extension": {"sitting": _SITTING, "reason": "Nav profesionālās pilnveides."},
    "reissue": {"sitting": _SITTING, "name": "Ilze Ābele", "personal_code": None},
    "cancel": {"sitting": _SITTING, "basis": "conditions_not_met"},
}
