"""A person is erased: nothing holds their values any more, and nothing else is another."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from api.service import running
from api.settings import Settings
from domain.personal import ERASED
from projections.counting import evaluate
from projections.figures import all_figures
from tests.api.office import Json, Office, body, problem, recorded, told
from tests.api.stolen import everything, found
from tests.replay.rebuilding import rebuilt, rows

SITTING = {"held_on": "2026-11-02", "minutes": "11"}
CODE, NEW_CODE, OTHERS_CODE = "390000-00018", "390000-00026", "390000-00034"
PSYCHOLOGISTS, CERTIFICATES = "/registers/psychologists", "/registers/practice-certificates"
OF_ILZE = {"Ilze Ezeriņa", "Ezeriņa", CODE, NEW_CODE, "Ilze Kalniņa", "EZERA IELA 77"}
WHY = {"case": "2-4/17", "legal_ground": "GDPR 17(1)(a)"}


@pytest.fixture(scope="module")
def ilze(office: Office) -> dict[str, str]:
    """Ilze's entries, a psychologist's and that of a certificate; her name and code changed since."""
    psychologist = begun(office, PSYCHOLOGISTS, "register", name="Ilze Ezeriņa", personal_code=CODE,
                         education=[{"institution": "Universitāte"}], sitting=SITTING)  # fmt: skip
    certificate = begun(office, CERTIFICATES, "issue", name="Ilze Ezeriņa", personal_code=CODE, sitting=SITTING,
                        programme_kind="interest", programme="Klavierspēle", target_groups=["preschool"],
                        theme="music", territories=["Cēsu novads"], addresses=["EZERA IELA 77"])  # fmt: skip
    office.act(certificate, "reissue", "2026-11-20", CERTIFICATES, name="Ilze Kalniņa", personal_code=NEW_CODE,
               sitting=SITTING)  # fmt: skip
    return {"psychologist": psychologist, "certificate": certificate}


@pytest.fixture(scope="module")
def other(office: Office) -> str:
    return begun(office, PSYCHOLOGISTS, "register", name="Andris Ozols", personal_code=OTHERS_CODE,
                 education=[{"institution": "Universitāte"}], sitting=SITTING)  # fmt: skip


def begun(office: Office, register: str, kind: str, **content: Any) -> str:
    """A new entry, with a note that names the person."""
    act = {**body(kind, "2026-11-20", **content), "note": f"Zvanīja {content['name']}."}
    return str(recorded(office.ask(f"{register}/acts", act))["entry"])


def erased(protector: httpx.Client, **whom: Any) -> Json:
    """The receipt of an erasure."""
    return told(protector.post("/persons/erasure", json={**WHY, **whom}))


def figures(office: Office) -> dict[tuple[str, int], int]:
    """Every figure of the year."""
    with office.service.database.pool.connection() as connection:
        return dict(evaluate(connection, all_figures(), [2026], office.head()))


def test_only_those_charged_with_it_erase(office: Office, ilze: dict[str, str]) -> None:
    asked = {**WHY, "personal_code": CODE}
    problem(office.anyone.post("/persons/erasure", json=asked), 401, "not-authenticated")
    problem(office.clerk.post("/persons/erasure", json=asked), 403, "not-permitted")


def test_whom_nobody_knows_is_not_found_and_nothing_is_recorded(office: Office, protector: httpx.Client) -> None:
    before = office.head()
    for whom, status in (
        ({"personal_code": "390000-00042"}, 404),
        ({}, 400),
        ({"personal_code": CODE, "field": "x"}, 400),
    ):
        assert protector.post("/persons/erasure", json={**WHY, **whom}).status_code == status
    assert office.head() == before


def test_a_name_that_was_counted_before_is_counted_no_more(office: Office, protector: httpx.Client) -> None:
    person = recorded(
        office.ask(f"{PSYCHOLOGISTS}/acts", body("register", "2026-11-20", name="Velga Strautiņa",
                   personal_code="390000-00059", education=[{"institution": "Universitāte"}], sitting=SITTING))
    )  # fmt: skip
    asked = {"q": "Velga", "known_at": person["position"]}
    assert told(office.clerk.get(PSYCHOLOGISTS, params=asked))["total"] == 1
    erased(protector, personal_code="390000-00059")
    for client in (office.clerk, office.anyone):
        listed = told(client.get(PSYCHOLOGISTS, params=asked))
        assert (listed["total"], listed["items"]) == (0, [])


def test_a_preview_tells_what_would_be_erased_and_erases_nothing(
    office: Office, protector: httpx.Client, ilze: dict[str, str]
) -> None:
    before = office.head()
    asked = {**WHY, "personal_code": NEW_CODE}
    shown = told(protector.post("/persons/erasure", params={"preview": True}, json=asked))
    assert (set(shown["entries"]), shown["acts"], shown["position"]) == (set(ilze.values()), 3, None)
    assert office.head() == before
    assert told(office.clerk.get(f"{PSYCHOLOGISTS}/{ilze['psychologist']}"))["content"]["name"] == "Ilze Ezeriņa"


def test_after_an_erasure_nothing_holds_the_persons_values_and_nothing_else_is_another(
    office: Office, protector: httpx.Client, ilze: dict[str, str], other: str
) -> None:
    live, counted = rows(office.service.url), figures(office)
    links = told(office.clerk.get(f"{PSYCHOLOGISTS}/{other}"))
    before = told(office.clerk.get(f"{CERTIFICATES}/{ilze['certificate']}"))
    receipt = erased(protector, personal_code=CODE)
    assert set(receipt["entries"]) == set(ilze.values())
    assert receipt["unchanged"]["root_before"] == receipt["unchanged"]["root_after"]
    assert receipt["unchanged"]["size"] == receipt["position"]

    assert found(OF_ILZE, everything(office.service.url)) == set()
    assert told_anywhere(office, ilze) == set()
    after = told(office.clerk.get(f"{CERTIFICATES}/{ilze['certificate']}"))
    assert after["content"] == {**before["content"], "name": ERASED}
    assert after["confidential"]["personal_code"] == ERASED
    assert {**after, "known_at": 0, "content": 0, "confidential": 0} == {
        **before, "known_at": 0, "content": 0, "confidential": 0,
    }  # fmt: skip
    assert told(office.clerk.get(f"{PSYCHOLOGISTS}/{other}"))["content"] == links["content"]

    now = rows(office.service.url)
    assert {
        table: [row for row in live[table] if row not in now[table]] for table in live if table != "number_series"
    } == {table: [] for table in live if table != "number_series"}
    assert figures(office) == counted
    assert rebuilt(office.service.url, compare=True).difference is None
    problem(protector.post("/persons/erasure", json={**WHY, "personal_code": CODE}), 404, "not-found")


def told_anywhere(office: Office, ilze: dict[str, str]) -> set[str]:
    """Which of Ilze's values anybody is told, wherever they ask."""
    paths = ["/acts?limit=1000", "/changes?limit=1000", "/applications"]
    for register, entry in ((PSYCHOLOGISTS, ilze["psychologist"]), (CERTIFICATES, ilze["certificate"])):
        paths += [f"{register}{end}" for end in ("", "?format=csv", "?format=ndjson", "/diff?from=1900-01-01/")]
        paths += [f"{register}/{entry}{end}" for end in ("", "/acts", "/timeline", "/diff?from=1900-01-01/")]
    text = "".join(office.clerk.get(path).text for path in paths)
    for word in ("ilze", "ezerina", "kalnina"):
        assert told(office.clerk.get(PSYCHOLOGISTS, params={"q": word}))["items"] == []
    return found(OF_ILZE, text)


def test_an_entry_whose_person_was_erased_goes_on_and_the_same_person_may_come_again(
    office: Office, protector: httpx.Client, ilze: dict[str, str]
) -> None:
    office.act(ilze["psychologist"], "suspend", "2026-11-21", PSYCHOLOGISTS, sitting=SITTING)
    again = begun(office, PSYCHOLOGISTS, "register", name="Ilze Ezeriņa", personal_code=CODE,
                  education=[{"institution": "Universitāte"}], sitting=SITTING)  # fmt: skip
    assert told(office.clerk.get(f"{PSYCHOLOGISTS}/{again}"))["content"]["name"] == "Ilze Ezeriņa"
    first = told(office.clerk.get(f"{PSYCHOLOGISTS}/{ilze['psychologist']}"))
    assert (first["status"], first["content"]["name"]) == ("suspended", ERASED)
    assert rebuilt(office.service.url, compare=True).difference is None
    erased(protector, personal_code=CODE)


def test_a_former_head_is_erased_and_the_present_one_and_notes_about_others_stay(
    office: Office, protector: httpx.Client
) -> None:
    school = str(office.register(head="Kunigunda Vēverbriede")["entry"])
    for note in ("Runāts ar Kunigundu Vēverbriedi.", "Saskaņots ar juristu."):
        act = {**body("amend", "2026-11-20", head="Andris Ozols"), "note": note}
        recorded(office.clerk.post(f"/registers/institutions/{school}/acts", json=act))
    both = told(
        protector.post("/persons/erasure", params={"preview": True}, json={**WHY, "entry": school, "field": "head"})
    )
    assert len(both["subjects"]) > 2
    erased(protector, entry=school, field="head")
    assert (
        found({"Kunigunda", "Vēverbried", "Andris Ozols"} - {"Andris Ozols"}, everything(office.service.url)) == set()
    )
    acts = told(office.clerk.get(f"/registers/institutions/{school}/acts"))["acts"]
    assert [act["note"] for act in acts] == [None, ERASED, "Saskaņots ar juristu."]
    assert told(office.anyone.get(f"/registers/institutions/{school}"))["content"]["name"] != ERASED


def test_values_are_due_so_many_years_after_the_end_and_no_more_once_they_are_erased(
    office: Office, protector: httpx.Client
) -> None:
    school = str(office.register("2010-03-01", head="Vizbulīte Sila")["entry"])
    office.act(school, "strike_off", "2012-05-01", basis="liquidation")

    def due(on: str) -> list[str]:
        return [each["entry"] for each in told(protector.get("/persons/due", params={"on": on}))["entries"]]

    (each,) = [each for each in told(protector.get("/persons/due?on=2022-05-01"))["entries"] if each["entry"] == school]
    assert each.keys() == {"register", "entry", "registration_number", "status", "since", "ground"}
    assert (school in due("2022-04-30"), school in due("2022-05-01")) == (False, True)
    problem(office.clerk.get("/persons/due"), 403, "not-permitted")
    for field in ("head", "founders"):
        erased(protector, entry=school, field=field)
    assert school not in due("2022-05-01")


def test_a_key_put_back_from_an_older_backup_is_destroyed_again_when_the_service_starts(
    office: Office, protector: httpx.Client
) -> None:
    person = begun(office, PSYCHOLOGISTS, "register", name="Zane Liepiņa", personal_code="390000-00050",
                   education=[{"institution": "Universitāte"}], sitting=SITTING)  # fmt: skip
    with psycopg.connect(make_conninfo(office.service.url), autocommit=True) as connection:
        backup = connection.execute("SELECT subject_id, wrapped_key, kek_id FROM vault.subjects").fetchall()
        erased(protector, personal_code="390000-00050")
        for subject, wrapped, kek in backup:
            connection.execute(
                "UPDATE vault.subjects SET wrapped_key = %s, kek_id = %s WHERE subject_id = %s AND wrapped_key IS NULL",
                (wrapped, kek, subject),
            )
    with running(Settings(database_url=office.service.url)) as restarted, restarted.database.pool.connection() as ours:
        row = ours.execute(
            "SELECT content::text AS content FROM entry_states WHERE entry_id = %s", (person,)
        ).fetchone()
        assert row is not None
        assert json.loads(restarted.vault.shown(row["content"], UUID(person), "p"))["name"] == ERASED
