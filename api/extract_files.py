"""Making extracts: what is stated, proved by the log, and written in the form asked for."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.errors import NotFound
from api.language import Language, language_of
from api.log_keys import lines
from api.service import Service
from api.session import Session, not_readable, reads_confidential
from domain.register import Register
from ledger.note import VerifierKey
from projections.moment import Moment, resolve_known_at
from replay.extract.issued import Issued, NoExtract, find_issued, stated_again
from replay.extract.machine import Extract, Issue, extract
from replay.extract.pdf import as_pdf
from replay.extract.statement import RULE_VERSION, Question, Statement, statement

ExtractForm = Literal["pdf", "json"]
MEDIA: dict[ExtractForm, str] = {"pdf": "application/pdf", "json": "application/json"}
FORMS: dict[str, ExtractForm] = {f".{form}": form for form in MEDIA}
"""The forms by the endings of their files."""


def check_part(session: Session, register: Register, part: str) -> None:
    """Whether the session may have an extract of that part. Raises NotAuthenticated or NotPermitted."""
    if not reads_confidential(session, register) and part == "whole":
        raise not_readable(session, register.name)


def note_read(session: Session, register: Register, part: str, entry: UUID, moment: Moment) -> None:
    """Note that an extract shows what is not public of ``entry``, if it does."""
    if part == "whole" or not register.public:
        session.shows(register.name, entry, moment.known_at.position, moment.as_of)


def check_given(service: Service, session: Session, issued: Issued, code: str | None) -> None:
    """Whether the session may have an issued extract: the public part of a public register goes to who has the code.

    Raises NoExtract, NotAuthenticated or NotPermitted.
    """
    register = issued.of_register(service.ledger)
    if session.may_read_confidential(register.name):
        return
    if not issued.answers_to(code):
        raise NoExtract(issued.issue.number)
    check_part(session, register, issued.said["part"])


def stated(service: Service, question: Question, *, nonce: str | None) -> Statement:
    """What an extract states that is made now. Raises NotFound."""
    with service.database.pool.connection() as connection:
        made = statement(connection, service.ledger, question, nonce=nonce, rule_version=RULE_VERSION)
    if made is None:
        raise NotFound(
            "no entry {entry} in register {register} at that moment",
            entry=question.reference, register=question.register.name,
        )  # fmt: skip
    return made


def address_of(service: Service, made: Statement) -> str:
    """Where the same question can be asked again."""
    stated_, moment = made.stated, made.moment
    asked = {"as_of": moment.as_of, "known_at": moment.known_at.position, "part": stated_["part"]}
    path = f"/registers/{stated_['register']}/{stated_['entry']}/extract"
    return f"{service.settings.address}{path}?{urlencode(asked)}"


def proved(service: Service, made: Statement, issue: Issue | None, address: str) -> Extract:
    """The extract, with proofs from the first checkpoint that covers it; waits for that one."""
    covered = made.moment.known_at.position if issue is None else issue.act.position
    service.sealer.wait_for(covered)
    with service.database.pool.connection() as connection:
        told = [key for line in lines(connection, service.ledger) for key in (line.key, *line.before)]
        keys = [service.sealer.verifier_key, *map(VerifierKey.parse, told)]
        return extract(connection, made, issue, check=address, keys=keys)


def issued_extract(service: Service, number: str) -> Issued:
    """The issued extract of that number. Raises NoExtract."""
    with service.database.pool.connection() as connection:
        found = find_issued(connection, service.ledger, number, resolve_known_at(connection, None))
    if found is None:
        raise NoExtract(number)
    return found


def again(service: Service, issued: Issued) -> Extract:
    """An issued extract as it was. Raises ExtractGone."""
    with service.database.pool.connection() as connection:
        made = stated_again(connection, service.ledger, issued)
    return proved(service, made, issued.issue, issued.page)


def written(service: Service, found: Extract, form: ExtractForm, language: Language) -> bytes:
    """The extract's file; a PDF is sealed if the service has a certificate."""
    if form == "json":
        return found.as_json()
    pdf = as_pdf(found, language)
    return pdf if service.seal is None else service.seal.sealed(pdf)


def file_response(
    service: Service, found: Extract, form: ExtractForm, language: Language, name: str, headers: dict[str, str]
) -> Response:
    """The extract's file as it is served."""
    told = {"Content-Disposition": f'inline; filename="{name}.{form}"', "Content-Language": language, **headers}
    return Response(written(service, found, form, language), media_type=MEDIA[form], headers=told)


def language_asked(request: Request) -> Language:
    """The language the caller accepts; an extract is Latvian if nothing is said."""
    accepted = request.headers.get("accept-language")
    return language_of(accepted) if accepted else "lv"
