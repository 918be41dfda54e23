"""Why a command reads what is not public: said by options, and kept like any other reading."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from api.cli.output import err, refuse
from api.grants import Grant, Role
from api.service import Service
from api.session import Disclosure, Session
from domain.purpose import PURPOSES, MalformedPurpose, purpose_of

Purpose = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        help=f"Why what is not public is read ({', '.join(PURPOSES)}); it is kept. Without it, only what is public is"
        " shown.",
    ),
]
Case = Annotated[str | None, typer.Option("--case", help="Number of the case for which it is read.")]


def say_left_out(session: Session, what: str) -> None:
    """Say on standard error that ``what`` is not public and not shown, and how it can be shown."""
    if session.disclosure is None:
        err.print(
            f"{what} not public and left out. With --purpose ({', '.join(PURPOSES)}) this is shown,"
            " and that it was read is kept.",
            style="yellow",
            highlight=False,
        )


def operator(service: Service, command: str, purpose: str | None, case: str | None) -> Session:
    """The session of whoever uses the command line: they may read everything, for a purpose.

    Their pseudonym is the number of the system's account.
    """
    pseudonym = f"command-line:{os.getuid()}"
    everything = frozenset({Grant("*", Role.AUDITOR)})
    if purpose is None:
        if case is not None:
            raise refuse("--case: expected --purpose with it, met none")
        return Session(pseudonym, everything, None)
    try:
        stated = purpose_of(purpose, case)
    except MalformedPurpose as malformed:
        raise refuse(str(malformed)) from None
    return Session(pseudonym, everything, None, Disclosure(service.readings, pseudonym, stated, f"regesta {command}"))
