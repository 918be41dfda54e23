from __future__ import annotations

from typing import Any

from domain.monitoring_returns import ChildrenByReason

CONTENTS: dict[str, dict[str, Any]] = {
    "record_children": {
        "registration_number": "000123",
        "submitter": "Rēzeknes pilsētas dome",
        "territory": "31",
        "data_day": "2020-09-14",
        "purpose": "interim",
        "children": dict.fromkeys(ChildrenByReason.model_fields, 20_000),
    },
    "record_absence": {
        "registration_number": "000124",
        "submitter": "Ezeru pamatskola",
        "territory": None,
        "institution": "018e0000-0000-7000-8000-000000000003",
        "school_year": "2019/2020",
        "half": "2",
        "learners": {"preschool": 0, "basic": 12, "secondary": 3, "vocational": 0},
    },
    "record_update": {"registration_number": "000125", "submitter": "IKVD", "data_day": "2020-09-14"},
}
