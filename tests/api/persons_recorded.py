"""An office that has recorded persons in every register that is about them, and what it then tells whom."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from uuid import uuid4

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from domain.personal import Whose, changed
from domain.register import ABSENT, Fields, Register
from domain.registers import all_registers
from tests.api.office import Office, body, recorded
from tests.api.test_examples import elsewhere, support

ABOUT_PERSONS = [
    register
    for register in all_registers()
    if register.recorded_by == "clerks" and set(register.sealed_fields.values()) & {Whose.PERSON, Whose.OTHER}
]
CODE, NAME = "390000-00018", "Ilze Ezeriņa"
NOTE = "Zvanīja Kunigunda Vēverbriede par adresi."
PATHS = ("", "?sort=-name", "?format=csv", "?format=ndjson", "?q=ez", "/diff?from=1900-01-01/", "/{entry}",
         "/{entry}/acts", "/{entry}/timeline", "/{entry}/diff?from=1900-01-01/")  # fmt: skip


def begun(office: Office, register: Register) -> str:
    """A new entry of the register, by one of its examples."""
    kind = next(kind for kind in register.kinds if ABSENT in kind.meets and kind.gives in register.alive)
    others = defaultdict[str, str](lambda: str(uuid4()))
    content = elsewhere(register, {**register.examples[kind.verb]}, others)
    support(office.clerk, register, content, others)
    act = {**body(kind.verb, "2026-11-20", **content), "note": NOTE}
    first = recorded(office.ask(f"/registers/{register.name}/acts", act))
    # Asked for again with a key of its own, it is another entry; by the same key it is answered as before.
    if register.name == "psychologists":
        path, key = f"/registers/{register.name}/acts", {"Idempotency-Key": f"begin {register.name}"}
        again = [recorded(office.clerk.post(path, json=act, headers=key)) for _ in range(2)]
        assert again[0] == again[1]
    return str(first["entry"])


def personal(register: Register, fields: Fields) -> set[str]:
    """The values of persons in ``fields``."""
    values = set[str]()

    def note(whose: Whose, _: str, text: str) -> str:
        if whose is not Whose.TEXT and len(text) > 4:
            values.add(text)
        return text

    changed(fields, register.sealed_fields, note)
    return values


@contextmanager
def exposed(office: Office, entry: str) -> Iterator[None]:
    """Somebody has written the entry's sealed personal code into its public part; it is undone at the end."""
    with psycopg.connect(make_conninfo(office.service.url), autocommit=True) as connection:
        row = connection.execute(
            "SELECT content::text, confidential->>'personal_code' FROM projections.entry_states WHERE entry_id = %s",
            (entry,),
        ).fetchone()
        assert row is not None
        before, code = row
        swapped = connection.execute(
            "UPDATE projections.entry_states SET content = jsonb_set(content::jsonb, '{name}', to_jsonb(%s::text))"
            " WHERE entry_id = %s",
            (code, entry),
        )
        assert swapped.rowcount == 1
        try:
            yield
        finally:
            connection.execute(
                "UPDATE projections.entry_states SET content = %s::json WHERE entry_id = %s", (before, entry)
            )


def told_to(client: httpx.Client, entries: dict[str, str]) -> Iterator[str]:
    """Lists, searches, histories, extracts and whatever else the client is told of the entries."""
    paths = ["/acts?limit=1000", "/changes?limit=1000"]
    for register, entry in entries.items():
        paths += [f"/registers/{register}{path.format(entry=entry)}" for path in (*PATHS, "?q=ilze", f"?q={CODE}")]
        paths += [f"/registers/{register}/{entry}/{more}" for more in ("explain", "extract?format=json")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 401, 404), answer.text
        yield answer.text if answer.status_code == 200 else ""


@contextmanager
def logged_by_the_service() -> Iterator[StringIO]:
    """Whatever the service and its HTTP server log meanwhile, with the reasons for what failed."""
    into = StringIO()
    handler = logging.StreamHandler(into)
    loggers = [logging.getLogger(name) for name in ("", "uvicorn")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield into
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def ask_wrongly(office: Office, entry: str) -> None:
    """Ask for and record persons as it is not to be done: refused, malformed, or failing."""
    path, clerk, anyone = "/registers/psychologists", office.clerk, office.anyone
    right = {"name": NAME, "personal_code": CODE, "education": [], "sitting": {"held_on": "2026-11-02", "minutes": "1"}}
    asked = [
        anyone.get(path, params={"q": NAME}),
        clerk.get(f"{path}/{CODE}"),
        anyone.post("/sessions", json={"name": NAME, "password": CODE}),
        clerk.post("/persons/erasure", json={"personal_code": CODE, "case": "1", "legal_ground": "1"}),
        clerk.post(f"{path}/acts", json=body("register", "2026-11-20", **{**right, "education": NAME})),
        clerk.post(f"{path}/acts", json=body("register", "2026-11-20", **{**right, "personal_code": f"{CODE} "})),
        clerk.post(f"{path}/acts", content=f'{{"name": "{NAME}", "personal_code": "{CODE}"'),
    ]
    assert {answer.status_code for answer in asked} >= {200, 401, 403, 404, 422}
    with exposed(office, entry):
        # The server ends a connection on which it failed; it is not to be used for what comes next.
        assert anyone.get(f"{path}/{entry}", headers={"Connection": "close"}).status_code == 500
