from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.accounts import FAILURES_PER_NAME_AND_ADDRESS, disable
from api.service import Service
from api.sessions import KNOWN_FOR, LONGEST_TOKEN
from tests.api.serving import PASSWORD, account, caller

WRONG = "wrong horse battery"


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return client.post("/sessions", json={"name": name, "password": password}, headers=headers)


def whoever_has(server: str, token: str) -> httpx.Response:
    with caller(server, token) as client:
        return client.get("/sessions/current")


def problem(answer: httpx.Response) -> tuple[int, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"]


NOT_AUTHENTICATED = (401, "urn:regesta:problem:not-authenticated")


def test_signing_in_gives_a_token_that_works_until_its_end(
    shared_service: Service, shared_server: str, anyone: httpx.Client
) -> None:
    account(shared_service, "Anna", "institutions:clerk", "*:reader")
    opened = sign_in(anyone, "Anna")
    assert opened.status_code == 201
    assert opened.headers["cache-control"] == "no-store"
    session = opened.json()
    assert session["roles"] == ["*:reader", "institutions:clerk"]
    ends_in = datetime.fromisoformat(session["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=11) < ends_in <= timedelta(hours=12)
    current = whoever_has(shared_server, session["token"]).json()
    assert current["roles"] == session["roles"]
    assert current["expires_at"] == session["expires_at"]
    assert "Anna" not in current["pseudonym"]


def test_a_caller_without_a_token_is_anonymous(anyone: httpx.Client) -> None:
    assert anyone.get("/sessions/current").json() == {"pseudonym": None, "expires_at": None, "roles": []}
    assert anyone.delete("/sessions/current").status_code == 204


def test_signing_out_ends_the_token_at_once_and_no_other(shared_service: Service, shared_server: str) -> None:
    account(shared_service, "Bruno")
    with caller(shared_server) as client:
        first, second = (sign_in(client, "Bruno").json()["token"] for _ in range(2))
        client.headers["Authorization"] = f"Bearer {first}"
        assert client.get("/sessions/current").json()["pseudonym"]
        assert client.delete("/sessions/current").status_code == 204
        assert problem(client.get("/sessions/current")) == NOT_AUTHENTICATED
        assert problem(client.delete("/sessions/current")) == NOT_AUTHENTICATED
    assert whoever_has(shared_server, second).status_code == 200


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    shared_service: Service, shared_server: str, anyone: httpx.Client
) -> None:
    account(shared_service, "Cecīlija")
    account(shared_service, "Disabled")
    with shared_service.database.pool.connection() as connection:
        disable(connection, "Disabled")
    answers = [sign_in(anyone, "Cecīlija", WRONG), sign_in(anyone, "nobody", WRONG), sign_in(anyone, "Disabled")]
    assert {problem(answer) for answer in answers} == {(401, "urn:regesta:problem:name-or-password-wrong")}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Bearer realm="regesta"'}


def test_after_five_failures_a_password_is_not_looked_at_any_more_for_that_name_from_that_address(
    shared_service: Service, anyone: httpx.Client
) -> None:
    for name in ("Dainis", "Elza"):
        account(shared_service, name)
    for _ in range(FAILURES_PER_NAME_AND_ADDRESS - 1):
        assert sign_in(anyone, "Dainis", WRONG).status_code == 401
    assert sign_in(anyone, "Dainis").status_code == 201
    assert sign_in(anyone, "Dainis", WRONG).status_code == 401
    refused = [sign_in(anyone, "Dainis"), sign_in(anyone, " Dainis ", WRONG)]
    assert {problem(answer) for answer in refused} == {(429, "urn:regesta:problem:too-many-attempts")}
    assert sign_in(anyone, "Elza").status_code == 201
    # The server believes a proxy on its own machine about where a caller is.
    assert sign_in(anyone, "Dainis", **{"X-Forwarded-For": "198.51.100.7"}).status_code == 201


def test_names_that_do_not_exist_are_throttled_as_those_that_do(anyone: httpx.Client) -> None:
    answers = [sign_in(anyone, "Ghost", WRONG).status_code for _ in range(FAILURES_PER_NAME_AND_ADDRESS + 1)]
    assert answers == [401] * FAILURES_PER_NAME_AND_ADDRESS + [429]


def test_attempts_count_for_a_quarter_of_an_hour(shared_service: Service, anyone: httpx.Client) -> None:
    account(shared_service, "Fricis")
    with shared_service.database.pool.connection() as connection:
        for _ in range(FAILURES_PER_NAME_AND_ADDRESS):
            connection.execute(
                "INSERT INTO access.login_failures (name, address, failed_at)"
                " VALUES ('Fricis', '127.0.0.1', now() - interval '14 minutes')"
            )
        assert sign_in(anyone, "Fricis").status_code == 429
        connection.execute("DELETE FROM access.login_failures WHERE name = 'Fricis'")
        for _ in range(FAILURES_PER_NAME_AND_ADDRESS):
            connection.execute(
                "INSERT INTO access.login_failures (name, address, failed_at)"
                " VALUES ('Fricis', '127.0.0.1', now() - interval '15 minutes')"
            )
        assert sign_in(anyone, "Fricis").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Anna"},
        {"name": "", "password": PASSWORD},
        {"name": "a\x00b", "password": PASSWORD},
        {"name": "Anna", "password": PASSWORD * 100},
        {"name": "Anna", "password": [PASSWORD]},
        {"name": "Anna", "password": PASSWORD, "roles": ["*:clerk"]},
        [PASSWORD],
    ],
)
def test_credentials_that_cannot_be_read_are_refused_and_no_password_is_repeated(
    anyone: httpx.Client, body: Any
) -> None:
    refused = anyone.post("/sessions", json=body)
    assert problem(refused) == (422, "urn:regesta:problem:content-does-not-fit")
    assert PASSWORD not in refused.text


@pytest.mark.parametrize("field", ["name", "password"])
def test_text_that_is_not_unicode_is_refused_as_any_other_that_cannot_be_read(anyone: httpx.Client, field: str) -> None:
    other = "password" if field == "name" else "name"
    body = f'{{"{field}": "\\ud800{PASSWORD}", "{other}": "Anna"}}'
    refused = anyone.post("/sessions", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 401, 422)
    assert refused.headers["content-type"] == "application/problem+json"


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "credentials",
    [
        "Bearer",
        "Bearer regesta_",
        "Bearer regesta_" + "A" * 43,
        "Bearer not-a-token",
        "Bearer a.b.c",
        "Bearer null",
        "Bearer " + "A" * (LONGEST_TOKEN + 1),
        "Bearer pārāk",
        "Token regesta_" + "A" * 43,
        "",
        "regesta_" + "A" * 43,
        basic("reader", PASSWORD),
    ],
)
@pytest.mark.parametrize("path", ["/registers", "/registers/institutions", "/acts", "/sessions/current"])
def test_credentials_that_let_nobody_in_are_never_taken_for_none(
    anyone: httpx.Client, credentials: str, path: str
) -> None:
    refused = anyone.get(path, headers={b"Authorization": credentials.encode()})
    assert problem(refused) == NOT_AUTHENTICATED
    assert refused.headers["www-authenticate"] == 'Bearer realm="regesta"'


def test_a_valid_token_under_another_scheme_lets_nobody_in(shared_service: Service, anyone: httpx.Client) -> None:
    token = account(shared_service, "Hugo", "*:reader")
    for scheme, status in (("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401), ("", 401)):
        answer = anyone.get("/sessions/current", headers={"Authorization": f"{scheme} {token}".strip()})
        assert answer.status_code == status, scheme


def test_a_token_that_has_ended_lets_nobody_in(shared_service: Service, shared_server: str) -> None:
    ended = account(shared_service, "Gatis", "*:reader", lifetime=timedelta(seconds=-1))
    assert problem(whoever_has(shared_server, ended)) == NOT_AUTHENTICATED
    assert problem(whoever_has(shared_server, ended.upper())) == NOT_AUTHENTICATED


def test_the_title_of_a_problem_is_in_the_callers_language(anyone: httpx.Client) -> None:
    headers = {"Authorization": "Bearer x", "Accept-Language": "lv"}
    in_latvian, in_english = (
        anyone.get("/registers", headers=headers),
        anyone.get("/registers", headers={**headers, "Accept-Language": "en"}),
    )
    assert in_latvian.headers["content-language"] == "lv"
    assert in_english.json()["title"] == "Sign in first"
    assert in_latvian.json()["title"] != in_english.json()["title"]


def test_who_is_disabled_revoked_or_given_a_new_password_is_out_within_five_seconds(
    shared_service: Service, shared_server: str
) -> None:
    tokens = {name: account(shared_service, name, "*:reader") for name in ("disabled", "revoked", "roleless", "kept")}
    for token in tokens.values():
        assert whoever_has(shared_server, token).json()["roles"] == ["*:reader"]
    with (
        shared_service.database.pool.connection() as connection,
        caller(shared_server, tokens["disabled"]) as follower,
        follower.stream("GET", "/changes", headers={"Accept": "text/event-stream"}) as stream,
    ):
        assert stream.status_code == 200
        disable(connection, "disabled")
        connection.execute(
            "UPDATE access.tokens SET revoked_at = now() FROM access.accounts a"
            " WHERE a.account_id = tokens.account_id AND a.name = 'revoked'"
        )
        connection.execute("UPDATE access.accounts SET roles = '[]' WHERE name = 'roleless'")
        assert KNOWN_FOR <= 5
        time.sleep(KNOWN_FOR)
        assert problem(whoever_has(shared_server, tokens["disabled"])) == NOT_AUTHENTICATED
        assert problem(whoever_has(shared_server, tokens["revoked"])) == NOT_AUTHENTICATED
        assert whoever_has(shared_server, tokens["roleless"]).json()["roles"] == []
        assert whoever_has(shared_server, tokens["kept"]).json()["roles"] == ["*:reader"]
        # The stream has no end but this one.
        assert {line for line in stream.iter_lines() if line} <= {": still here"}
