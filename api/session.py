"""Who calls, what they may do, and what of what is not public is shown to them: none of it without a reading kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from starlette.responses import Response

from api.grants import Grant, Role, holds
from domain.purpose import Purpose
from domain.register import Register
from ledger.reading_log import ReadingLog
from ledger.readings import Reading

READING_ROLES = (Role.CLERK, Role.APPROVER, Role.READER, Role.AUDITOR)
"""The roles that read what is not public; of several, the first is the one that a reading names."""

PURPOSE_HEADER = "Reading-Purpose"
NEEDED = "needed"
"""What an answer says in that header where a purpose would have shown the caller more."""


class NotAuthenticated(Exception):
    """No token, or one that lets nobody in."""

    message = "expected a valid bearer token, met none or one that is unknown, ended or revoked"


class NameOrPasswordWrong(NotAuthenticated):
    """The name and the password given don't fit any account."""

    message = "expected the name and password of an account, met others"


class NotPermitted(Exception):
    """The session lacks the role that is needed."""

    message = "expected a session with the needed role in register {register}, met one without"

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.values = {"register": register}


class PurposeNeeded(Exception):
    """The session may read what is not public, but does not say why it wants to."""

    message = "expected the purpose of reading what is not public in register {register}, met none"

    def __init__(self, register: str) -> None:
        self.values = {"register": register}
        super().__init__(self.message.format(**self.values))


class Disclosure:
    """What one request is shown that is not public, for one purpose."""

    __slots__ = ("_log", "_purpose", "_reader", "_shown", "_way")

    def __init__(self, log: ReadingLog, reader: str, purpose: Purpose, way: str) -> None:
        self._log, self._reader, self._purpose, self._way = log, reader, purpose, way
        self._shown: dict[tuple[str, str, date | None, int], dict[UUID, None]] = {}

    def shows(self, register: str, role: str, entry: UUID, known_at: int, as_of: date | None) -> None:
        """Note that something of ``entry`` is about to be shown."""
        self._shown.setdefault((register, role, as_of, known_at), {})[entry] = None

    def keep(self) -> bool:
        """Keep the readings noted since this was last called, for good; whether there were any.

        The caller holds no connection of the pool.
        """
        shown, self._shown = self._shown, {}
        if shown:
            self._log.add(
                [
                    Reading(self._reader, role, *self._purpose, self._way, register, tuple(entries), as_of, known_at)
                    for (register, role, as_of, known_at), entries in shown.items()
                ]
            )
        return bool(shown)


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls. ``pseudonym`` is what the ledger keeps of them; empty for an anonymous caller.

    ``disclosure`` is there where a purpose of reading what is not public is stated.
    """

    pseudonym: str
    grants: frozenset[Grant]
    expires_at: datetime | None
    disclosure: Disclosure | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller brought no token."""
        return not self.pseudonym

    def may_record(self, register: str) -> bool:
        """Whether acts may be recorded in ``register``."""
        return holds(self.grants, register, Role.CLERK)

    def may_confirm(self, register: str) -> bool:
        """Whether acts that others propose in ``register`` may be confirmed or rejected."""
        return holds(self.grants, register, Role.CLERK, Role.APPROVER)

    def may_read_with_purpose(self, register: str) -> bool:
        """Whether what is not public in ``register`` may be read by whoever says why."""
        return holds(self.grants, register, *READING_ROLES)

    def may_read_confidential(self, register: str) -> bool:
        """Whether what is not public in ``register`` may be read by this request; what it shows of it is kept."""
        return self.disclosure is not None and self.may_read_with_purpose(register)

    def may_audit(self, register: str) -> bool:
        """Whether it may be seen who recorded an act in ``register``, and acts be looked up by it."""
        return holds(self.grants, register, Role.AUDITOR)

    def shows(self, register: str, entry: UUID, known_at: int, as_of: date | None = None) -> None:
        """Note that something not public of ``entry`` is about to be shown: on a day, or (None) on all days."""
        if self.disclosure is None:
            raise PurposeNeeded(register)
        role = next((role for role in READING_ROLES if holds(self.grants, register, role)), None)
        if role is None:
            raise NotPermitted(register)
        self.disclosure.shows(register, role, entry, known_at, as_of)

    def keep(self) -> None:
        """Keep what is about to be shown as read, for good. The caller holds no connection of the pool."""
        if self.disclosure is not None:
            self.disclosure.keep()

    def answered(self, response: Response, register: str | None = None) -> Response:
        """``response`` about ``register`` (None: about several), when what it shows is kept as read for good.

        Nothing that is not public leaves without this. The caller holds no connection of the pool.
        """
        if self.disclosure is not None:
            if self.disclosure.keep():
                response.headers["Cache-Control"] = "no-store"
        elif self.grants and (register is None or self.may_read_with_purpose(register)):
            response.headers[PURPOSE_HEADER] = NEEDED
        return response


ANONYMOUS = Session("", frozenset(), None)


def reads_confidential(session: Session, register: Register) -> bool:
    """Whether the session may read what is not public in ``register``, and says why.

    Raises NotAuthenticated, NotPermitted or PurposeNeeded if all of the register is not public, and it may not.
    """
    may = session.may_read_confidential(register.name)
    if not may and not register.public:
        raise not_readable(session, register.name)
    return may


def not_readable(session: Session, *registers: str) -> Exception:
    """Why ``session`` may not read what is not public in any of ``registers``."""
    if session.is_anonymous:
        return NotAuthenticated()
    named = registers[0] if len(registers) == 1 else "*"
    return (PurposeNeeded if any(map(session.may_read_with_purpose, registers)) else NotPermitted)(named)
