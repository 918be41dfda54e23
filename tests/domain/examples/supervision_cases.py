from __future__ import annotations

from typing import Any

_OPENED: dict[str, Any] = {
    "registration_number": "000123",
    "kind": "inspection",
    "subject": "Par pedagoģisko procesu",
    "body": "Ezeru pamatskola",
    "institution": "018e0000-0000-7000-8000-000000000003",
    "submitter": None,
    "on_site": "2020-03-05",
}

CONTENTS: dict[str, dict[str, Any]] = {
    "open": _OPENED,
    "record": {
        **_OPENED,
        "kind": "submission",
        "submitter": "Anna Kalniņa",
        "on_site": None,
        "outcome": "explained",
        "findings": None,
    },
    "amend": {"subject": "Par drošību"},
    "close": {"outcome": "breach_found", "findings": "Nav nodrošināta\nuzraudzība."},
    "reopen": {"reason": "Saņemtas jaunas ziņas."},
}
