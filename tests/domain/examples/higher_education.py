from __future__ import annotations

from typing import Any

from tests.domain.examples import institutions

_WHOLE: dict[str, Any] = {
    **institutions.WHOLE,
    "name": "Rēzeknes koledža",
    "registration_number": "3147300021",
    "kind": "higher",
    "type": "college",
    "legal_status": "derived_public_person",
    "founder_class": "3",
}

CONTENTS: dict[str, dict[str, Any]] = {
    **institutions.CONTENTS,
    "register": {**_WHOLE, "basis": "new"},
    "import": _WHOLE,
    "amend": {"kind": "higher", "type": "academy"},
}
