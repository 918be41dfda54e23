"""Nothing that a request says is passed over: a name that its path does not know, or that stands twice, is refused.

A misspelt ``preview`` would record an act, a misspelt ``as_of`` answer for another day than was asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import get_flat_params, get_validation_alias
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Malformed

_NONE = "none"


class Known(NamedTuple):
    """The names that a path knows in its query, and those of them that may be said several times."""

    names: frozenset[str]
    repeated: frozenset[str]

    def check(self, asked: QueryParams) -> None:
        """Raise Malformed at the first name that is not known, or that is said several times and may not be."""
        for name in asked:
            if name not in self.names:
                expected = ", ".join(sorted(self.names)) or _NONE
                raise Malformed("query", "one of {values}", name, values=expected)
            values = [] if name in self.repeated else asked.getlist(name)
            if len(values) > 1:
                raise Malformed(name, "one value", ", ".join(values))


def known_by(route: APIRoute) -> Known:
    """What ``route`` knows: its parameters, and what its description names beside them."""
    fields = [field for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
    described = (route.openapi_extra or {}).get("parameters", [])
    return Known(
        frozenset(map(get_validation_alias, fields)) | {each["name"] for each in described if each["in"] == "query"},
        frozenset(
            get_validation_alias(field) for field in fields if field_annotation_is_sequence(field.field_info.annotation)
        ),
    )


class Exactly:
    """Answers as ``app`` does, the way of ``route``, to who says nothing that it would not heed."""

    def __init__(self, app: ASGIApp, route: APIRoute) -> None:
        self.app, self._known, self._reads_body = app, known_by(route), route.body_field is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. Raises Malformed."""
        self._known.check(QueryParams(scope["query_string"]))
        await self.app(scope, await _checked(receive) if self._reads_body else receive, send)


async def _checked(receive: Receive) -> Receive:
    """What gives the body again, no object of which says a name twice. Raises Malformed."""
    messages, body = list[Message](), bytearray()
    while not messages or messages[-1].get("more_body", False):
        messages.append(await receive())
        body += messages[-1].get("body", b"")
    with suppress(ValueError, RecursionError):  # what can't be read as JSON at all is told by who reads it
        json.loads(body, object_pairs_hook=_once_each)
    given = iter(messages)

    async def again() -> Message:
        return next(given, None) or await receive()

    return again


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Malformed(name, "each name once in an object", json.dumps(value, ensure_ascii=False)[:80])
        found[name] = value
    return found
