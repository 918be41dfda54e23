"""The web page: complete in itself, readable without eyes or mouse, each figure leading to its acts."""

from __future__ import annotations

import re

import pytest

from replay.report.forms import written
from tests.replay.report.conftest import Reporting
from tests.replay.report.reading import Page


@pytest.fixture
def page(reporting: Reporting) -> Page:
    return Page(written(reporting("en", base_url="https://registri.example/"), "html"))


def test_the_page_needs_nothing_else(reporting: Reporting) -> None:
    content = written(reporting("lv", base_url="", annex=True), "html").decode()
    found = Page(content.encode())
    assert not {"script", "link", "img", "iframe", "object"}.intersection(tag for tag, _ in found.elements)
    assert re.findall(r"url\(|@import|src=|https?://(?!www\.w3\.org)", content) == []


@pytest.mark.parametrize(("language", "office"), [("lv", "Izglītības kvalitātes"), ("en", "State Education Quality")])
def test_the_page_says_its_language_and_its_title(reporting: Reporting, language: str, office: str) -> None:
    found = Page(written(reporting(language), "html"))
    assert found.all("html") == [{"lang": language}]
    assert office in found.texts["title"][0]
    assert len(found.all("h1")) == len(found.all("main")) == len(found.all("nav")) == 1


def test_every_table_has_a_caption_and_its_heads_a_scope(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) == 3
    assert {head.get("scope") for head in page.all("th")} == {"col", "row", "rowgroup"}
    assert "Table 6. Institutions, 2018, 2019, 2020." in page.texts["span"]
    assert "Published in: table 6" in page.texts["caption"]


def test_what_scrolls_can_be_reached_by_keyboard_and_is_named(page: Page) -> None:
    regions = [div for div in page.all("div") if div.get("class") == "scroll"]
    assert len(regions) == 3
    for region in regions:
        assert (region["role"], region["tabindex"]) == ("region", "0")
        assert region["aria-labelledby"] in {heading.get("id") for heading in page.all("h2")}
    assert page.links()[0] == "#tables"


def test_every_link_within_the_page_leads_somewhere_and_no_id_stands_twice(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.links() if link.startswith("#")} <= set(ids)


def test_the_contents_lead_to_every_table(page: Page) -> None:
    assert [link for link in page.links() if link in ("#t5", "#t6", "#t9")] == ["#t5", "#t6", "#t9"]


def test_every_figure_leads_to_its_acts_as_known_at_the_position(page: Page) -> None:
    address = "https://registri.example/statistics/{}/figures/{}/acts?known_at=1210"
    expected = [address.format(year, "t6.all") for year in (2018, 2019, 2020)]
    assert [link for link in page.links() if "t6.all/" in link] == expected
    assert [link for link in page.links() if "t9.both/" in link] == [
        address.format(year, "t9.both") for year in (2019, 2020)
    ]
    told = [link.get("aria-label") for link in page.all("a") if "t6.all/" in (link["href"] or "")]
    assert told[0] == "1,203 — All institutions, 2018: acts"


def test_a_page_without_a_service_leads_to_its_notes_alone(reporting: Reporting) -> None:
    assert {link[0] for link in Page(written(reporting("en"), "html")).links()} == {"#"}


def test_a_note_tells_how_each_figure_is_counted(page: Page) -> None:
    notes = dict(zip([note["id"] for note in page.all("dt")], page.texts["dd"], strict=True))
    assert notes["note-t6.new"] == "The sum of: “general” + “preschools”."
    assert notes["note-t6.all"] == (
        "Register of educational institutions: entries with the status “registered” at the end of 31 December."
    )
    assert notes["note-t6.share"] == "“Secondary” as a percentage of “All institutions”."
    assert notes["note-t9.both"].endswith("each entry's act by itself; by the school year.")
    assert "only: kind “Preschool”" in notes["note-t6.new.preschool"]


def test_charts_are_drawn_and_told_in_words(page: Page) -> None:
    told = [div["aria-label"] or "" for div in page.all("div") if div.get("role") == "img"]
    assert len(page.all("svg")) == len(told) == 4
    assert told[0] == "Chart. Register: Registered: 3, Struck off: 1, Amended: 0."
    by_year = "2018: 1,203, New institutions 2019: 4, New institutions 2020: 3."
    assert told[1] == f"Chart. Table 6. Institutions: New institutions {by_year}"
    assert told[2] == "Chart. Share of secondary: 1,208 of 1,209 (100 %)."
    assert {"1,207", "2018", "Registered", "1,208 of 1,209 (100 %)"} <= set(page.texts["text"])
