from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.office import Json, Office, opened, problem, told

REGISTERED = "t3.institutions.registered"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """Two schools registered in 2020, one of them struck off in 2021; an amendment refused in 2020."""
    with opened(server_url) as open_office:
        first = open_office.register("2020-03-02")["entry"]
        open_office.register("2020-12-31")
        open_office.act(first, "strike_off", "2021-01-01", basis="liquidation")
        open_office.act(first, "refuse_amendment", "2020-05-04", reason="no ground")
        yield open_office


def cells(office: Office, path: str, **asked: Any) -> dict[str, int]:
    """The figures told that are not 0."""
    document = told(office.anyone.get(f"/statistics/{path}", params=asked))
    return {
        cell["figure"]: cell["value"]
        for table in document["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if cell["value"]
    }


def test_a_year_is_told_table_by_table_and_cell_by_cell(office: Office) -> None:
    document = told(office.anyone.get("/statistics/2020"))
    assert (document["year"], document["known_at"]["position"]) == (2020, 3)
    table = next(table for table in document["tables"] if table["table"] == "t3")
    row = next(row for row in table["rows"] if row["row"] == "institutions")
    cell = next(cell for cell in row["cells"] if cell["figure"] == REGISTERED)
    assert (cell["value"], cell["unit"]) == (2, "acts")
    assert cell["rule"]
    assert {"lv", "en"} == set(table["title"]) == set(row["title"]) == set(cell["title"])


def test_acts_are_counted_in_the_year_in_which_they_were_decided(office: Office) -> None:
    assert cells(office, "2020")[REGISTERED] == 2
    assert cells(office, "2020")["t3.institutions.amendment_refused"] == 1
    assert REGISTERED not in cells(office, "2021")
    assert cells(office, "2021")["t3.institutions.struck_off"] == 1
    assert cells(office, "2019") == {}


def test_a_year_known_at_a_position_never_changes(office: Office) -> None:
    assert cells(office, "2020", known_at=-1) == {}
    assert cells(office, "2020", known_at=0)[REGISTERED] == 1
    assert cells(office, "2020", known_at=1)[REGISTERED] == 2


def test_a_table_is_the_part_of_the_year_that_has_its_name(office: Office) -> None:
    whole = told(office.anyone.get("/statistics/2020"))
    names = [table["table"] for table in whole["tables"]]
    assert len(names) == len(set(names))
    for table in whole["tables"]:
        assert told(office.anyone.get(f"/statistics/2020/{table['table']}")) == {**whole, "tables": [table]}


def test_a_table_unknown_to_the_report_is_not_found(office: Office) -> None:
    assert "'t99'" in problem(office.anyone.get("/statistics/2020/t99"), 404, "not-found")["detail"]


@pytest.mark.parametrize("year", ["1899", "3000", "last"])
def test_a_year_out_of_bounds_is_not_asked_about(office: Office, year: str) -> None:
    assert problem(office.anyone.get(f"/statistics/{year}"), 422, "content-does-not-fit")["errors"][0]["met"] == year


@pytest.mark.parametrize("path", ["2020", "2020/t3"])
def test_a_table_as_csv_says_the_same(office: Office, path: str) -> None:
    document = told(office.anyone.get(f"/statistics/{path}"))
    answer = office.anyone.get(f"/statistics/{path}", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-known-at-position"] == "3"
    assert answer.content == office.anyone.get(f"/statistics/{path}", params={"format": "csv"}).content
    assert list(csv.DictReader(io.StringIO(answer.text, newline=""))) == [
        {"table": table["table"], "row": row["row"], "figure": cell["figure"], "year": cell["label"],
         "value": str(cell["value"]), "unit": cell["unit"], "label_lv": cell["title"]["lv"],
         "label_en": cell["title"]["en"]}
        for table in document["tables"] for row in table["rows"] for cell in row["cells"]
    ]  # fmt: skip


def test_the_acts_behind_a_cell_are_told(office: Office) -> None:
    def behind(figure: str, **asked: Any) -> Json:
        return told(office.anyone.get(f"/statistics/2020/figures/{figure}/acts", params=asked))

    document = behind(REGISTERED)
    assert (document["figure"], document["year"], document["next_cursor"]) == (REGISTERED, 2020, None)
    assert [(act["position"], act["kind"]) for act in document["acts"]] == [(0, "register"), (1, "register")]
    assert [act["position"] for act in behind(REGISTERED, known_at=0)["acts"]] == [0]
    first = behind(REGISTERED, limit=1)
    second = behind(REGISTERED, limit=1, cursor=first["next_cursor"])
    assert [act["position"] for page in (first, second) for act in page["acts"]] == [0, 1]
    assert second["next_cursor"] is None


def test_an_act_that_is_not_public_is_counted_for_anyone_and_told_to_a_clerk(office: Office) -> None:
    path = "/statistics/2020/figures/t3.institutions.amendment_refused/acts"
    assert told(office.anyone.get(path))["acts"] == []
    assert [act["position"] for act in told(office.clerk.get(path))["acts"]] == [3]


def test_a_figure_that_no_rule_yields_is_not_found(office: Office) -> None:
    answer = office.anyone.get("/statistics/2020/figures/t3.unknown/acts")
    assert "'t3.unknown'" in problem(answer, 404, "not-found")["detail"]
