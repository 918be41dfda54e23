"""Contents that state some fields of another: an application, an amendment."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, create_model, model_serializer, model_validator

from domain.value import Value


class StatedFields(Value):
    """Some of the fields of a content: what is not stated is neither read nor written as null."""

    @model_validator(mode="after")
    def _states_something(self) -> StatedFields:
        if not self.model_fields_set:
            raise ValueError("expected at least one field, met none")
        return self

    @model_serializer(mode="wrap")
    def _only_what_is_stated(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if name in self.model_fields_set}


def stated_fields_of(content: type[Value], name: str, *, without: frozenset[str] = frozenset()) -> type[StatedFields]:
    """The content type of an act that states some of the fields of ``content``: each optional, at least one given."""
    fields: dict[str, Any] = {}
    for field_name, info in content.model_fields.items():
        if field_name not in without:
            annotation = info.annotation if not info.metadata else info.rebuild_annotation()
            fields[field_name] = (annotation, Field(default=None, description=info.description))
    return create_model(name, __base__=StatedFields, __module__=content.__module__, **fields)
