from __future__ import annotations

from typing import Any

_SITTING = {"held_on": "2020-03-02", "minutes": "2"}
_PERSON: dict[str, Any] = {
    "name": "Jānis Ķirsis",
    "personal_code": "390000-00018",
    "former_personal_code": "161175-19997",
}
_CONVICTION: dict[str, Any] = {
    "ground": "Krimināllikuma 262. pants",
    "decided_by": "Rēzeknes tiesa",
    "decided_on": "2009-04-01",
    "cleared_on": "2015-06-30",
}
_PERMIT: dict[str, Any] = {
    **_PERSON,
    "registration_number": "000037",
    "refused_on": None,
    "restrictions": ["minors"],
    "convictions": [_CONVICTION],
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {**_PERSON, "convictions": [{**_CONVICTION, "decided_by": None, "cleared_on": None}]},
    "grant": {**_PERMIT, "sitting": _SITTING},
    "import": {**_PERMIT, "former_personal_code": None, "restrictions": []},
    "refuse": {"sitting": _SITTING, "reason": "Nav pārliecības.\nSk. protokolu."},
    "defer": {"sitting": _SITTING, "until": "2020-05-01", "reason": "Nepieciešams spriedums."},
    "withdraw": {"reason": None},
    "dismiss": {"sitting": _SITTING, "reason": "Sodāmība nav dzēsta."},
    "cancel": {"sitting": _SITTING, "reason": "Persona atkal sodīta."},
}
