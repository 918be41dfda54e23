"""What a person may do, register by register."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """A role in a register."""

    CLERK = "clerk"
    """Records acts, and reads everything."""
    APPROVER = "approver"
    """Confirms or rejects what clerks propose, and reads everything."""
    READER = "reader"
    """Reads everything, the confidential part too."""
    DATA_PROTECTION = "data-protection"
    """Erases persons, after it was decided; in the register ``erasures``."""
    AUDITOR = "auditor"
    """Reads everything, and who acted."""


class GrantRefused(Exception):
    """A grant that can't be read."""


class Grant(NamedTuple):
    """A role in one register, or in all (``*``). Written ``register:role``."""

    register: str
    role: Role

    def __str__(self) -> str:
        return f"{self.register}:{self.role}"


_FORM = re.compile(r"(\*|[a-z][a-z-]*):([a-z-]+)")


def read_grant(text: str) -> Grant:
    """The grant written as ``register:role``; raises GrantRefused."""
    found = _FORM.fullmatch(text)
    if found is None or found[2] not in list(Role):
        roles = ", ".join(Role)
        raise GrantRefused(f"expected REGISTER:ROLE (a register's name or *, and one of {roles}), met {text!r}")
    return Grant(found[1], Role(found[2]))


def holds(grants: Iterable[Grant], register: str, *roles: Role) -> bool:
    """Whether ``grants`` hold one of ``roles`` in ``register``."""
    return any(grant.register in ("*", register) and grant.role in roles for grant in grants)
