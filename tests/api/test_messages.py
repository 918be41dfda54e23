from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import api
import domain
import projections
from api import errors, refused, sentences
from api.field_problems import EXPECTED
from domain.purpose import EXPECTED_CASE, EXPECTED_PURPOSE
from domain.refusals import ActRefused, ActsInTheWay, DependantsLeft

TEMPLATE_AT = {"Malformed": 1, "MalformedMoment": 1, "NotFound": 0}
"""Where, among their arguments, those exceptions are given a message's template."""


def raised() -> Iterator[ast.expr]:
    """The templates given where the exceptions of ``TEMPLATE_AT`` are raised, wherever in the code that is."""
    for package in (api, projections):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TEMPLATE_AT:
                    yield node.args[TEMPLATE_AT[node.func.id]]


def templates() -> set[str]:
    """Every message that a problem can carry, and every sentence of an explanation."""
    literal = {str(given.value) for given in raised() if isinstance(given, ast.Constant)}
    refusals = {str(vars(kind)["message"]) for kind in (ActRefused, *ActRefused.__subclasses__())}
    others = {str(vars(kind)["message"]) for kind in errors._STATUS if "message" in vars(kind)}
    fixed = {
        errors.NO_ENTRY,
        errors._FIELD,
        errors._MEDIA_TYPE,
        errors._NO_DATABASE,
        EXPECTED_PURPOSE,
        EXPECTED_CASE,
        *reasons(),
        *refused.CONTENT_PROBLEMS,
    }
    parts = {ActsInTheWay.OBSTACLE, ActsInTheWay.ASKED_FOR, DependantsLeft.DEPENDANT}
    return (
        literal
        | refusals
        | others
        | fixed
        | parts
        | sentences.templates()
        | set(EXPECTED.values())
        | set(refused.TITLES.values())
    )


def reasons() -> Iterator[str]:
    """The templates of why an act does not apply: the constants given to ``Reason``, wherever in the domain."""
    for file in sorted(Path(domain.__path__[0]).glob("*.py")):
        module = import_module(f"domain.{file.stem}")
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                assert isinstance(node.args[0], ast.Name), ast.unparse(node)
                yield str(getattr(module, node.args[0].id))


def placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


@pytest.fixture(scope="module")
def latvian() -> dict[str, str]:
    with (Path(errors.__file__).parent / "locale" / "lv.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="lv") if message.id}


def test_every_message_is_a_template_and_not_put_together_where_it_is_raised() -> None:
    put_together = [ast.unparse(given) for given in raised() if isinstance(given, ast.JoinedStr | ast.BinOp)]
    assert put_together == []


@pytest.mark.parametrize("template", sorted(templates()))
def test_a_message_is_said_in_latvian_too_with_the_same_values(latvian: dict[str, str], template: str) -> None:
    assert latvian.get(template), "no Latvian translation"
    assert placeholders(latvian[template]) == placeholders(template)


def test_nothing_is_translated_that_is_said_nowhere(latvian: dict[str, str]) -> None:
    assert set(latvian) - templates() == set()
