"""The reads that are asked for most, by a shorter way than the framework's own.

FastAPI finds a path by trying one after the other, twice, and works out anew for each request what a function wants of
it: two in three of the functions called for an entry read. Here that is worked out once, from the same path operations.
What a request says is checked by the same fields; one that does not fit is left to FastAPI, which says why.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi._compat import ModelField, field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_validation_alias
from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from api.errors import Malformed
from api.exactly import known_by

_FOUND = "regesta.read"
"""Where in the scope a read and the values for it wait to be answered."""


class Reads(BaseRoute):
    """The reads of some routers whose paths are literal, or literal but for their last part.

    It stands before the routers themselves, which describe the reads and answer whatever it does not match.
    """

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._literal: dict[str, _Read] = {}
        self._below: dict[str, _Read] = {}
        for route in (route for router in routers for route in router.routes):
            if isinstance(route, APIRoute) and route.methods == {"GET"}:
                folder = route.path.rpartition("/")[0]
                if "{" not in route.path:
                    self._literal[route.path] = _Read(route)
                elif "{" not in folder:
                    self._below[folder] = _Read(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this is a read known here, and everything it says fits."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return Match.NONE, {}
        path = get_route_path(scope)
        folder, _, last = path.rpartition("/")
        read = self._literal.get(path) or (self._below.get(folder) if last else None)
        values = None if read is None else read.values(last, scope["query_string"])
        if read is None or values is None:
            return Match.NONE, {}
        return Match.FULL, {"route": read.route, "endpoint": read.route.endpoint, _FOUND: (read, values)}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matches."""
        read, values = scope[_FOUND]
        response = await read.answer(Request(scope, receive, send), values)
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """The routers themselves know their addresses."""
        raise NoMatchFound(name, path_params)


class _Parameter(NamedTuple):
    """A parameter, as FastAPI understands it. One that is ``repeated`` is a list of all that is said."""

    name: str
    alias: str
    repeated: bool
    validate: Callable[[Any], tuple[Any, list[Any]]]


class _Read:
    """What a path operation wants of a request, worked out once."""

    def __init__(self, route: APIRoute) -> None:
        wants = route.dependant
        if not _is_plain(wants):
            raise TypeError(f"expected {route.path} to take the request and parameters only, met {wants}")
        self.route = route
        self._request = wants.request_param_name
        self._dependencies = [(each.name, each.call) for each in wants.dependencies if each.name and each.call]
        self._of_path = [_parameter(field) for field in wants.path_params]
        self._of_query = [_parameter(field) for field in wants.query_params]
        self._known = known_by(route)
        self._unsaid = {field.name: field.default for field in wants.query_params}

    def values(self, last: str, query: bytes) -> dict[str, Any] | None:
        """The parameters' values, of the path's last part and of the query; None if anything does not fit."""
        found = self._unsaid.copy()
        said: list[tuple[_Parameter, Any]] = [(parameter, last) for parameter in self._of_path]
        if query:
            asked = QueryParams(query)
            try:
                self._known.check(asked)
            except Malformed:
                return None
            said += [
                (parameter, asked.getlist(parameter.alias) if parameter.repeated else asked[parameter.alias])
                for parameter in self._of_query
                if parameter.alias in asked
            ]
        for parameter, text in said:
            found[parameter.name], problems = parameter.validate(text)
            if problems:
                return None
        return found

    async def answer(self, request: Request, values: dict[str, Any]) -> Response:
        """The path operation's own answer, made in a thread that reads."""
        given = {name: await call(request) for name, call in self._dependencies}
        if self._request:
            given[self._request] = request
        # Not AnyIO's threads, which cost more to get into and out of, the more requests wait.
        response: Response = await get_running_loop().run_in_executor(
            None, partial(self.route.endpoint, **given, **values)
        )
        return response


def _parameter(field: ModelField) -> _Parameter:
    repeated = field_annotation_is_sequence(field.field_info.annotation)
    return _Parameter(field.name, get_validation_alias(field), repeated, field.validate)


def _is_plain(wants: Dependant) -> bool:
    """Whether a function takes but the request, what follows from it alone, and parameters that can be left out."""
    takes_more = wants.header_params or wants.cookie_params or wants.body_params or wants.response_param_name
    if takes_more or any(field.field_info.is_required() for field in wants.query_params):
        return False
    return all(
        each.request_param_name and not (each.query_params or each.path_params or each.dependencies)
        for each in wants.dependencies
    )
