"""How often something is done for those who ask, where it leaves something in the ledger for ever."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

MOST_A_MINUTE = 30


class TooManyExtracts(Exception):
    """More extracts were asked for without signing in than are issued in a minute."""

    message = "too many extracts were issued to callers who are not signed in: expected a pause of a minute"


class Pace:
    """At most ``most`` of something in any minute. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most, self._lately, self._lock = most, deque[float](), Lock()

    def allows(self) -> bool:
        """Whether there may be one more now; it then counts."""
        now = time.monotonic()
        with self._lock:
            while self._lately and now - self._lately[0] >= 60:
                self._lately.popleft()
            if len(self._lately) >= self._most:
                return False
            self._lately.append(now)
            return True


class Paces:
    """What is limited: extracts issued to callers who are not signed in, and maps committed to because one asked."""

    def __init__(self) -> None:
        self.extracts, self.commitments = Pace(MOST_A_MINUTE), Pace(MOST_A_MINUTE)
