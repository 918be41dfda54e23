"""The laws of time, held by the stored answers: compared with a slow fold of the raw events, over random histories.

Acts are backdated, take effect in the future, are corrected, annulled from the beginning or from now on, and their
annulments annulled. Every answer is read the way the service reads it.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from domain.act import Act, Draft
from domain.catalogue import Catalogue
from domain.institutions import REGISTER
from domain.latvian_text import search_key, sort_key
from domain.refusals import ActRefused
from domain.register import State
from domain.registers import all_registers
from domain.timeline import Timeline
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import head
from ledger.vault import Vault
from projections.differences import differing
from projections.moment import KnownAt, Moment, read_known_at
from projections.reading import EntryState, ListQuery, clear, read_entry
from projections.recording import Recording
from projections.register_maps import RegisterMaps
from projections.sealed_lists import number_of, page_of
from projections.stored_timeline import read_timeline
from projections.submission import Submission
from tests.conftest import opened_vault, own_keys, url_of
from tests.domain.histories import FIRST_DAY, NAMES, History, drafts, histories
from tests.domain.reference import state
from tests.domain.story import OFFICER

ANY_DAY = st.integers(-5, 150).map(lambda number: FIRST_DAY + timedelta(days=number))
Told = tuple[str, dict[str, Any]]
ABSENT: Told = ("absent", {})


def told(found: EntryState | None, vault: Vault) -> Told:
    """A stored state as (status, whole content), what is sealed of it opened."""
    if found is None:
        return ABSENT
    found = clear(found, vault, confidential=True)
    return found.status, json.loads(found.content) | json.loads(found.confidential)


def expected(folded: State) -> Told:
    """A folded state as (status, whole content)."""
    return (folded.status, dict(folded.content)) if folded.status != "absent" else ABSENT


class Registry(RuleBasedStateMachine):
    """A register under random acts; every rule asks for something, and the fold must agree."""

    server_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.name = f"laws_{uuid4().hex}"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE template')
        self.database = Database(url_of(self.server_url, self.name))
        self.opening = ExitStack()
        self.opening.enter_context(own_keys(url_of(self.server_url, self.name)))
        self.vault = self.opening.enter_context(opened_vault(url_of(self.server_url, self.name)))
        self.catalogue = Catalogue(all_registers(), self.vault)
        self.ledger = Ledger(self.catalogue)
        self.recording = Recording(self.database, self.catalogue)
        self.acts: dict[UUID, list[Act]] = {}
        self.remembered: list[tuple[UUID, Moment, Told]] = []
        self.maps = RegisterMaps()

    def teardown(self) -> None:
        self.recording.close()
        self.opening.close()
        self.database.close()
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    @property
    def newest(self) -> int:
        return sum(map(len, self.acts.values())) - 1

    @rule(data=st.data(), times=st.integers(1, 6))
    def record(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            timelines = {entry: Timeline(REGISTER, acts) for entry, acts in self.acts.items()}
            draft = data.draw(drafts(timelines, most_entries=4))
            try:
                self.recording.record(Submission((draft,), OFFICER, uuid4()))
            except ActRefused:
                continue
            with self.database.pool.connection() as connection:
                self.acts |= self.ledger.acts_of(connection, [draft.entry_id])

    @invariant()
    def a_refused_act_leaves_no_trace(self) -> None:
        with self.database.pool.connection() as connection:
            assert head(connection).position == self.newest

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def law_2_a_stored_entry_equals_the_fold_of_its_raw_events(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(list(self.acts)))
        for _ in range(8):
            moment = self._moment(data)
            answer = self._entry(entry, moment)
            assert answer == self._folded(entry, moment)
            self.remembered.append((entry, moment, answer))

    @precondition(lambda self: self.remembered)
    @rule(data=st.data())
    def law_1_what_was_known_never_changes(self, data: st.DataObject) -> None:
        for entry, moment, answer in data.draw(st.lists(st.sampled_from(self.remembered), min_size=1, max_size=20)):
            assert self._entry(entry, moment) == answer

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def law_2_a_stored_timeline_covers_every_day_once(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(list(self.acts)))
        moment = self._moment(data)
        with self.database.pool.connection() as connection:
            intervals = read_timeline(connection, entry, moment.known_at.position, self.vault)
            asked = read_known_at(str(moment.known_at.position))
            answer = read_entry(connection, REGISTER, str(entry), moment.as_of, asked, public_only=False)
        assert all(a.end == b.first for a, b in pairwise(intervals))
        on_day = [i for i in intervals if i.first <= moment.as_of < i.end]
        bounds = [] if answer is None else [(answer.state.valid_from, answer.state.valid_to)]
        assert [(i.first, i.end) for i in on_day] == bounds
        found = [(i.status, json.loads(i.content) | json.loads(i.confidential)) for i in on_day]
        assert (found or [ABSENT]) == [self._folded(entry, moment)]

    @precondition(lambda self: self.acts)
    @rule(data=st.data(), word=st.sampled_from((None, *NAMES)), order=st.sampled_from(("name", "-name")))
    def law_3_a_list_equals_the_states_of_its_entries_filtered(
        self, data: st.DataObject, word: str | None, order: str
    ) -> None:
        moment = self._moment(data)
        statuses = data.draw(st.none() | st.lists(st.sampled_from(sorted(REGISTER.statuses)), min_size=1).map(tuple))
        kind = data.draw(st.none() | st.sampled_from(("general", "special")))
        words = tuple(search_key(word).split()) if word else ()
        query = ListQuery(words, (f"kind={kind}",) if kind else (), statuses, order)
        wanted = {
            entry: folded
            for entry in self.acts
            if (folded := self._folded(entry, moment)) != ABSENT and self._fits(folded, words, kind, statuses)
        }
        with self.database.pool.connection() as connection:
            listed = page_of(connection, REGISTER, moment, query, 10_000, self.vault)
            assert number_of(connection, REGISTER, moment, query, self.vault) == len(wanted)
            paged, after = [], None
            while page := page_of(connection, REGISTER, moment, query._replace(after=after), 2, self.vault):
                paged += page
                after = page[-1].place
        assert paged == listed
        assert {item.state.entry_id: told(item.state, self.vault) for item in listed} == wanted
        keys = [(sort_key(json.loads(item.state.content).get("name") or ""), item.state.entry_id) for item in listed]
        assert keys == sorted(keys, reverse=order == "-name")

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def law_4_a_difference_applied_to_one_moment_gives_the_other(self, data: st.DataObject) -> None:
        before, after = self._moment(data), self._moment(data)
        with self.database.pool.connection() as connection:
            pairs = differing(connection, REGISTER, before, after)
        register = {entry: self._folded(entry, before) for entry in self.acts}
        for pair in pairs:
            assert told(pair.before, self.vault) == register[pair.entry_id]
            assert told(pair.before, self.vault) != told(pair.after, self.vault)
            register[pair.entry_id] = told(pair.after, self.vault)
        assert register == {entry: self._folded(entry, after) for entry in self.acts}

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def the_map_of_the_register_says_who_is_public_on_a_day_and_under_which_number(self, data: st.DataObject) -> None:
        moment = self._moment(data)
        with self.database.pool.connection() as connection:
            kept = self.maps.at(connection, REGISTER, moment.known_at.position)
            assert RegisterMaps().at(connection, REGISTER, moment.known_at.position).root == kept.root
        assert kept.entries == sorted(kept.entries, key=lambda leaf: leaf.key)
        mapped = {
            (leaf.number, leaf.entry, days.status)
            for leaf in kept.entries
            for days in leaf.days
            if days.first <= moment.as_of < days.end
        }
        folded = {entry: self._folded(entry, moment) for entry in self.acts}
        assert mapped == {
            (content.get("registration_number") or "", entry, status)
            for entry, (status, content) in folded.items()
            if status not in {"absent", *REGISTER.not_public}
        }
        for leaf in kept.entries:
            known = [act for act in self.acts[leaf.entry] if act.position <= moment.known_at.position]
            assert leaf.version == len(known)

    def _moment(self, data: st.DataObject) -> Moment:
        known = [act.effective_on for acts in self.acts.values() for act in acts]
        day = data.draw(ANY_DAY | st.sampled_from(known))
        return Moment(day, KnownAt(data.draw(st.integers(-1, self.newest)), None))

    def _entry(self, entry: UUID, moment: Moment) -> Told:
        with self.database.pool.connection() as connection:
            asked = read_known_at(str(moment.known_at.position))
            answer = read_entry(connection, REGISTER, str(entry), moment.as_of, asked, public_only=False)
        return told(answer.state if answer else None, self.vault)

    def _folded(self, entry: UUID, moment: Moment) -> Told:
        return expected(state(REGISTER, self.acts[entry], moment.as_of, moment.known_at.position))

    def _fits(self, folded: Told, words: tuple[str, ...], kind: str | None, statuses: tuple[str, ...] | None) -> bool:
        status, content = folded
        founders = content.get("founders") or {"declared": [], "actual": []}
        texts = [content.get(n) for n in ("name", "registration_number", "address", "head")]
        searched = search_key(" ".join(filter(None, [*texts, *founders["declared"], *founders["actual"]])))
        return (
            all(word in searched for word in words)
            and (kind is None or content.get("kind") == kind)
            and (statuses is None or status in statuses)
        )


@pytest.mark.timeout(900)
def test_the_stored_answers_hold_the_laws_of_time(server_url: str) -> None:
    Registry.server_url = server_url
    run_state_machine_as_test(
        Registry,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.timeout(900)
def test_law_5_the_order_in_which_different_entries_are_recorded_does_not_matter(server_url: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(history=histories(most_entries=3), shuffled=st.randoms(use_true_random=False))
    def holds(history: History, shuffled: Random) -> None:
        queues = [list(history.of(entry)) for entry in history.timelines]
        mixed = []
        while any(queues):
            mixed.append(shuffled.choice([queue for queue in queues if queue]).pop(0))
        assert states_after(server_url, history.acts) == states_after(server_url, mixed)

    holds()


def states_after(server_url: str, acts: list[Act]) -> dict[UUID, list[tuple[date, date, Told]]]:
    """The valid-time states of all entries once ``acts`` are recorded in this order, in a database of their own."""
    name = f"order_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template')
    database = Database(url_of(server_url, name))
    opening = ExitStack()
    opening.enter_context(own_keys(url_of(server_url, name)))
    vault = opening.enter_context(opened_vault(url_of(server_url, name)))
    recording = Recording(database, Catalogue(all_registers(), vault))
    places: dict[int, int] = {}
    for act in acts:
        recorded = recording.record(Submission((again(act, places),), OFFICER, uuid4()))
        places[act.position] = recorded[0].position
    with database.pool.connection() as connection:
        found = {
            entry: [(i.first, i.end, (i.status, json.loads(i.content))) for i in intervals]
            for entry in {act.entry_id for act in acts}
            if (intervals := read_timeline(connection, entry, len(acts), vault))
        }
    recording.close()
    opening.close()
    database.close()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    return found


def again(act: Act, places: dict[int, int]) -> Draft:
    """``act`` asked for again, its target at its new place, with a number that is its entry's own."""
    content = act.payload.content
    number = str(3_312_900_000 + act.entry_id.int % 99_999)
    if "target" in act.fields:
        content = content.model_copy(update={"target": places[act.fields["target"]]})
    if act.kind.effect == "corrects" and "registration_number" in act.fields["content"]:
        content = content.model_copy(update={"content": act.fields["content"] | {"registration_number": number}})
    if "registration_number" in act.fields:
        content = content.model_copy(update={"registration_number": number})
    payload = act.payload
    return Draft(
        payload.register_name, act.entry_id, act.kind.verb, payload.decision, payload.effective_on, content,
        received_on=payload.received_on, opens_entry=act.version == 1,
    )  # fmt: skip
