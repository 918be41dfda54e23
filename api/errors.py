"""Errors as RFC 9457 problem details: a stable type, the field, what was expected and what was met.

HTTP statuses live here and nowhere else.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.accounts import TooManyAttempts
from api.field_problems import field_problem
from api.language import Language, language_of, translated
from api.oidc import IdentityProviderUnavailable
from api.pace import TooManyExtracts
from api.refused import REFUSED, TITLES, ActInTheWay, DependantShape, refused_problem, slug_of
from api.session import NameOrPasswordWrong, NotAuthenticated, NotPermitted, PurposeNeeded
from domain.purpose import MalformedPurpose
from domain.refusals import ActRefused
from ledger.person_keys import PersonKeyRefused
from ledger.sealing import LedgerHalted, NotSealed
from projections.moment import MalformedMoment
from projections.recording import NothingRecorded, OutcomeUnknown, RecordingStopped
from replay.extract.issued import ExtractGone, NoExtract
from replay.extract.machine import NotSealedYet
from replay.extract.unsealed import SealUnavailable


class FieldProblem(BaseModel):
    """One field that does not fit."""

    field: str = Field(description="Where: the path of the field in the body, or the name of the parameter")
    expected: str = Field(description="What was expected there")
    met: Any = Field(description="What was met, as far as it can be shown")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="A stable URN of the kind of problem", examples=["urn:regesta:problem:number-taken"])
    title: str = Field(description="The kind of problem, in the caller's language")
    status: int
    detail: str = Field(description="What was expected and what was met")
    act: int | None = Field(default=None, description="Of several acts asked for together, which one; from 0")
    errors: list[FieldProblem] | None = Field(default=None, description="The fields concerned")
    acts_in_the_way: list[ActInTheWay] | None = Field(default=None, description="The acts that stand in the way")
    dependants: list[DependantShape] | None = Field(default=None, description="The entries that would be left without")


class Malformed(Exception):
    """A request that can't be read. ``expected`` is a template, translated by the interface; ``values`` fill it."""

    def __init__(self, field: str, expected: str, met: str, **values: Any) -> None:
        self.field, self.expected, self.met, self.values = field, expected, met, values
        super().__init__(f"{field}: expected {expected.format(**values)}, met {met!r}")


class BodyTooLarge(HTTPException):
    """A body larger than any decision needs. FastAPI lets through only exceptions of HTTP while it reads a body."""

    message = "the body is larger than this service takes"

    def __init__(self) -> None:
        super().__init__(413)


NO_ENTRY = "no entry {entry} in register {register}"


class NotFound(Exception):
    """Nothing that the caller may see is there. ``message`` is a template; ``values`` fill it."""

    def __init__(self, message: str, **values: Any) -> None:
        self.message, self.values = message, values
        super().__init__(message.format(**values))


class NumberInRegister(Exception):
    """An entry with the number is in the register; that it is not can't be proved."""

    message = "expected no entry with number {number} in register {register} on {day}, met {entry}"

    def __init__(self, register: str, number: str, day: date, entry: str) -> None:
        self.values = {"register": register, "number": number, "day": day, "entry": entry}
        super().__init__(self.message.format(**self.values))


class NotAcceptable(Exception):
    """None of the formats the caller accepts is offered."""

    message = "Accept: expected one of {offered}, met {met}"

    def __init__(self, offered: str, met: str) -> None:
        self.values = {"offered": offered, "met": repr(met)}
        super().__init__(self.message.format(**self.values))


_FIELD = "{field}: expected {expected}, met {met}"
_NO_DATABASE = "expected the database to answer, met none or one that stopped; ask again"
_MEDIA_TYPE = "Content-Type: expected application/json, met {met}"

_STATUS: dict[type[Exception], int] = {
    **REFUSED,
    NotAuthenticated: 401,
    NameOrPasswordWrong: 401,
    NotPermitted: 403,
    PurposeNeeded: 403,
    TooManyAttempts: 429,
    BodyTooLarge: 413,
    NotFound: 404,
    NotAcceptable: 406,
    NumberInRegister: 409,
    NotSealed: 503,
    Malformed: 400,
    MalformedMoment: 400,
    MalformedPurpose: 400,
    OutcomeUnknown: 503,
    NothingRecorded: 503,
    RecordingStopped: 503,
    PersonKeyRefused: 503,
    LedgerHalted: 503,
    IdentityProviderUnavailable: 503,
    NoExtract: 404,
    ExtractGone: 410,
    NotSealedYet: 503,
    SealUnavailable: 503,
    TooManyExtracts: 429,
}


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 409 for an act refused by the register's rules."""
    return _STATUS.get(type(error), 409)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of the problems a path can answer with; any path, that the database is not there."""
    return {
        status: {
            "description": TITLES[status],
            "model": Problem,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, 400, 503})
    }


class ProblemResponse(JSONResponse):
    """A problem. What it quotes of a request may be half a surrogate pair, which UTF-8 can't say."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """The problem's bytes."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(errors="replace")


def problem_response(
    request: Request, status: int, kind: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem-details answer in the caller's language."""
    language = language_of(request.headers.get("accept-language"))
    body = {
        "type": f"urn:regesta:problem:{kind}",
        "title": translated(TITLES.get(status, TITLES[500]), language),
        "status": status,
        "detail": detail,
        **more,
    }
    shown = {**_headers(language), **(headers or {})}
    if status == 401:
        shown["WWW-Authenticate"] = 'Bearer realm="regesta"'
    return ProblemResponse(body, status, headers=shown)


def _headers(language: Language) -> dict[str, str]:
    return {"Content-Language": language, "Vary": "Accept-Language"}


def install(app: FastAPI) -> None:
    """Let every error of this system leave as a problem."""
    app.add_exception_handler(ActRefused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in _STATUS:
        if not issubclass(kind, ActRefused):
            app.add_exception_handler(kind, _other)
    app.add_exception_handler(psycopg.OperationalError, _database_lost)
    app.add_exception_handler(Exception, _unforeseen)


async def body_too_large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 413 without reading the body."""
    await _other(Request(scope), BodyTooLarge())(scope, receive, send)


async def query_is_no_text(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 400 to a query that can't be read."""
    met = scope["query_string"][:80].decode("ascii", "replace")
    await _other(Request(scope), Malformed("query", "text in UTF-8", met))(scope, receive, send)


def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ActRefused):
        raise error
    language = language_of(request.headers.get("accept-language"))
    problem = refused_problem(error, language)
    return ProblemResponse(problem, problem["status"], headers=_headers(language))


def _other(request: Request, error: Exception) -> JSONResponse:
    language = language_of(request.headers.get("accept-language"))
    template = getattr(error, "message", None)
    more: dict[str, Any] = {}
    if isinstance(error, Malformed | MalformedMoment | MalformedPurpose):
        expected = translated(error.expected, language, **error.values)
        more["errors"] = [{"field": error.field, "expected": expected, "met": error.met}]
        detail = translated(_FIELD, language, field=error.field, expected=expected, met=repr(error.met))
    elif isinstance(template, str):
        detail = translated(template, language, **getattr(error, "values", {}))
    else:
        detail = translated(TITLES[status_of(error)], language)
    return problem_response(request, status_of(error), slug_of(error), detail, **more)


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    title = TITLES.get(error.status_code, TITLES[500])
    kind = re.sub(r"[^a-z]+", "-", title.lower())
    headers = dict(error.headers or {})
    allowed = request.app.methods_of(request.url.path) if error.status_code == 405 else []
    if allowed:
        headers["Allow"] = ", ".join(allowed)
    language = language_of(request.headers.get("accept-language"))
    if error.status_code == 400:  # FastAPI could not read the body: not UTF-8, nested too deep, a number too long
        errors = [{"field": "body", "expected": translated("well-formed JSON", language), "met": None}]
        detail = translated(_FIELD, language, **{**errors[0], "met": "-"})
        return problem_response(request, 400, "malformed", detail, errors=errors)
    return problem_response(request, error.status_code, kind, translated(title, language), headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    language = language_of(request.headers.get("accept-language"))
    found = error.errors()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(error.body, bytes) and any(problem["loc"][0] == "body" for problem in found):
        detail = translated(_MEDIA_TYPE, language, met=repr(media))
        return problem_response(request, 415, "content-type-not-supported", detail, {"Accept-Post": "application/json"})
    errors = [field_problem(problem, error.body, language) for problem in found]
    malformed = any(problem["type"] == "json_invalid" for problem in found)
    detail = "; ".join(
        translated(_FIELD, language, **{**e, "met": "-" if e["met"] is None else repr(e["met"])}) for e in errors[:5]
    )
    status, kind = (400, "malformed") if malformed else (422, "content-does-not-fit")
    return problem_response(request, status, kind, detail, errors=errors)


def _database_lost(request: Request, _: Exception) -> JSONResponse:
    # Connections that wait in the pool were, perhaps, lost with it; each would cost another caller the answer.
    service = request.app.state.service
    service.database.pool.check()
    service.vault.check()
    language = language_of(request.headers.get("accept-language"))
    return problem_response(request, 503, "database-not-available", translated(_NO_DATABASE, language))


def _unforeseen(request: Request, _: Exception) -> JSONResponse:
    language = language_of(request.headers.get("accept-language"))
    return problem_response(request, 500, "internal-error", translated(TITLES[500], language))
