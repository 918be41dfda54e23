"""``GET /reference``: the lists that acts and statistics are written in, with the days on which each entry holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from starlette.responses import Response

from api.answers import json_response, text_of
from api.errors import NotFound, problems
from api.sessions import CurrentSession
from domain.institution_types import KINDS, LEGAL_STATUSES, TYPES
from domain.legal_grounds import legal_grounds
from domain.legal_time import LegalDate
from domain.practice_areas import PRACTICE_AREAS
from domain.programme_classification import CODES
from domain.qualifications_list import listed_qualifications
from domain.register import Titles
from domain.territories import territories

_VIIS = "VIIS export of December 2020; International Schools Law"


class Listed(BaseModel):
    """An entry of a list. The days are empty where the sources do not tell them, or it holds still."""

    code: str
    title: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    source: str
    more: dict[str, Any]


class ReferenceList(BaseModel):
    """A list, all of it or what holds on a day."""

    name: str
    on: date | None
    entries: list[Listed]


class ReferenceLists(BaseModel):
    """The names of the lists."""

    lists: list[str]


def _of_territories() -> Iterator[Listed]:
    for each in territories():
        source = "ATVK 2021 (MK 379/2021)" if each.first_day.year > 2020 else "ATVK 2009"
        yield _listed(
            each.code,
            Titles(each.name, each.name),
            source,
            each.first_day,
            each.last_day,
            continued_by=each.continued_by,
        )


def _of_legal_grounds() -> Iterator[Listed]:
    for each in legal_grounds().values():
        begins = each.in_force_from or each.adopted
        registers = sorted(each.registers)
        yield _listed(
            each.act, Titles(each.act, each.act), each.act, begins, each.last_day, about=each.about, registers=registers
        )


def _of_institution_types() -> Iterator[Listed]:
    for code, each in TYPES.items():
        titles = Titles(each.lv.strip(), each.en)
        yield _listed(code, titles, _VIIS, kind=each.kind, number_codes=list(each.number_codes))


def _of_labels(labels: dict[str, Any]) -> Callable[[], Iterator[Listed]]:
    return lambda: (_listed(code, Titles(each.lv.strip(), each.en), _VIIS) for code, each in labels.items())


def _of_practice_areas() -> Iterator[Listed]:
    for code, each in PRACTICE_AREAS.items():
        yield _listed(code, each.titles, each.source, each.first, each.last)


def _of_programme_codes() -> Iterator[Listed]:
    for each in CODES:
        yield _listed(
            each.code, each.titles, each.source, each.valid_from, each.valid_until, part=each.part, value=each.value
        )


def _of_qualifications() -> Iterator[Listed]:
    for each in listed_qualifications().values():
        yield _listed(each.name, Titles(each.name, each.name), "MK 1412/2013", levels=list(each.levels))


def _listed(
    code: str, titles: Titles, source: str, first: date | None = None, last: date | None = None, **more: Any
) -> Listed:
    return Listed(code=code, title=titles._asdict(), valid_from=first, valid_to=last, source=source, more=more)


LISTS: dict[str, Callable[[], Iterator[Listed]]] = {
    "institution-kinds": _of_labels(KINDS),
    "institution-types": _of_institution_types,
    "legal-grounds": _of_legal_grounds,
    "legal-statuses": _of_labels(LEGAL_STATUSES),
    "practice-areas": _of_practice_areas,
    "programme-codes": _of_programme_codes,
    "qualifications": _of_qualifications,
    "territories": _of_territories,
}


def reference_router() -> APIRouter:
    """``/reference``."""
    router = APIRouter(prefix="/reference", tags=["reference"])

    @router.get("", response_model=ReferenceLists, responses=problems(401))
    def lists(_: CurrentSession) -> Response:
        """The lists there are."""
        return json_response(text_of({"lists": list(LISTS)}))

    @router.get("/{name}", response_model=ReferenceList, responses=problems(401, 404, 422))
    def one_list(
        _: CurrentSession,
        name: Annotated[str, Path(max_length=40)],
        on: Annotated[LegalDate | None, Query(description="Only what holds on this day")] = None,
    ) -> Response:
        """A list with its sources: codes, titles, and the days on which each holds."""
        if name not in LISTS:
            raise NotFound("expected one of the lists {lists}, met {met}", lists=", ".join(LISTS), met=repr(name))
        entries = [each for each in LISTS[name]() if on is None or _holds(each, on)]
        return json_response(ReferenceList(name=name, on=on, entries=entries).model_dump_json())

    return router


def _holds(entry: Listed, day: date) -> bool:
    return (entry.valid_from is None or entry.valid_from <= day) and (entry.valid_to is None or day <= entry.valid_to)
