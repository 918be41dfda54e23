"""The Latvian classification of education (Latvijas izglītības klasifikācija), by which programmes are coded."""

from __future__ import annotations

import re

_FORM = re.compile(r"[0-9]{2}[A-Z]?[0-9]{3}([0-9]{2,3})?")


def mismatches(code: str) -> list[str]:
    """What of ``code`` is not as the classification has it; shown, never refused."""
    return [] if _FORM.fullmatch(code) else [f"programme code: expected such as 21011111 or 35P213022, met {code!r}"]
