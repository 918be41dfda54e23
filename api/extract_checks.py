"""Checking an extract by its number and code: over HTTP for programs, and as a page for whoever holds the paper."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, Response

from api.answers import json_response, text_of
from api.errors import problems
from api.extract_files import language_asked
from api.parameters import TheService
from api.service import Service
from domain.legal_time import riga_date
from domain.register import Titles
from projections.moment import resolve_known_at
from replay.extract import words
from replay.extract.issued import Issued, Since, changed_since, find_issued
from replay.extract.printed import spaced
from replay.extract.words import Language, day_said, said

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = Path(__file__).parent / "pages"
Verdict = Literal["genuine", "revoked", "issued", "other", "unknown"]
Number = Annotated[str, PathParameter(max_length=40, pattern=r"^[^\x00]*$", description="Number of the extract")]
"""Whatever was typed: of a number that no extract can have, it is said that there is none."""
Code = Annotated[
    str | None,
    Query(alias="hash", max_length=100, description="SHA-256 of the content, or the check code printed on it"),
]
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class ChangedDocument(BaseModel):
    """Whether the entry is another than the extract states."""

    on_that_day: bool = Field(description="On the extract's day, as the register knows it now")
    today: bool = Field(description="Today, as the register knows it now")


class CheckDocument(BaseModel):
    """Whether an extract is genuine. What it is about is told to whoever has its code."""

    number: str
    verdict: Verdict = Field(
        description="genuine: it states what was issued; revoked: it is no longer to be relied on; issued: there is one"
        " of this number, and no code was given; other: the one of this number has another code; unknown: there is none"
    )
    issued_on: date | None = None
    revoked_on: date | None = None
    register_name: str | None = Field(default=None, alias="register")
    entry: str | None = None
    as_of: date | None = None
    known_at: int | None = Field(default=None, description="Position up to which the ledger was taken as known")
    changed: ChangedDocument | None = None


def checks_router() -> APIRouter:
    """``/extracts/{number}/check`` and the page ``/check/{number}``."""
    router = APIRouter(tags=["extracts"])

    @router.get("/extracts/{number}/check", response_model=CheckDocument, responses=problems(422))
    def check(service: TheService, number: Number, code: Code = None) -> Response:
        """Whether an extract with this number and code is genuine, was revoked, and whether the entry has changed."""
        return json_response(text_of(_checked(service, number, code)), {"Cache-Control": "no-store"})

    @router.get("/check/{number}", response_class=HTMLResponse, responses=problems(422))
    def check_page(request: Request, service: TheService, number: Number, code: Code = None) -> Response:
        """The same, as a page to be read."""
        language = language_asked(request)
        checked = _checked(service, number, code)
        page = _pages().get_template("check.html").render(
            language=language, say=lambda titles, **values: said(titles, language, **values), words=PageWords,
            checked=checked, sentences=list(_sentences(service, checked, language)), code=code or "",
            shown_code=spaced(code.replace(" ", "")) if code else "", office=words.OFFICE,
        )  # fmt: skip
        headers = {**_HEADERS, "Content-Language": language, "Vary": "Accept-Language"}
        return HTMLResponse(page, headers=headers)

    return router


def _checked(service: Service, number: str, code: str | None) -> dict[str, Any]:
    with service.database.pool.connection() as connection:
        known = resolve_known_at(connection, None)
        issued = find_issued(connection, service.ledger, number, known)
        verdict = _verdict(issued, code)
        answer: dict[str, Any] = {"number": number, "verdict": verdict}
        if issued is None or verdict == "other":
            return answer
        answer["issued_on"] = issued.issue.act.effective_on.isoformat()
        if issued.revoked is not None:
            answer["revoked_on"] = riga_date(issued.revoked.recorded_at).isoformat()
        if issued.answers_to(code):
            since = changed_since(connection, service.ledger, issued, known)
            answer |= _told(issued, since)
    return answer


def _verdict(issued: Issued | None, code: str | None) -> Verdict:
    if issued is None:
        return "unknown"
    if code and not issued.answers_to(code):
        return "other"
    if issued.revoked is not None:
        return "revoked"
    return "genuine" if code else "issued"


def _told(issued: Issued, since: Since) -> dict[str, Any]:
    said_ = issued.said
    return {
        "register": said_["of_register"],
        "entry": said_["of_entry"],
        "as_of": said_["as_of"],
        "known_at": said_["known_at"],
        "changed": {"on_that_day": since.on_the_day, "today": since.today},
    }


class PageWords:
    """What the page says, Latvian first."""

    TITLE = Titles("Izraksta {number} pārbaude", "Check of extract {number}")
    VERDICTS: dict[str, Titles]
    CODE = Titles("Pārbaudes kods no izraksta", "Check code printed on the extract")
    CODE_HINT = Titles("16 zīmes grupās pa četrām", "16 characters in groups of four")
    CHECK = Titles("Pārbaudīt", "Check")
    COMPARE = Titles(
        "Pārbaudiet arī, vai izrakstā drukātais atbilst šeit teiktajam: reģistram, dienai un ieraksta saturam.",
        "Check as well that what is printed on the extract is what is said here: the register, the day, the content.",
    )
    SEE = Titles("Ieraksts, kāds tas bija izrakstā", "The entry as it was in the extract")
    OFFLINE = Titles(
        "PDF failam pievienotais datu fails ļauj pārbaudīt izrakstu arī bez šīs lapas.",
        "With the data file attached to the PDF, the extract can be checked without this page as well.",
    )


_UNKNOWN = Titles("Izraksta ar šādu numuru nav", "There is no extract of this number")
_OTHER = Titles(
    "Neatbilst: izrakstam ar šo numuru ir cits kods. Iespējams, kods ievadīts kļūdaini vai izraksts ir viltots.",
    "Does not fit: the extract of this number has another code. It may have been mistyped, or the extract forged.",
)
PageWords.VERDICTS = {
    "genuine": Titles("Izraksts ir īsts", "The extract is genuine"),
    "revoked": Titles("Izraksts ir atsaukts", "The extract was revoked"),
    "issued": Titles("Izraksts ar šādu numuru ir izsniegts", "An extract of this number was issued"),
    "other": Titles("Izraksts neatbilst izsniegtajam", "Not the extract that was issued"),
    "unknown": _UNKNOWN,
}
_ISSUED_ON = Titles("Izsniegts {day}.", "Issued on {day}.")
_REVOKED_ON = Titles("Atsaukts {day}; uz to vairs nevar paļauties.", "Revoked on {day}; it can't be relied on.")
_ABOUT = Titles(
    "{register}: stāvoklis {day}, kā reģistrs to zināja žurnāla pozīcijā {position}.",
    "{register}: as of {day}, as the register knew it at ledger position {position}.",
)
_ENTER_CODE = Titles(
    "Lai uzzinātu, vai jūsu izraksts ir tas pats, ievadiet uz tā drukāto pārbaudes kodu.",
    "To learn whether yours is the same, enter the check code printed on it.",
)
_CORRECTED = Titles(
    "Ieraksts par to pašu dienu kopš izsniegšanas ir mainīts: reģistrs tagad saka ko citu.",
    "The entry was changed since for the very same day: the register says something else now.",
)
_ANOTHER_TODAY = Titles(
    "Šodien ieraksts ir citāds nekā izrakstā.", "Today the entry is another than in the extract."
)  # fmt: skip
_AS_IT_WAS = Titles("Ieraksts kopš tā laika nav mainījies.", "The entry has not changed since.")


def _sentences(service: Service, checked: dict[str, Any], language: Language) -> list[str]:
    if checked["verdict"] in ("unknown", "other"):
        return [said(_OTHER, language)] if checked["verdict"] == "other" else []
    found = [said(_ISSUED_ON, language, day=day_said(date.fromisoformat(checked["issued_on"]), language))]
    if "revoked_on" in checked:
        found.append(said(_REVOKED_ON, language, day=day_said(date.fromisoformat(checked["revoked_on"]), language)))
    if "changed" not in checked:
        return [*found, said(_ENTER_CODE, language)]
    register = service.catalogue.registers[checked["register"]]
    day = day_said(date.fromisoformat(checked["as_of"]), language)
    title = said(register.titles, language)
    found.append(said(_ABOUT, language, register=title, day=day, position=checked["known_at"]))
    changed = checked["changed"]
    told = [said(_CORRECTED, language)] if changed["on_that_day"] else []
    told += [said(_ANOTHER_TODAY, language)] if changed["today"] else []
    return found + (told or [said(_AS_IT_WAS, language)])


@cache
def _pages() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
