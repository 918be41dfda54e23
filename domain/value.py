"""Validated values: what may be written in an act, whoever writes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints


class Value(BaseModel):
    """An immutable value. An unknown field is refused, in a request and in a stored fact alike."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


def _printable(maximum: int) -> StringConstraints:
    return StringConstraints(
        min_length=1, max_length=maximum, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )


Text = Annotated[str, _printable(1000)]
"""One line of text, not blank, kept as it was written (spaces at its ends included)."""


class FreeText:
    """Written beside the type of what may be written in any words, and so may name anyone."""


LongText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=8000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$"),
    FreeText(),
]
"""Text that may run over several lines. It is sealed as a person's values are (``domain.personal``)."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
"""A registration number, of whatever series."""

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f,|]+@[^@\s\x00-\x1f,|]+$", max_length=254)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]*[0-9][0-9+() -]*$", max_length=40)]
Count = Annotated[int, Strict(), Field(ge=0, le=10_000)]
