from __future__ import annotations

from typing import Any

CONTENTS: dict[str, dict[str, Any]] = {
    "conclude": {
        "registration_number": "000123",
        "qualification": "Vokālists, kora dziedātājs",
        "level": "3",
        "body": "Ezeru mūzikas vidusskola",
        "institution": "018e0000-0000-7000-8000-000000000003",
        "valid_until": "2022-12-31",
    },
    "amend": {"valid_until": None},
    "terminate": {"basis": "breach"},
    "award": {
        "registration_number": "000124",
        "qualification": "Pavārs",
        "level": "2",
        "agreement": "018e0000-0000-7000-8000-000000000001",
        "holder": "Ilze Ķirse-Ābele",
        "personal_code": "328673-00679",
        "former_personal_code": "161175-19997",
    },
    "amend_award": {"personal_code": "328673-00679", "former_personal_code": "161175-19997"},
}
