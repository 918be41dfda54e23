from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema

from api.service import running
from api.settings import Settings
from tests.api.serving import account, serving
from tests.conftest import fresh_database

EXAMPLES, OF_OTHERS = 4, 2
"""Requests of each operation that fit its description, and as many that do not; fewer of what is the same in one
register as in another, which is asked of institutions."""
ISSUED_TO_ANYONE = "/extracts"
"""The end of the paths where extracts of the public part are issued to anyone."""
ANYONE_MAY_POST = {"/sessions"}
"""Where a caller signs in, there is no token yet."""
LONGEST_ADDRESS = 60_000
"""What parses HTTP for the service refuses a longer address itself, in plain text."""
TOO_MANY_TO_BE_WRONG = {"POST /acts"}
"""Its body is every kind of act of every register: to generate a wrong one takes minutes. Each kind is asked for
wrongly under its own register."""

NEVER_WRONG = {"GET /log/tile/{path}"}
"""Any text is a path; only an address that is too long to be asked would be none."""


@pytest.fixture(scope="module")
def clerks_server(server_url: str) -> Iterator[tuple[str, str]]:
    """The address of a server of this file's own, and a clerk's token for it."""
    with fresh_database(server_url) as url, running(Settings(database_url=url)) as service:
        token = account(service, "clerk", "*:clerk")
        with serving(service) as address:
            yield address, token


@pytest.fixture(scope="module")
def document(clerks_server: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{clerks_server[0]}/openapi.json", timeout=60).json()
    return found


@pytest.fixture(scope="module")
def described(clerks_server: tuple[str, str]) -> BaseSchema:
    address, token = clerks_server
    config = SchemathesisConfig.from_dict(
        {
            "auth": {"openapi": {"HTTPBearer": {"bearer": token}}},
            # A schema can't say that a date exists, that a cursor was given by the list, or what fields mean together.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 400, 401, 403, 404, 409, 412, 422]}},
        }
    )
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=config, timeout=60)
    # Signing out would end the clerk's session for every request after it.
    return schema.exclude(path="/sessions/current", method="DELETE")


def examples_of(label: str) -> int:
    """How many requests are made of an operation; only acts are of another form in each register."""
    in_register = "/registers/" in label and not label.split()[1].startswith("/registers/institutions")
    of_its_own = label.startswith("POST") and label.endswith("/acts")
    return OF_OTHERS if in_register and not of_its_own else EXAMPLES


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_asked_the_answer_is_one_that_the_document_describes(
    described: BaseSchema, mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    for found in described.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        nothing_to_be_wrong_about = not (operation.body or list(operation.iter_parameters()))
        if mode is GenerationMode.NEGATIVE and (
            nothing_to_be_wrong_about or operation.label in TOO_MANY_TO_BE_WRONG | NEVER_WRONG
        ):
            continue

        @settings(
            max_examples=examples_of(operation.label),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[*HealthCheck],
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case[Any]) -> None:
            answer = case.call()
            assume(len(answer.request.url or "") <= LONGEST_ADDRESS)
            case.validate_response(answer)

        with subtests.test(operation.label):
            ask()


def test_the_document_is_a_valid_openapi_document(described: BaseSchema) -> None:
    described.validate()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    unsaid = [
        f"{method} {path}"
        for path, method, operation in operations(document)
        if not operation.get("summary") or not operation.get("description")
    ]
    assert unsaid == []


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_anyone_may_read_and_only_who_is_signed_in_may_record(document: dict[str, Any]) -> None:
    bearer: dict[str, list[str]] = {"HTTPBearer": []}
    optional, required = [{}, bearer], [bearer]
    for path, method, operation in operations(document):
        if "security" in operation:
            only_signed_in = method == "post" and not path.endswith(ISSUED_TO_ANYONE)
            assert operation["security"] == (required if only_signed_in else optional), (method, path)
        else:
            assert path in ANYONE_MAY_POST or not path.startswith(("/registers", "/acts", "/statistics"))


def test_a_parameter_is_left_out_and_never_null(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert {"type": "null"} not in parameter["schema"].get("anyOf", ()), parameter


def test_every_problem_is_described_as_problem_details(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status[0] in "45" and path != "/readyz":
                assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


def test_every_path_that_asks_the_database_says_that_it_may_not_be_there(document: dict[str, Any]) -> None:
    unsaid = [path for path, _, operation in operations(document) if "503" not in operation["responses"]]
    assert unsaid == ["/healthz"]


def test_every_kind_of_act_has_a_body_of_its_own(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    first = document["paths"]["/registers/institutions/acts"]["post"]["requestBody"]["content"]["application/json"]
    kinds = first["schema"]["discriminator"]["mapping"]
    assert set(kinds) == {"receive", "register", "import", "refuse", "defer"}
    for kind, reference in kinds.items():
        body = schemas[reference.removeprefix("#/components/schemas/")]
        assert body["properties"]["kind"]["const"] == kind
        assert body["additionalProperties"] is False
