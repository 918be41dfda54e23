"""What submissions will ask about besides their own entries, so that it is read at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.act import Draft
from domain.catalogue import Catalogue


def linked_by(catalogue: Catalogue, drafts: Iterable[Draft]) -> set[UUID]:
    """The entries on which those would rest that ``drafts`` are about."""
    wanted = set[UUID]()
    for draft in drafts:
        register = catalogue.registers.get(draft.register)
        if register is not None:
            for name in register.links:
                named = getattr(draft.content, name, None)
                wanted.update((named,) if isinstance(named, UUID) else named or ())
    return wanted


def numbers_in(catalogue: Catalogue, drafts: Iterable[Draft]) -> dict[str, list[str]]:
    """The registration numbers that ``drafts`` bring, by the space in which a number is alive once."""
    wanted: dict[str, list[str]] = {}
    for draft in drafts:
        register = catalogue.registers.get(draft.register)
        number = getattr(draft.content, register.number_field, None) if register else None
        if register is not None and number is not None:
            wanted.setdefault(register.numbers.space, []).append(number)
    return wanted
