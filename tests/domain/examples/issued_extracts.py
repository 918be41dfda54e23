from __future__ import annotations

from typing import Any

_ISSUE: dict[str, Any] = {
    "registration_number": "2020-000012",
    "issued_on": "2020-03-10",
    "of_register": "institutions",
    "of_entry": "018e0000-0000-7000-8000-000000000002",
    "as_of": "2020-03-01",
    "known_at": 3,
    "part": "public",
    "language": "lv",
    "rule_version": "regesta 0.1.0",
    "check_address": "https://registri.example",
    "statement_sha256": "0f" * 32,
    "nonce": "c2FsdHMgYXJlIG5vdCBzZWNyZXRz",
    "to": "Ilze Ezeriņa",
    "purpose": "Iesniegšanai pašvaldībā",
}

CONTENTS: dict[str, dict[str, Any]] = {"issue": _ISSUE, "revoke": {"reason": "Izsniegts kļūdaini."}}
