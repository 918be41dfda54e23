"""A register in which whatever is not public bears one word, so that an answer can be searched for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.domain.story import BASIC_SCHOOL

WORD = "Slepens"
SCHOOLS = "/registers/institutions"
DECISION = {"decided_on": "2020-03-02", "number": "1-7/1"}
SECRET_CONTACT = {"contact_person": f"{WORD} Kontakts"}


@dataclass
class Told:
    """What was recorded: entries by a name for them, and the positions of acts that are not public."""

    clerk: httpx.Client
    entries: dict[str, str] = field(default_factory=dict)
    hidden_acts: list[int] = field(default_factory=list)
    public_acts: list[int] = field(default_factory=list)

    def act(self, entry: str, kind: str, content: dict[str, Any], *, public: bool = True, **more: Any) -> int:
        """Record an act of the entry called ``entry``, its first one if there is none yet; answers with its position.

        The note of every act is secret.
        """
        path = f"{SCHOOLS}/acts"
        if entry in self.entries:
            path = f"{SCHOOLS}/{self.entries[entry]}/acts"
        else:
            self.entries[entry] = more["entry"] = str(uuid4())
        body = {"kind": kind, "decision": DECISION, "content": content, "note": f"{WORD} note", **more}
        answer = self.clerk.post(path, json=body)
        assert answer.status_code == 201, answer.text
        position: int = answer.json()["position"]
        (self.public_acts if public else self.hidden_acts).append(position)
        return position


APPLICATIONS = ("applied", "refused", "refused at once", "deferred", "withdrawn", "corrected")
"""The entries that applications led to nothing, as ``tell`` calls them."""


def tell(clerk: httpx.Client) -> Told:
    """Record every kind of act that holds something that is not public."""
    told = Told(clerk)
    school = {**BASIC_SCHOOL, "name": "Atklātā pamatskola"}
    first = told.act("school", "register", {**school, **SECRET_CONTACT})
    told.act("school", "amend", {**SECRET_CONTACT, "head": "ANNA KALNIŅA"}, effective_on="2020-03-10")
    told.act("school", "reorganise", {"form": "change_of_name", "changes": {"name": "Jaunā pamatskola",
             "contact_person": f"{WORD} Pavisam"}}, effective_on="2020-03-20")  # fmt: skip
    told.act("school", "correct", {"target": first, "content": {**school, **SECRET_CONTACT, "units": 2}})
    reason = {"reason": f"{WORD} reason"}
    refused = told.act("school", "refuse_amendment", reason, public=False)
    told.act("school", "defer_amendment", {**reason, "until": "2020-05-01"}, public=False)
    told.act("school", "annul", {"target": refused, "mode": "ex_tunc", **reason}, public=False)

    application = {**school, "name": f"{WORD} skola"}
    answered = told.act("school after an application", "receive", application, public=False)
    told.act("school after an application", "register", {**school, "name": "Otrā pamatskola"}, answers=answered,
             effective_on="2020-03-15")  # fmt: skip
    told.act("applied", "receive", application, public=False)
    told.act("refused", "receive", application, public=False)
    told.act("refused", "refuse", reason, public=False)
    told.act("refused at once", "refuse", {**reason, "name": f"{WORD} skola"}, public=False)
    told.act("deferred", "defer", {**reason, "name": f"{WORD} skola", "until": "2020-05-01"}, public=False)
    withdrawn = told.act("withdrawn", "receive", application, public=False)
    told.act("withdrawn", "annul", {"target": withdrawn, "mode": "ex_tunc", **reason}, public=False)
    wrong = told.act("corrected", "receive", {"name": f"{WORD} pirms"}, public=False)
    told.act("corrected", "correct", {"target": wrong, "content": application}, public=False)
    return told
