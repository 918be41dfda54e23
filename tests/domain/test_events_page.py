"""The page of events says what the catalogue knows."""

from __future__ import annotations

from tests.domain.write_events_page import PAGE, events_page


def test_the_page_of_events_is_what_the_registers_declare() -> None:
    assert PAGE.read_text(encoding="utf-8") == events_page()
