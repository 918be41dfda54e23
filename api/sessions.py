from __future__ import annotations
from dataclasses import dataclass, field
from fastapi import APIRouter, Request


class NotAuthenticated(Exception):
    message = "sign in first"
    values: dict = {}


class NotPermitted(Exception):
    message = "not permitted in register {register}"

    def __init__(self, **values):
        self.values = values


class TooManyAttempts(Exception):
    message = "x"


@dataclass(frozen=True)
class Session:
    pseudonym: str = ""
    roles: dict = field(default_factory=dict)
    is_anonymous: bool = True

    def may_record(self, register):
        return not self.is_anonymous

    def may_read_confidential(self, register):
        return not self.is_anonymous

    def may_audit(self):
        return not self.is_anonymous

    def role_in(self, register):
        return "clerk"


def current_session(request: Request) -> Session:
    a = request.headers.get("authorization")
    if a is None:
        return Session()
    if a == "Bearer test":
        return Session("tester", {"*": "clerk"}, False)
    raise NotAuthenticated


router = APIRouter()
