from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings, SettingsRefused, read_settings, variable_of

REGESTA = Path(sys.executable).parent / "regesta"
COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("REGESTA_PORT", "0", "greater than or equal to 1"),
        ("REGESTA_PORT", "65536", "less than or equal to 65535"),
        ("REGESTA_PORT", "http", "a valid integer"),
        ("REGESTA_SESSION_HOURS", "0", "greater than or equal to 1"),
        ("REGESTA_SESSION_HOURS", "745", "less than or equal to 744"),
        ("REGESTA_OIDC_ISSUER", "login.example", "https?://"),
        ("REGESTA_OIDC_ROLES_CLAIM", "realm..roles", "match pattern"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name_with_what_was_expected_and_met(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    told = str(refused.value)
    assert told.startswith(f"{variable}: ")
    assert expected in told
    assert told.endswith(f"met {value!r}")


def test_an_empty_variable_is_as_if_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = read_settings()
    for field in Settings.model_fields:
        if field != "database_url":
            monkeypatch.setenv(variable_of(field), "")
    assert read_settings() == usual


def test_an_empty_database_address_is_refused_and_no_other_database_is_taken_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    with pytest.raises(SettingsRefused, match=r"^DATABASE_URL: expected postgresql://.*, met an empty one$"):
        read_settings()


def test_the_compose_file_passes_on_who_may_sign_in_and_who_vouches_for_the_log_and_what_is_not_set_stays_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed_on = re.findall(r"(?m)^ +(REGESTA_\w+): \$\{\1:-\}$", COMPOSE.read_text(encoding="utf-8"))
    settable = ("session_", "oidc_", "log_origin", "witness_", "tsa_")
    expected = [variable_of(field) for field in Settings.model_fields if field.startswith(settable)]
    assert sorted(passed_on) == sorted(expected)
    usual = read_settings()
    for variable in passed_on:
        monkeypatch.setenv(variable, "")
    assert read_settings() == usual


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGESTA_PORT", "none")
    monkeypatch.setenv("REGESTA_SESSION_HOURS", "none")
    with pytest.raises(SettingsRefused, match=r"REGESTA_PORT: .*; REGESTA_SESSION_HOURS: "):
        read_settings()


def test_an_unknown_variable_is_refused_and_the_known_ones_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGESTA_PROT", "8000")
    with pytest.raises(SettingsRefused, match=r"REGESTA_PROT: expected one of .*REGESTA_PORT.*, met this name"):
        read_settings()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://clerk:s3cret@db/register",
        "s3cret",
        # The library's message for an address it can't take apart quotes the part, and that may be the password.
        "postgresql://clerk:%zzs3cret@db/register",
        "postgresql://clerk@db/register?password=s3cret&nonsense=1",
    ],
)
def test_a_database_address_of_another_form_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SettingsRefused, match=r"^DATABASE_URL: .*postgres.*, met another form of address$") as refused:
        read_settings()
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [("REGESTA_OIDC_ISSUER", "https://login.example"), ("REGESTA_OIDC_AUDIENCE", "regesta")],
)
def test_an_issuer_and_an_audience_are_set_together_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    assert read_settings().oidc_issuer is None
    monkeypatch.setenv(variable, value)
    with pytest.raises(
        SettingsRefused, match="REGESTA_OIDC_ISSUER and REGESTA_OIDC_AUDIENCE: expected both or neither, met one"
    ):
        read_settings()
    monkeypatch.setenv("REGESTA_OIDC_ISSUER", "https://login.example")
    monkeypatch.setenv("REGESTA_OIDC_AUDIENCE", "regesta")
    assert read_settings().oidc_issuer == "https://login.example"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("REGESTA_PORT", "[/red]70000", "settings: REGESTA_PORT: "),
        ("DATABASE_URL", "postgresql://clerk:s3cret@127.0.0.1:1/register", "database: "),
    ],
)
def test_serving_with_wrong_settings_ends_with_2_and_one_line(variable: str, value: str, told: str) -> None:
    ended = subprocess.run(
        [REGESTA, "serve"], env={**os.environ, variable: value}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.startswith(told)
    assert len(ended.stderr.splitlines()) == 1
    assert "s3cr" not in ended.stderr
