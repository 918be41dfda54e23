"""Bodies of requests that record acts: typed per register and kind of act, from the registers' own files."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field, Strict, create_model

from domain.act import Decision, Draft
from domain.legal_time import LegalDate
from domain.register import ABSENT, ActKind, Register
from domain.value import LongText

Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""A registration number or an entry's id."""

_VERSION_IF_SAID: Any = Field(
    default=None, description="Only if the entry is still at this, without the acts beside this one",
    exclude_if=lambda version: version is None,  # a request that says none has the hash that it always had
)  # fmt: skip
Version = Annotated[int, Strict(), Field(ge=0, lt=10**9)]
"""How many acts an entry has: its ETag."""


class ActBody(BaseModel):
    """An act as it is asked for. ``kind`` and ``content`` are typed per register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    content: Any
    effective_on: LegalDate | None = Field(
        default=None,
        description="From this day on the register's content is different. The day of the decision if not given;"
        " for a correction that of the act corrected",
    )
    received_on: LegalDate | None = Field(default=None, description="The application reached the service")
    answers: Annotated[int, Strict(), Field(ge=0, lt=2**62)] | None = Field(
        default=None, description="Position of the application this act answers"
    )
    note: LongText | None = Field(default=None, description="A note for the service; not public")


class OneAct(ActBody):
    """An act with its own decision."""

    decision: Decision


def one_act(register: Register, *, first: bool) -> Any:
    """The type of a body that records one act: a first act of an entry, or a further one."""
    kinds = [k for k in register.kinds if first is (ABSENT in k.meets) or (not first and _applies_later(k))]
    bodies = [_body(register, kind, OneAct, "First" if first else "") for kind in kinds]
    examples = {kind.verb: _example(register, kind) for kind in kinds if kind.verb in register.examples}
    return Annotated[reduce(or_, bodies), Body(discriminator="kind", openapi_examples=examples)]


def _example(register: Register, kind: ActKind) -> Example:
    decision = {"decided_on": "2026-11-20", "number": "1-05/12", "form": "written"}
    value = {"kind": kind.verb, "decision": decision, "content": register.examples[kind.verb]}
    if kind.effect == "state":
        value["effective_on"] = "2026-12-01"
    return {"summary": f"{kind.titles.en} ({kind.titles.lv})", "value": value}


def _applies_later(kind: ActKind) -> bool:
    return kind.effect != "state" or bool(kind.meets - {ABSENT})


def _body(
    register: Register, kind: ActKind, base: type[ActBody], prefix: str, more: dict[str, Any] | None = None
) -> type[ActBody]:
    name = "".join(part.capitalize() for part in (*register.name.split("-"), *kind.verb.split("_")))
    entry: dict[str, Any] = {}
    if prefix == "First":
        entry["entry"] = (UUID | None, Field(default=None, description="The new entry's id, if the caller chooses it"))
    return create_model(
        f"{prefix}{name}",
        __base__=base,
        __doc__=f"{register.titles.en}: {kind.titles.en} ({kind.titles.lv}).",
        kind=(_exactly(kind.verb), Field(description=f"{kind.titles.en} ({kind.titles.lv})")),
        content=(kind.content, ...),
        **entry,
        **(more or {}),
    )


def _exactly(text: str) -> Any:
    return Literal[text]


def together(registers: list[Register]) -> Any:
    """The type of a body that records several acts of one decision, all or none."""
    by_register = []
    for register in registers:
        bodies = [
            _body(
                register,
                kind,
                ActBody,
                "Together",
                {
                    "register_name": (_exactly(register.name), Field(alias="register")),
                    "entry": (Reference, Field(description="Registration number or id; the chosen id of a new entry")),
                    "new": (bool, Field(default=False, description="Whether the act begins the entry")),
                    "version": (Version | None, _VERSION_IF_SAID),
                },
            )
            for kind in register.kinds
        ]
        by_register.append(Annotated[reduce(or_, bodies), Field(discriminator="kind")])
    act: Any = Annotated[reduce(or_, by_register), Field(discriminator="register_name")]
    acts: Any = Annotated[list[act], Field(min_length=1, max_length=100)]
    return create_model(
        "ActsTogether",
        __config__=ConfigDict(extra="forbid", frozen=True),
        __doc__="Several acts of one decision, all or none: a reorganisation, a merger, a split, a change of type.",
        decision=(Decision, ...),
        acts=(acts, ...),
    )


def draft_of(
    register: Register, body: ActBody, decision: Decision, entry_id: UUID, *, opens: bool, version: int | None = None
) -> Draft:
    """The draft a body asks for."""
    effective_on: date | None = body.effective_on
    return Draft(
        register.name,
        entry_id,
        body.kind,
        decision,
        effective_on,
        body.content,
        received_on=body.received_on,
        answers=body.answers,
        note=body.note,
        opens_entry=opens,
        expected_version=version,
    )
