"""What a body or a parameter was expected to be, field by field, in the caller's language."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from api.language import Language, translated

EXPECTED = {
    "missing": "a value",
    "union_tag_not_found": "a value",
    "extra_forbidden": "no field of this name",
    "json_invalid": "well-formed JSON",
    "literal_error": "one of {values}",
    "enum": "one of {values}",
    "union_tag_invalid": "one of {values}",
    "date_parsing": "a date YYYY-MM-DD",
    "legal_date": "a date YYYY-MM-DD",
    "datetime_parsing": "an instant with its offset",
    "datetime_from_date_parsing": "an instant with its offset",
    "timezone_aware": "an instant with its offset",
    "uuid_parsing": "a UUID",
    "uuid_type": "a UUID",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "string_unicode": "text",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}
"""What was expected, by pydantic's type of error. A rule of our own says it itself: "expected …, met …"."""

_OWN_RULE = re.compile(r"(?:Value error, )?(?:(?P<field>\w+): )?expected (?P<expected>.+), met (?P<met>.+)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")
_JSON_NAMES = {"dict": "object", "list": "array", "bytes": "no JSON"}


def field_problem(problem: Any, body: Any, language: Language) -> dict[str, Any]:
    """The field that ``problem`` of pydantic's is about, what was expected there, and what was met."""
    kind, values = problem["type"], dict(problem.get("ctx") or {})
    where = [] if kind == "json_invalid" else _path(problem["loc"], body)
    # A password is not repeated, however wrong.
    untold = kind in ("missing", "json_invalid", "union_tag_not_found") or "password" in where
    met = None if untold else problem.get("input")
    own = _OWN_RULE.fullmatch(str(problem["msg"])) if kind == "value_error" else None
    if own is not None:
        where += [own["field"]] if own["field"] else []
        return {"field": ".".join(where) or "body", "expected": own["expected"], "met": own["met"]}
    if "discriminator" in values:
        where.append(_QUOTED.findall(values["discriminator"])[-1])
        met = values.get("tag")
    values["values"] = ", ".join(_QUOTED.findall(str(values.get("expected_tags") or values.get("expected"))))
    template = EXPECTED.get(kind)
    shown = str(problem["msg"]) if template is None else translated(template, language, **values)
    return {"field": ".".join(where) or "body", "expected": shown, "met": _plain(met)}


def _path(location: tuple[int | str, ...], body: Any) -> list[str]:
    """The path of a field: ``location`` without its source and without the tags by which unions were told apart."""
    source, *parts = location
    if source != "body":
        return [str(part) for part in parts]
    path: list[str] = []
    current = body
    for part in parts:
        is_act = isinstance(current, dict) and (not path or (len(path) == 2 and path[0] == "acts"))
        tag = next((name for name in ("register", "kind") if is_act and current.get(name) == part), None)
        if tag is None:
            path.append(str(part))
            current = _within(current, part)
        else:
            current = {name: value for name, value in current.items() if name != tag}
    return path


def _within(value: Any, part: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(str(part))
    return value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else None


def _plain(value: Any) -> Any:
    """``value`` as far as an answer can show it."""
    if isinstance(value, str):
        shown = value.encode("utf-8", "replace").decode()
        return shown if len(shown) <= 200 else shown[:200] + "…"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    return _JSON_NAMES.get(type(value).__name__, type(value).__name__)
