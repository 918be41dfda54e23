"""The application with an OpenAPI document that says what is so: who may call, what a caller is answered."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.routing import compile_path

from api.session import NEEDED, PURPOSE_HEADER

_METHODS = ("get", "post", "put", "patch", "delete")
_ONLY_SIGNED_IN = ("post",)
_MORE_WITH_PURPOSE = {
    "description": "There where a session may read what is not public as well, but does not say why",
    "schema": {"const": NEEDED},
}
_ISSUED_TO_ANYONE = "/extracts"


class Described(FastAPI):
    """FastAPI, its OpenAPI document brought closer to what the paths do."""

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
        """The methods that the document describes for ``path``; of several fitting templates the most literal one's."""
        found = [
            (len(parameters), [method.upper() for method in operations if method in _METHODS])
            for template, operations in self.openapi()["paths"].items()
            for pattern, _, parameters in [compile_path(template)]
            if pattern.match(path)
        ]
        return min(found)[1] if found else []


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
