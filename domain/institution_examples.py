"""What acts about institutions may say: an example of each kind, shown where acts are asked for."""

from __future__ import annotations

from domain.register import Fields

BASIC_SCHOOL: Fields = {
    "name": "Ezera pamatskola",
    "kind": "general",
    "type": "basic_school",
    "legal_status": "indirect_administration",
    "founders": {"declared": ["Rīgas dome"], "actual": ["Rīgas dome"]},
    "address": "EZERA IELA 1, RĪGA, LV-1034",
    "head": "Anna Kalniņa",
    "phones": ["67000001"],
    "emails": ["skola@example.lv"],
    "territory": "33",
    "founder_class": "9",
}
COLLEGE: Fields = {
    **BASIC_SCHOOL,
    "name": "Ezera koledža",
    "kind": "higher",
    "type": "college",
    "legal_status": "direct_administration",
    "founders": {"declared": ["Ministru kabinets"], "actual": ["Ministru kabinets"]},
    "founder_class": "0",
}
INSTITUTE: Fields = {
    "name": "Ezeru pētniecības institūts",
    "legal_status": "derived_public_person",
    "founders": {"declared": ["Ministru kabinets"], "actual": ["Ministru kabinets"]},
    "address": "EZERA IELA 2, RĪGA, LV-1034",
    "doctors": 12,
}


def examples_of(whole: Fields, number: str, removal: str) -> dict[str, Fields]:
    """An example content by verb for a register of institutions: ``whole`` is one of its institutions.

    Those of corrections and annulments are about the act at position 0.
    """
    named = {"name": whole["name"]}
    return {
        "receive": {**named, "address": whole["address"]},
        "register": {**whole, "basis": "new"},
        "import": {**whole, "registration_number": number},
        "refuse": {**named, "reason": "Nav pievienots iestādes nolikums."},
        "defer": {**named, "until": "2027-03-01", "reason": "Nav saņemts Veselības inspekcijas atzinums."},
        "amend": {"head": "Jānis Bērziņš", "phones": ["67000002"]},
        "refuse_amendment": {"reason": "Adrese nav Valsts adrešu reģistrā."},
        "defer_amendment": {"until": "2027-03-01", "reason": "Nav saņemts dibinātāja lēmums."},
        "reorganise": {"form": "change_of_name", "changes": {"name": f"{whole['name']} pie ezera"}},
        removal: {"basis": "liquidation"},
        "correct": {"target": 0, "content": {**whole, "registration_number": number}},
        "annul": {"target": 0, "mode": "ex_tunc", "reason": "Lēmums pieņemts par citu iestādi."},
    }
