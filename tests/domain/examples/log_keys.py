from __future__ import annotations

from typing import Any

KEY = "register.example/log+5f1d8be2+ASJk7Sm0bTn+FZ3bQ1kV4hYyqY7T4b1QF2q9mZlD4tB1"

CONTENTS: dict[str, dict[str, Any]] = {
    "introduce": {"registration_number": "000001", "origin": "register.example/log", "verifier_key": KEY},
    "rotate": {"verifier_key": KEY.replace("5f1d8be2", "1465d8be"), "endorsement": "text\n\n— name AAAAAAA=\n"},
}
