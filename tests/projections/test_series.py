"""A figure over the years and broken down, beside a slow count of the acts themselves."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.database import Database
from projections.figures import UnknownFigure, all_figures
from projections.measures import Share
from projections.recording import Recording
from projections.series import NoBreakdown, Series, breakdowns_of, series
from tests.projections.registry import Registry

DECISIONS, ENTRIES, STOCK = "t3.institutions.registered", "s221.institutions.registered.new", "stock.institutions"
ADDRESSES = {
    "Rīga": "EZERA IELA 1, RĪGA, LV-1034",
    "Ādažu novads": "EZERA IELA 1, ĀDAŽI, ĀDAŽU NOVADS, LV-2164",
    "Rēzekne": "ATBRĪVOŠANAS ALEJA 93, RĒZEKNE, LV-4601",
}


@pytest.fixture
def registry(database: Database, catalogue: Catalogue, recording: Recording) -> Registry:
    return Registry(database, catalogue, recording)


def over(registry: Registry, figure: str, by: str | None = "municipality", position: int = 10_000) -> Series:
    """The figure from 2019 to 2021."""
    with registry.connection() as connection:
        return series(connection, figure, (2019, 2020, 2021), position, by)


def test_a_figure_is_told_for_each_year_and_for_each_municipality_in_alphabetical_order(registry: Registry) -> None:
    registered: Counter[tuple[str, int]] = Counter()
    for nth, (year, place) in enumerate([(2019, "Rīga"), (2020, "Rēzekne"), (2020, "Rīga"), (2021, "Ādažu novads")], 1):
        registry.register(nth, on=date(year, 5, 4), address=ADDRESSES[place])
        registered[place, year] += nth
    for figure in (ENTRIES, DECISIONS):
        found = over(registry, figure)
        assert list(found.parts) == ["Ādažu novads", "Rēzekne", "Rīga"]
    found = over(registry, ENTRIES)
    assert found.whole == (1, 5, 4)
    assert found.parts == {place: tuple(registered[place, year] for year in found.years) for place in found.parts}
    stock = over(registry, STOCK)
    assert (stock.whole, stock.parts["Rīga"], stock.parts["Rēzekne"]) == ((1, 6, 10), (1, 4, 4), (0, 2, 2))


def test_a_decision_counts_once_in_the_whole_and_in_each_part_that_it_has_an_act_in(registry: Registry) -> None:
    for place in ("Rīga", "Rēzekne", "Rīga"):
        registry.register(1, number="1-7/1", address=ADDRESSES[place])
    found = over(registry, DECISIONS)
    assert (found.whole, found.parts) == ((0, 1, 0), {"Rēzekne": (0, 1, 0), "Rīga": (0, 1, 0)})


def test_it_is_told_as_known_at_a_position_and_without_what_is_nothing_then(registry: Registry) -> None:
    registry.register(1, address=ADDRESSES["Rīga"])
    registry.register(1, address=ADDRESSES["Rēzekne"])
    assert over(registry, ENTRIES, position=0).parts == {"Rīga": (0, 1, 0)}
    assert over(registry, ENTRIES, position=-1).whole == (0, 0, 0)


def test_an_address_outside_every_territory_counts_in_the_whole_alone(registry: Registry) -> None:
    registry.register(1, address="21, GULBENES RAJONS, LV-4401")
    found = over(registry, ENTRIES)
    assert (found.whole, found.parts) == ((0, 1, 0), {})


def test_totals_and_shares_are_broken_down_through_what_they_are_worked_out_from(registry: Registry) -> None:
    registry.register(2, address=ADDRESSES["Rīga"])
    assert over(registry, "s221.institutions.registered").parts == {"Rīga": (0, 2, 0)}
    shares = [figure for figure in all_figures() if isinstance(figure, Share)]
    assert shares
    for share in shares:
        assert over(registry, share.figure, by=None).whole == (0, 0, 0)


def test_nothing_is_broken_down_by_what_tells_a_person_or_by_what_its_register_does_not_name(
    registry: Registry,
) -> None:
    for figure, by in (("t5.total", "holder"), (DECISIONS, "territory"), ("t2.convicted", "restricted")):
        with pytest.raises(NoBreakdown):
            over(registry, figure, by)
    with pytest.raises(UnknownFigure):
        over(registry, "t3.castles")


def test_only_public_registers_are_broken_down_and_only_by_attributes_that_are_words() -> None:
    for register in all_registers():
        assert set(register.breakdowns) <= set(register.attributes)
        assert register.public or not register.breakdowns
        assert "holder" not in register.breakdowns
    assert breakdowns_of(all_figures(), DECISIONS) == ("kind", "type", "founder_class", "municipality")
