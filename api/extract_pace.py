"""How many extracts are issued to callers who are not signed in: each is an act that the ledger keeps for ever."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock


class TooManyExtracts(Exception):
    """More extracts were asked for without signing in than are issued in a minute."""

    message = "too many extracts were issued to callers who are not signed in: expected a pause of a minute"


class Pace:
    """At most ``most`` of something in any minute. Thread-safe."""

    def __init__(self, most: int = 30) -> None:
        self._most, self._lately, self._lock = most, deque[float](), Lock()

    def take(self) -> None:
        """Count one more; raises TooManyExtracts."""
        now = time.monotonic()
        with self._lock:
            while self._lately and now - self._lately[0] >= 60:
                self._lately.popleft()
            if len(self._lately) >= self._most:
                raise TooManyExtracts
            self._lately.append(now)
