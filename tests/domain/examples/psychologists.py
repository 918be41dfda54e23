from __future__ import annotations

from typing import Any

_SITTING: dict[str, Any] = {"sitting": {"held_on": "2020-02-28", "minutes": "4/2020"}}
_WHOLE: dict[str, Any] = {
    "name": "Ilze Ķirse-Ābele",
    "registration_number": "001584",
    "personal_code": "328673-00679",
    "former_personal_code": "161175-19997",
    "education": [
        {
            "institution": "Latvijas Universitāte",
            "programme": "Psiholoģija",
            "degree": "profesionālais maģistra grāds psiholoģijā",
            "qualification": "psihologs",
            "country": None,
        },
        {
            "institution": "Tartu Ülikool",
            "programme": None,
            "degree": "sociālo zinātņu bakalaura grāds",
            "qualification": None,
            "country": "Igaunija",
        },
    ],
    "supervised_practice": True,
}

CONTENTS: dict[str, dict[str, Any]] = {
    "receive": {"name": "Ilze Ķirse-Ābele", "personal_code": "161175-19997"},
    "register": {**_WHOLE, **_SITTING},
    "import": {**_WHOLE, "former_personal_code": None},
    "refuse": {"reason": "Izglītība neatbilst Psihologu likuma 3. pantam.", "name": "Ilze Ķirse-Ābele", **_SITTING},
    "defer": {"until": "2020-05-01", "reason": None, "name": None},
    "amend": {"name": "Ilze Ābele", "supervised_practice": False},
    "recognise_qualification": {
        "qualification": "psihologs",
        "institution": "Tartu Ülikool",
        "country": "Igaunija",
        **_SITTING,
    },
    "reregister": {
        "name": "Ilze Ābele",
        "education": _WHOLE["education"],
        "supervised_practice": False,
        **_SITTING,
    },
    "suspend": _SITTING,
    "restore": _SITTING,
    "terminate": _SITTING,
    "exclude": _SITTING,
}
