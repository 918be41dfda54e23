"""Reference lists over HTTP, and figures by what these lists name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from tests.api.office import Office, opened, problem, told

REGISTERED = "t3.institutions.registered"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """Two schools registered in 2020, in Rīga and in Ādaži."""
    with opened(server_url) as open_office:
        open_office.register("2020-03-02", address="EZERA IELA 1, RĪGA, LV-1034")
        open_office.register("2020-12-31", address="EZERA IELA 1, ĀDAŽI, ĀDAŽU NOVADS, LV-2164")
        yield open_office


def test_every_list_is_told_with_sources_and_the_days_on_which_each_entry_holds(office: Office) -> None:
    lists = told(office.anyone.get("/reference"))["lists"]
    assert {"territories", "legal-grounds", "practice-areas", "institution-types", "programme-codes"} <= set(lists)
    for name in lists:
        entries = told(office.anyone.get(f"/reference/{name}"))["entries"]
        assert entries
        assert all(each["code"] and each["source"] and each["title"]["lv"] for each in entries)


def test_a_list_on_a_day_has_what_holds_then(office: Office) -> None:
    def on(day: str) -> dict[str, str]:
        entries = told(office.anyone.get("/reference/territories", params={"on": day}))["entries"]
        return {each["title"]["lv"]: each["code"] for each in entries}

    assert (on("2020-12-31")["Ādažu novads"], len(on("2020-12-31"))) == ("0804400", 119)
    assert (on("2021-07-01")["Ādažu novads"], len(on("2021-07-01"))) == ("0023000", 43)
    missing = office.anyone.get("/reference/castles")
    assert "territories" in problem(missing, 404, "not-found")["detail"]


def test_a_figure_is_told_over_the_years_and_by_municipality(office: Office) -> None:
    asked: dict[str, int | str] = {"from": 2019, "to": 2020, "by": "municipality"}
    document = told(office.anyone.get(f"/statistics/figures/{REGISTERED}", params=asked))
    assert (document["years"], document["values"], document["known_at"]["position"]) == ([2019, 2020], [0, 2], 1)
    assert document["parts"] == [{"part": "Ādažu novads", "values": [0, 1]}, {"part": "Rīga", "values": [0, 1]}]
    answer = office.anyone.get(f"/statistics/figures/{REGISTERED}", params={**asked, "format": "csv", "known_at": "0"})
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["figure", "by", "part", "2019", "2020"],
        [REGISTERED, "", "", "0", "1"],
        [REGISTERED, "municipality", "Rīga", "0", "1"],
    ]


@pytest.mark.parametrize(
    ("figure", "asked", "status", "told_of"),
    [
        (REGISTERED, {"from": 2020, "to": 2019}, 400, "a year from 2020"),
        (REGISTERED, {"from": 1950, "to": 2020}, 400, "a year from 1950 to 1999"),
        (REGISTERED, {"from": 2020, "to": 2020, "by": "head"}, 400, "kind, type, founder_class, municipality"),
        ("t5.total", {"from": 2020, "to": 2020, "by": "holder"}, 400, "holder"),
        ("t3.castles", {"from": 2020, "to": 2020}, 404, "t3.castles"),
        (REGISTERED, {"to": 2020}, 422, "from"),
    ],
)
def test_a_series_that_cannot_be_told_is_refused_with_what_can(
    office: Office, figure: str, asked: dict[str, str], status: int, told_of: str
) -> None:
    answer = office.anyone.get(f"/statistics/figures/{figure}", params=asked)
    problem(answer, status, {400: "malformed", 404: "not-found", 422: "content-does-not-fit"}[status])
    assert told_of in answer.text
