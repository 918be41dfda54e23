"""The requests each contender is asked, workload by workload: the same questions, in each one's own paths."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.client import SERIAL, request
from benchmarks.histories import Entry, amendment, day_of

REGISTER, AMEND = "register an institution", "amend an institution"
ENTRY, PAST_ENTRY = "read an entry", "read an entry in the past"
LIST, PAST_LIST = "read a page of a list", "read a page of a list in the past"
WRITES, READS = (REGISTER, AMEND), (ENTRY, PAST_ENTRY, LIST, PAST_LIST)
WORKLOADS = (*WRITES, *READS)
PAGE = 50

PAST_MOMENTS = 200
SORTS = ("name", "-name", "registration_number", "-registration_number")


def ours(entries: list[Entry], rounds: int, token: str) -> dict[str, list[str]]:
    """What our service is asked."""
    registers = "/registers"
    moments = [f"as_of={day}&known_at={day}" for day in _days(rounds)]
    lists = [f"{registers}/institutions?limit={PAGE}&sort={sort}" for sort in SORTS]
    return {
        REGISTER: [request("POST", f"{registers}/{entry.register.name}/acts", _registration(entry), token)
                   for entry in entries],
        AMEND: [request("POST", f"{registers}/{entry.register.name}/{_number(entry)}/acts", body, token)
                for entry, body in _amendments(entries)],
        ENTRY: [request("GET", f"{registers}/{entry.register.name}/{_number(entry)}") for entry in entries],
        PAST_ENTRY: [
            request("GET", f"{registers}/{entry.register.name}/{_number(entry)}?{moments[index % len(moments)]}")
            for index, entry in enumerate(entries)
        ],
        LIST: [request("GET", path) for path in lists],
        PAST_LIST: [request("GET", f"{path}&{moment}") for path in lists for moment in moments],
    }  # fmt: skip


def corrected(entries: list[Entry], acts: int) -> dict[str, list[str]]:
    """Reads of our service where entries were corrected again and again; the past is a position in the ledger."""
    random = Random(8)
    past = [f"as_of={day_of(1)}&known_at={random.randrange(len(entries), acts)}" for _ in range(PAST_MOMENTS)]
    paths = [f"/registers/{entry.register.name}/{_number(entry)}" for entry in entries]
    lists = [f"/registers/institutions?limit={PAGE}&sort={sort}" for sort in SORTS]
    return {
        ENTRY: [request("GET", path) for path in paths],
        PAST_ENTRY: [request("GET", f"{random.choice(paths)}?{moment}") for moment in past],
        LIST: [request("GET", path) for path in lists],
        PAST_LIST: [request("GET", f"{random.choice(lists)}&{moment}") for moment in past],
    }


def django(entries: list[Entry], rounds: int, token: str) -> dict[str, list[str]]:
    """What the Django site is asked."""
    moments = [f"as_of={day}T23:59:59Z" for day in _days(rounds)]
    lists = [f"/institutions?limit={PAGE}&ordering={sort}" for sort in SORTS]
    return {
        **_writes(entries, token),
        ENTRY: [request("GET", f"/institutions/{_number(entry)}") for entry in entries],
        PAST_ENTRY: [
            request("GET", f"/institutions/{_number(entry)}?{moments[index % len(moments)]}")
            for index, entry in enumerate(entries)
        ],
        LIST: [request("GET", path) for path in lists],
        PAST_LIST: [request("GET", f"{path}&{moment}") for path in lists for moment in moments],
    }


def library(entries: list[Entry], rounds: int) -> dict[str, list[str]]:
    """What the library's application is asked; it has no lists, and its past is a version."""
    return {
        **_writes(entries, None),
        ENTRY: [request("GET", f"/institutions/{_number(entry)}") for entry in entries],
        PAST_ENTRY: [
            request("GET", f"/institutions/{_number(entry)}?version={index % rounds + 1}")
            for index, entry in enumerate(entries)
        ],
    }


def noop(entries: list[Entry]) -> dict[str, list[str]]:
    """What the application that does nothing is asked: the same bodies, or for the same."""
    return {
        REGISTER: [request("POST", "/write", _registration(entry)) for entry in entries],
        AMEND: [request("POST", "/write", body) for _, body in _amendments(entries)],
        ENTRY: [request("GET", "/entry")],
        PAST_ENTRY: [request("GET", "/entry")],
        LIST: [request("GET", "/list")],
        PAST_LIST: [request("GET", "/list")],
    }


def _writes(entries: list[Entry], token: str | None) -> dict[str, list[str]]:
    return {
        REGISTER: [request("POST", "/institutions", _registration(entry), token) for entry in entries],
        AMEND: [request("POST", f"/institutions/{_number(entry)}/acts", body, token)
                for entry, body in _amendments(entries)],
    }  # fmt: skip


def _number(entry: Entry) -> str:
    return str(entry.content["registration_number"])


def _days(rounds: int) -> list[str]:
    """A day in the middle of each round."""
    return [str(day_of(number) + timedelta(days=30)) for number in range(rounds)]


def _registration(entry: Entry) -> str:
    return _act("register", {**entry.content, "registration_number": SERIAL, "basis": "new"})


def _amendments(entries: list[Entry]) -> list[tuple[Entry, str]]:
    random = Random(5)
    return [(entry, _act("amend", amendment(index, random))) for index, entry in enumerate(entries)]


def _act(kind: str, content: dict[str, Any]) -> str:
    decision = {
        "decided_on": "2026-01-05", "number": f"1-7/{SERIAL}", "form": "written", "legal_ground": "MK 397/2015 17.p.",
        "body": "IKVD",
    }  # fmt: skip
    body = {"kind": kind, "decision": decision, "effective_on": "2026-01-10", "content": content}
    return json.dumps(body, ensure_ascii=False)
