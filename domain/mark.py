"""What a content field is for, and on what an entry rests by it: written beside the type of the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, get_args

from domain.personal import Whose
from domain.value import FreeText

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class Mark(Enum):
    """What a content field is for, written beside its type: ``Annotated[Text, Mark.FILTER]``."""

    CONFIDENTIAL = "confidential"
    FILTER = "filter"
    NAMED = "named"
    """A natural person beside the one the entry is about, or who may be one: a head, founders, nannies."""
    PERSONAL = "personal"
    """Name, code or contact of the natural person the entry is about. Whether it is public, CONFIDENTIAL says.

    Both are sealed before they are stored (``domain.personal``), so that they can be erased.
    """
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Link:
    """Written beside a field's type: it holds the ids of entries of ``register`` on which the entry rests.

    On every day on which the entry is alive, they are to be in one of ``statuses`` (default: alive as well), and to
    hold the same as the entry in the fields named in ``same``, and what ``holding`` says in those that it names.
    """

    register: str
    statuses: frozenset[str] | None = None
    same: tuple[str, ...] = ()
    holding: tuple[tuple[str, str], ...] = ()


def whose_is(info: FieldInfo) -> Whose | None:
    """Whose the texts of a content field are that are sealed before they are stored; None if they are not."""
    if Mark.PERSONAL in info.metadata:
        return Whose.PERSON
    if Mark.NAMED in info.metadata:
        return Whose.OTHER
    return Whose.TEXT if _is_free_text(info.metadata, info.annotation) else None


def _is_free_text(metadata: Iterable[Any], annotation: Any) -> bool:
    """Whether free text is among what a field may be: by its own annotation, or as one of several types."""
    if any(isinstance(each, FreeText) for each in metadata):
        return True
    return any(
        _is_free_text(getattr(each, "__metadata__", ()), each)
        for each in get_args(annotation)
        if not isinstance(each, str)
    )
