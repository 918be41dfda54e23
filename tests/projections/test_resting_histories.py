"""What rests on what, over random histories of several registers: a slow reference of the raw acts is the judge.

Psychologists, their certificates and supervisors' licences are registered, issued, suspended, excluded, cancelled,
corrected and annulled, in the past and the future. Whatever is accepted, nobody is left alive without what they rest
on.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain import psychologist_certificates, psychologists
from domain.act import Act, Decision, Draft
from domain.catalogue import Catalogue
from domain.decide import kind_of, validated
from domain.refusals import ActRefused
from domain.register import Register, State
from domain.registers import all_registers
from ledger.database import Database
from ledger.ledger import Ledger
from projections.recording import Recording
from projections.submission import Submission
from tests.conftest import url_of
from tests.domain.reference import interesting_days, state
from tests.domain.story import OFFICER

PEOPLE, CERTIFICATES = psychologists.REGISTER, psychologist_certificates.REGISTER
FIRST = date(2020, 1, 1)
DAYS = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=30 * number))
AREAS = st.sampled_from(("education", "work", "clinical"))
SITTING = {"sitting": {"held_on": "2019-12-02", "minutes": "1"}}
PERSON = {
    "name": "Ilze Ezeriņa",
    "personal_code": "390000-00018",
    "education": [{"institution": "Latvijas Universitāte"}],
    **SITTING,
}
ENDS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    PEOPLE.name: (("exclude", SITTING), ("terminate", SITTING), ("suspend", SITTING), ("restore", SITTING)),
    CERTIFICATES.name: (
        ("cancel", SITTING), ("withdraw", SITTING), ("suspend", SITTING), ("restore", SITTING),
        ("lapse", {"basis": "own_request"}),
    ),
}  # fmt: skip


def issue(kind: str, psychologist: UUID, area: str, since: date, certificate: UUID | None) -> dict[str, Any]:
    """The content of a certificate or licence of three years."""
    return {
        "name": PERSON["name"], "kind": kind, "psychologist": str(psychologist), "area": area,
        "issued_on": since.isoformat(), "valid_until": (since + timedelta(days=1000)).isoformat(),
        "certificate": None if certificate is None else str(certificate), **SITTING,
    }  # fmt: skip


class Office(RuleBasedStateMachine):
    """Acts in two registers whose entries rest on each other."""

    server_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.name = f"resting_{uuid4().hex}"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE template')
        self.database = Database(url_of(self.server_url, self.name))
        catalogue = Catalogue(all_registers())
        self.ledger, self.recording = Ledger(catalogue), Recording(self.database, catalogue)
        self.registers: dict[UUID, Register] = {}
        self.acts: dict[UUID, list[Act]] = {}
        self.changed = False

    def teardown(self) -> None:
        self.recording.close()
        self.database.close()
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    @initialize()
    def a_supervisor(self) -> None:
        person, certificate = uuid4(), uuid4()
        self.ask(PEOPLE, person, "register", FIRST, PERSON, opens=True)
        held = issue("certificate", person, "education", FIRST, None)
        self.ask(CERTIFICATES, certificate, "issue", FIRST, held, opens=True)
        right = issue("supervisor_licence", person, "education", FIRST, certificate)
        self.ask(CERTIFICATES, uuid4(), "issue", FIRST, right, opens=True)

    @rule(day=DAYS)
    def register_psychologist(self, day: date) -> None:
        self.ask(PEOPLE, uuid4(), "register", day, PERSON, opens=True)

    @precondition(lambda self: self.of(PEOPLE))
    @rule(data=st.data(), area=AREAS, day=DAYS)
    def issue_certificate(self, data: st.DataObject, area: str, day: date) -> None:
        person = data.draw(st.sampled_from(self.of(PEOPLE)))
        self.ask(CERTIFICATES, uuid4(), "issue", day, issue("certificate", person, area, day, None), opens=True)

    @precondition(lambda self: self.of(CERTIFICATES))
    @rule(data=st.data(), area=AREAS, day=DAYS)
    def issue_licence(self, data: st.DataObject, area: str, day: date) -> None:
        certificate = data.draw(st.sampled_from(self.of(CERTIFICATES)))
        held = self.acts[certificate][0].fields
        area = data.draw(st.sampled_from((held["area"], area)))
        content = issue("supervisor_licence", UUID(held["psychologist"]), area, day, certificate)
        self.ask(CERTIFICATES, uuid4(), "issue", day, content, opens=True)

    @precondition(lambda self: self.acts)
    @rule(data=st.data(), day=DAYS, end_dependants=st.booleans())
    def act_on_an_entry(self, data: st.DataObject, day: date, end_dependants: bool) -> None:
        entry = data.draw(st.sampled_from(list(self.acts)))
        register = self.registers[entry]
        verb, content = data.draw(st.sampled_from(ENDS[register.name]))
        self.ask(register, entry, verb, day, content, end_dependants=end_dependants)

    @precondition(lambda self: self.acts)
    @rule(data=st.data(), day=DAYS, mode=st.sampled_from(("ex_tunc", "ex_nunc")), end_dependants=st.booleans())
    def annul_an_act(self, data: st.DataObject, day: date, mode: str, end_dependants: bool) -> None:
        entry = data.draw(st.sampled_from(list(self.acts)))
        target = data.draw(st.sampled_from(self.acts[entry])).position
        content = {"target": target, "mode": mode, "reason": "Nepatiesas ziņas."}
        self.ask(self.registers[entry], entry, "annul", day, content, end_dependants=end_dependants)

    @precondition(lambda self: self.of(CERTIFICATES))
    @rule(data=st.data(), area=AREAS)
    def correct_the_area_of_what_was_issued(self, data: st.DataObject, area: str) -> None:
        entry = data.draw(st.sampled_from(self.of(CERTIFICATES)))
        issued = self.acts[entry][0]
        content = {"target": issued.position, "content": {**issued.fields, "area": area}}
        self.ask(CERTIFICATES, entry, "correct", issued.effective_on, content)

    @precondition(lambda self: self.changed)
    @invariant()
    def nobody_is_left_without_what_they_rest_on(self) -> None:
        self.changed = False
        assert self.left() == []

    def ask(
        self, register: Register, entry: UUID, verb: str, day: date, content: dict[str, Any], *,
        opens: bool = False, end_dependants: bool = False,
    ) -> None:  # fmt: skip
        """Ask for an act; what is recorded is read back raw."""
        said = validated(kind_of(register, verb).content, content)
        draft = Draft(register.name, entry, verb, Decision(decided_on=day), day, said, opens_entry=opens)
        submission = Submission((draft,), OFFICER, uuid4(), end_dependants=end_dependants)
        try:
            recorded = self.recording.record(submission)
        except ActRefused:
            return
        self.registers[entry], self.changed = register, True
        with self.database.pool.connection() as connection:
            self.acts |= self.ledger.acts_of(connection, list({act.entry for act in recorded}))

    def of(self, register: Register) -> list[UUID]:
        """The entries of ``register``."""
        return [entry for entry in self.acts if self.registers[entry] is register]

    def left(self) -> list[tuple[UUID, date, str]]:
        """Each certificate or licence on each day on which it is alive without what it rests on, or is one too many."""
        days = sorted(
            {day for entry, acts in self.acts.items() for day in interesting_days(self.registers[entry], acts)}
        )
        found = []
        for day in days:
            now = {entry: self.on(entry, day) for entry in self.acts}
            licences: dict[str, int] = {}
            for entry in self.of(CERTIFICATES):
                status, content = now[entry].status, now[entry].content
                if status not in ("in_force", "suspended"):
                    continue
                person = now.get(UUID(content["psychologist"]))
                if person is None or person.status not in ("registered", "suspended"):
                    found.append((entry, day, "psychologist"))
                if content["kind"] == "supervisor_licence":
                    holder = content["psychologist"]
                    licences[holder] = licences.get(holder, 0) + 1
                    if not self.supports(now.get(UUID(content["certificate"])), now[entry]):
                        found.append((entry, day, "certificate"))
                    if licences[holder] > 2:
                        found.append((entry, day, "one too many"))
        return found

    def on(self, entry: UUID, day: date) -> State:
        return state(self.registers[entry], self.acts[entry], day, 10**9)

    def supports(self, certificate: State | None, licence: State) -> bool:
        """Whether a licence may rest on a certificate in that state."""
        return (
            certificate is not None
            and certificate.status in ("in_force", "suspended")
            and certificate.content["kind"] == "certificate"
            and all(certificate.content[field] == licence.content[field] for field in ("area", "psychologist"))
        )


@pytest.mark.timeout(900)
def test_nobody_is_ever_left_alive_without_what_they_rest_on(server_url: str) -> None:
    Office.server_url = server_url
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
