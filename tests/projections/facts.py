"""Acts as rows of the fact table, drawn at random, and a slow, obvious count of them to hold the engine against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from psycopg import Connection

from projections.acts import COLUMNS
from projections.write import write_facts

Fact = dict[str, Any]

_VERBS = (
    "receive", "register", "refuse", "defer", "amend", "refuse_amendment", "defer_amendment", "reorganise",
    "strike_off", "exclude", "correct", "annul",
)  # fmt: skip
_DAYS = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 6, 15), date(2020, 12, 31), date(2021, 1, 1))

facts: st.SearchStrategy[Fact] = st.fixed_dictionaries(
    {
        "register": st.sampled_from(
            ("institutions", "institutions", "scientific-institutions", "higher-education", "childcare-providers")
        ),
        "verb": st.sampled_from(_VERBS),
        "decision_number": st.sampled_from((None, "1-7/1", "1-7/2")),
        "decided_on": st.sampled_from(_DAYS),
        "form": st.sampled_from(("written", "entry")),
        "entry_kind": st.sampled_from(
            (None, "general", "preschool", "interest", "adult_nonformal", "natural", "legal")
        ),
        "founder_class": st.sampled_from((None, "private", "municipal")),
        "basis": st.sampled_from((None, "new", "type_or_name_changed", "reorganised", "liquidation")),
    }
)
"""Acts that share decisions, days and registers often. Not all of them are lawful; the engine does not care."""


def write(connection: Connection[Any], rows: Iterable[Fact], first: int = 0) -> None:
    """Write acts at the positions from ``first`` on."""
    usual = {
        "recorded_at": datetime(2021, 1, 1, tzinfo=UTC), "entry_id": UUID(int=1), "version": 1, "event": "e",
        "act_id": UUID(int=2), "actor": "a", "role": "r", "effective_on": date(2020, 1, 1),
    }  # fmt: skip
    complete = [{**usual, **row, "position": position} for position, row in enumerate(rows, first)]
    with connection.cursor() as cursor:
        write_facts(cursor, [tuple(row.get(column) for column in COLUMNS) for row in complete])


def _institutions(*verbs: str) -> Callable[[Fact], bool]:
    return lambda act: act["register"] == "institutions" and act["verb"] in verbs


def _scientific(*verbs: str) -> Callable[[Fact], bool]:
    return lambda act: act["register"] == "scientific-institutions" and act["verb"] in verbs


def _childcare(*verbs: str, kind: str | None = None) -> Callable[[Fact], bool]:
    return lambda act: (
        act["register"] == "childcare-providers"
        and act["verb"] in verbs
        and (kind is None or act["entry_kind"] == kind)
    )


def _new(kind: str | None = None, founder: str | None = None) -> Callable[[Fact], bool]:
    return lambda act: (
        _institutions("register")(act)
        and act["basis"] == "new"
        and (kind is None or act["entry_kind"] == kind)
        and (founder is None or act["founder_class"] == founder)
    )


RULES: dict[str, Callable[[Fact], bool]] = {
    "t3.institutions.struck_off": _institutions("strike_off"),
    "t3.institutions.amendment_refused": _institutions("refuse_amendment"),
    "t3.institutions.deferred": _institutions("defer", "defer_amendment"),
    "t3.institutions.registered": _institutions("register"),
    "t3.institutions.amended": _institutions("amend"),
    "t3.institutions.act_annulled": _institutions("annul"),
    "t3.scientific.deferred": _scientific("defer", "defer_amendment"),
    "t3.scientific.registered": _scientific("register"),
    "t3.scientific.amended": _scientific("amend"),
    "t3.scientific.reorganised": _scientific("reorganise"),
    "t3.scientific.struck_off": _scientific("exclude"),
    "t3.scientific.registration_refused": _scientific("refuse"),
    "s221.institutions.registered.type_or_name_changed": lambda act: (
        _institutions("register")(act) and act["basis"] in ("type_or_name_changed", "reorganised")
    ),
    "s221.institutions.registered.new": _new(),
    "s221.institutions.registered.new.general_private": _new("general", "private"),
    "s221.institutions.registered.new.preschool": _new("preschool"),
    "s221.institutions.registered.new.preschool_private": _new("preschool", "private"),
    "s221.institutions.registered.new.interest": _new("interest"),
    "s221.institutions.registered.new.adult_nonformal": _new("adult_nonformal"),
    "s221.institutions.registered.new.vocational_further": _new("vocational_further"),
    "s221.institutions.struck_off": _institutions("strike_off"),
    "s221.institutions.amended": _institutions("amend"),
    "s221.institutions.amended.written": lambda act: _institutions("amend")(act) and act["form"] == "written",
    "s221.scientific.struck_off": _scientific("exclude"),
    "s221.scientific.amended": _scientific("amend"),
    "s221.scientific.registered": _scientific("register"),
    "s221.childcare.registered.natural": _childcare("register", kind="natural"),
    "s221.childcare.registered.legal": _childcare("register", kind="legal"),
    "s221.childcare.struck_off": _childcare("exclude"),
    "s221.childcare.struck_off.legal": _childcare("exclude", kind="legal"),
    "s221.childcare.refused": _childcare("refuse"),
    "t4.childcare.decisions": lambda act: (
        _childcare("register", "amend", "refuse_amendment", "defer_amendment", "exclude")(act)
        and act["form"] == "written"
    ),
    "t4.childcare.struck_off": _childcare("exclude"),
    "t4.childcare.amended": _childcare("amend"),
    "t4.childcare.registered": _childcare("register"),
}
"""Which acts each flow counts, written out a second time."""


def counted(rows: Iterable[Fact], figure: str, year: int) -> int:
    """A flow counted act by act: the table counts decisions, the text the entries' own acts."""
    seen = [
        (row["register"], row["decision_number"] or f"alone {index}", row["decided_on"])
        for index, row in enumerate(rows)
        if RULES[figure](row) and row["decided_on"].year == year
    ]
    return len(set(seen)) if figure.startswith("t3.") else len(seen)
