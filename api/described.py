"""The application with an OpenAPI document that says what is so: who may call, what a caller is answered."""

from __future__ import annotations

from threading import Lock
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.answers import text_of
from api.session import NEEDED, PURPOSE_HEADER

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ONLY_SIGNED_IN = ("post",)
_MORE_WITH_PURPOSE = {
    "description": "There where a session may read what is not public as well, but does not say why",
    "schema": {"const": NEEDED},
}
_ISSUED_TO_ANYONE = "/extracts"


class Described(FastAPI):
    """FastAPI, its OpenAPI document brought closer to what the paths do."""

    def setup(self) -> None:
        """Add the path of the document, before the framework's own, which would make it while everyone waits."""
        self._making, self._document = Lock(), b""
        self.add_route(self.openapi_url or "", self._served, include_in_schema=False)
        super().setup()

    def _served(self, _: Request) -> Response:
        """The document, made by the first request for it, which takes seconds."""
        with self._making:
            self._document = self._document or text_of(self.openapi()).encode()
        return Response(self._document, media_type="application/json")

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _describe(path, method, operation)
            document["components"]["schemas"].pop("HTTPValidationError", None)
            document["components"]["schemas"].pop("ValidationError", None)
        return self.openapi_schema or {}

    def methods_of(self, path: str) -> list[str]:
        """The methods that there are for ``path``; of several templates that fit, those of the most literal one."""
        fitting = [each for each in self.routes if isinstance(each, APIRoute) and each.path_regex.match(path)]
        if not fitting:
            return []
        literal = min(fitting, key=lambda each: len(each.param_convertors)).path
        methods = {method for each in fitting if each.path == literal for method in each.methods or ()}
        return [method for method in _METHODS if method in methods]


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    if "security" in operation and (method not in _ONLY_SIGNED_IN or path.endswith(_ISSUED_TO_ANYONE)):
        # Anyone may ask; a session sees more.
        operation["security"] = [{}, *operation["security"]]
    for parameter in operation.get("parameters", ()):
        _without_null(parameter["schema"])
        if parameter["name"] == PURPOSE_HEADER:
            operation["responses"]["200"].setdefault("headers", {})[PURPOSE_HEADER] = _MORE_WITH_PURPOSE
    for answer in operation["responses"].values():
        problem = answer.get("content", {}).get("application/problem+json")
        if problem is not None:
            # FastAPI adds the media type of other answers; problems have only theirs.
            answer["content"] = {"application/problem+json": problem}


def _without_null(schema: dict[str, Any]) -> None:
    """Take null out of a parameter's schema: it can be left out, but no address or header says null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del schema["anyOf"]
        schema.update({**choices[0], **schema})
    elif choices:
        schema["anyOf"] = choices
