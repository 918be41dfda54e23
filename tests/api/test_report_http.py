"""The annual report over HTTP: asked for by name or by Accept, in either language, at a position that never changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from replay.report.forms import MEDIA
from tests.api.office import Office, opened, problem, told
from tests.replay.report.reading import Page, figures_of_workbook, pages

BEGINNINGS = {"html": b"<!doctype html>", "xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF-"}
REGISTERED = "t3.institutions.registered"


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    """A school registered in 2020."""
    with opened(server_url) as open_office:
        open_office.register("2020-03-02")
        yield open_office


@pytest.mark.parametrize("form", BEGINNINGS)
def test_a_report_is_served_in_each_form_under_its_position(office: Office, form: str) -> None:
    answer = office.anyone.get("/statistics/2020", params={"format": form})
    assert (answer.status_code, answer.headers["content-type"]) == (200, dict(MEDIA.items())[form])  # type: ignore[index]
    assert answer.content.startswith(BEGINNINGS[form])
    assert answer.headers["x-known-at-position"] == "0"
    assert answer.headers["content-disposition"] == f'inline; filename="2020-lv-0.{form}"'
    by_accept = office.anyone.get("/statistics/2020", headers={"Accept": MEDIA[form].partition(";")[0]})  # type: ignore[index]
    assert by_accept.content == answer.content


def test_a_browser_is_shown_the_page_and_a_program_the_data(office: Office) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = office.anyone.get("/statistics/2020", headers={"Accept": browser})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert office.anyone.get("/statistics/2020").headers["content-type"] == "application/json"


def test_the_forms_hold_the_figures_of_the_data(office: Office) -> None:
    data = told(office.anyone.get("/statistics/2020"))
    values: dict[str, list[int]] = {}
    for table in data["tables"]:
        for row in table["rows"]:
            for cell in row["cells"]:
                values.setdefault(cell["figure"], []).append(cell["value"])
    expected = {figure: tuple(found) for figure, found in values.items()}
    assert expected[REGISTERED] == (1,)
    assert Page(office.anyone.get("/statistics/2020", params={"format": "html"}).content).figures == expected
    assert figures_of_workbook(office.anyone.get("/statistics/2020", params={"format": "xlsx"}).content) == expected


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [(None, None, "lv"), (None, "en-GB, lv;q=0.5", "en"), (None, "lv", "lv"), ("lv", "en", "lv"), ("en", None, "en")],
)
def test_a_report_is_latvian_unless_another_language_is_asked_for_or_accepted(
    office: Office, asked: str | None, accepted: str | None, language: str
) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    params = {"format": "html", **({"language": asked} if asked else {})}
    answer = office.anyone.get("/statistics/2020", params=params, headers=headers)
    assert answer.headers["content-language"] == language
    assert Page(answer.content).all("html") == [{"lang": language}]


def test_every_link_of_the_page_is_answered(office: Office) -> None:
    page = Page(office.anyone.get("/statistics/2020", params={"format": "html"}).content)
    (link,) = [link for link in page.links() if f"/{REGISTERED}/" in link]
    assert link == f"/statistics/2020/figures/{REGISTERED}/acts?known_at=0"
    assert [act["position"] for act in told(office.anyone.get(link))["acts"]] == [0]


def test_the_published_figures_of_the_year_stand_in_an_annex_if_asked_for(office: Office) -> None:
    def pdf(year: int, reconciled: bool) -> str:
        path = f"/statistics/{year}?format=pdf&language=en&reconciled={reconciled}"
        return " ".join(pages(office.anyone.get(path).content))

    assert "Annex. Reconciliation" in pdf(2020, True)
    assert "Annex. Reconciliation" not in pdf(2020, False)
    assert "Annex. Reconciliation" not in pdf(2021, True)


def test_a_report_as_known_at_a_position_never_changes(office: Office) -> None:
    asked = {"format": "html", "known_at": "0"}
    before = office.anyone.get("/statistics/2020", params=asked)
    office.register("2020-05-04")
    assert office.anyone.get("/statistics/2020", params=asked).content == before.content
    now = office.anyone.get("/statistics/2020", params={"format": "html"})
    assert Page(now.content).figures[REGISTERED] == (2,)
    assert now.headers["x-known-at-position"] == "1"


def test_a_form_that_is_not_offered_is_refused(office: Office) -> None:
    met = problem(office.anyone.get("/statistics/2020", headers={"Accept": "image/png"}), 406, "not-acceptable")
    assert "text/html" in met["detail"]
    assert office.anyone.get("/statistics/2020", params={"format": "odt"}).status_code == 422
    assert office.anyone.get("/statistics/2020/t3", params={"format": "pdf"}).status_code == 422
