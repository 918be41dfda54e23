"""Registers that are not public at all: nothing of them is there for those who have no role in them."""

from __future__ import annotations

from collections import defaultdict
from uuid import uuid4

import pytest

from domain.register import ABSENT, Register
from domain.registers import all_registers
from projections.figures import all_figures
from tests.api.office import Office, problem, recorded, told
from tests.api.serving import account, caller
from tests.api.test_examples import elsewhere, support

HIDDEN = [register for register in all_registers() if not register.public and register.recorded_by == "clerks"]
FIGURES = [
    figure.figure
    for figure in all_figures()
    if {leaf.register for leaf in all_figures().counted(figure.figure)} & {register.name for register in HIDDEN}
]
PATHS = ("", "/diff", "/{entry}", "/{entry}/acts", "/{entry}/timeline", "/{entry}/diff")
hidden = pytest.mark.parametrize("register", HIDDEN, ids=lambda register: register.name)


def begun(office: Office, register: Register) -> str:
    """A new entry of the register, by one of its examples."""
    kind = next(kind for kind in register.kinds if ABSENT in kind.meets and kind.gives in register.alive)
    others = defaultdict[str, str](lambda: str(uuid4()))
    content = elsewhere(register, register.examples[kind.verb], others)
    support(office.clerk, register, content, others)
    act = {"kind": kind.verb, "decision": {"decided_on": "2026-11-20"}, "content": content}
    return str(recorded(office.ask(f"/registers/{register.name}/acts", act))["entry"])


def test_there_are_such_registers() -> None:
    assert {register.name for register in HIDDEN} >= {"teaching-permits", "supervision-cases"}


@hidden
def test_the_anonymous_are_asked_to_sign_in_wherever_they_look(office: Office, register: Register) -> None:
    entry = begun(office, register)
    for path in PATHS:
        here = f"/registers/{register.name}{path.format(entry=entry)}"
        problem(office.anyone.get(here), 401, "not-authenticated")
        assert office.clerk.get(here).status_code == 200, here


@hidden
def test_those_with_a_role_in_another_register_are_not_permitted(office: Office, register: Register) -> None:
    entry = begun(office, register)
    with caller(office.server, account(office.service, f"of {register.name}", "institutions:clerk")) as other:
        for path in PATHS:
            problem(other.get(f"/registers/{register.name}{path.format(entry=entry)}"), 403, "not-permitted")


@hidden
def test_they_stand_in_no_list_of_acts_or_changes_nor_behind_a_figure(office: Office, register: Register) -> None:
    entry = begun(office, register)
    for path in ("/registers", "/acts?limit=500", "/changes?limit=500"):
        assert entry not in office.anyone.get(path).text
        assert register.name not in {act["register"] for act in told(office.anyone.get(path)).get("acts", [])}
    for figure in FIGURES:
        assert entry not in office.anyone.get(f"/statistics/2026/figures/{figure}/acts").text
