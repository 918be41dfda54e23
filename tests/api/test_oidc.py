from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from api.grants import read_grant
from api.oidc import SHORTEST_PAUSE, IdentityProvider, IdentityProviderUnavailable
from api.service import Service
from api.settings import Settings
from tests.api.oidc_provider import AUDIENCE, KEYS, Provider, ec_key, ed_key, providing, rsa_key, signed
from tests.api.serving import caller, serving
from tests.domain.story import BASIC_SCHOOL

PUBLISHED = (rsa_key("rsa"), ec_key("ec"), ed_key("ed"))
NOW = int(time.time())


def settings(provider: Provider, **more: Any) -> Settings:
    return Settings(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, **more)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing(*PUBLISHED) as started:
        yield started


@pytest.fixture(scope="module")
def identity(provider: Provider) -> IdentityProvider:
    return IdentityProvider(settings(provider))


@pytest.fixture(scope="module")
def address(shared_service: Service, provider: Provider) -> Iterator[str]:
    """A server that takes the provider's tokens."""
    with serving(replace(shared_service, settings=settings(provider))) as started:
        yield started


def current(address: str, token: str) -> httpx.Response:
    with caller(address, token) as client:
        return client.get("/sessions/current")


@pytest.mark.parametrize("key", PUBLISHED, ids=lambda key: str(key.kid))
def test_a_token_signed_by_a_published_key_lets_its_subject_in(provider: Provider, address: str, key: Any) -> None:
    token = provider.token(key, roles=["institutions:clerk", "other-service-admin", "*:reader", 7, None])
    answer = current(address, token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["roles"] == ["*:reader", "institutions:clerk"]


def test_an_act_is_recorded_under_the_pseudonym_of_the_tokens_subject(provider: Provider, address: str) -> None:
    body = {"kind": "register", "decision": {"decided_on": "2020-03-02"}, "content": BASIC_SCHOOL}
    with caller(address, provider.token(roles=["institutions:clerk", "institutions:auditor"])) as clerk:
        pseudonym = clerk.get("/sessions/current").json()["pseudonym"]
        assert clerk.post("/registers/institutions/acts", json=body).status_code == 201
        assert clerk.get("/acts").json()["acts"][-1]["actor"] == pseudonym
        refused = clerk.post("/registers/scientific-institutions/acts", json=body)
        assert refused.status_code in (403, 422)
    with caller(address, provider.token(roles=[])) as nobody:
        assert nobody.post("/registers/institutions/acts", json=body).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example"},
        {"iss": None},
        {"iss": ["https://login.example"]},
        {"aud": "another-service"},
        {"aud": ["another-service", "regesta2"]},
        {"aud": []},
        {"aud": None},
        {"exp": NOW - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**400},
        {"exp": 1e300},
        {"nbf": NOW + 3_600},
        {"nbf": "now"},
        {"iat": NOW + 3_600},
        {"sub": None},
        {"sub": ""},
        {"sub": 42},
        {"sub": ["anna@example"]},
    ],
    ids=lambda claims: ",".join(map(str, claims)),
)
def test_a_token_with_a_claim_that_does_not_fit_lets_nobody_in(
    provider: Provider, address: str, claims: dict[str, Any]
) -> None:
    refused = current(address, provider.token(**claims))
    assert refused.status_code == 401, refused.text
    assert refused.headers["www-authenticate"] == 'Bearer realm="regesta"'


def test_an_audience_among_others_is_enough(provider: Provider, identity: IdentityProvider) -> None:
    assert identity.identify(provider.token(aud=["another-service", AUDIENCE])) is not None


STRANGE_HEADERS: list[Any] = [
    [],
    5,
    "RS256",
    None,
    {"alg": ["RS256"], "kid": "rsa"},
    {"alg": {"RS256": 1}, "kid": "rsa"},
    {"alg": None, "kid": "rsa"},
    {"alg": "RS256", "kid": ["rsa"]},
    {"alg": "RS256", "kid": {"rsa": 1}},
    {"alg": "RS256", "kid": "rsa", "crit": ["exp"], "exp": 0},
    {"alg": "RS256", "kid": "rsa", "crit": 1},
    {"alg": "RS256", "kid": "rsa", "b64": False},
    {"alg": "RS256", "kid": "rsa", "zip": "DEF"},
]


def part(value: Any) -> str:
    return encoded(value if isinstance(value, bytes) else json.dumps(value).encode())


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def signed_with_a_secret(claims: dict[str, Any], secret: bytes) -> str:
    unsigned = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims)}"
    return f"{unsigned}.{encoded(hmac.digest(secret, unsigned.encode(), 'sha256'))}"


def forged_tokens(provider: Provider) -> dict[str, str]:
    """Tokens that the provider did not sign, each by another trick."""
    claims = provider.claims(roles=["*:clerk"])
    own = provider.token(roles=[])
    header, _, signature = own.split(".")
    strange = rsa_key("rsa")
    public = [key.as_dict(private=False) for key in PUBLISHED]
    return {
        "no signature at all": f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(claims)}.",
        "no algorithm": f"{part({'kid': 'rsa'})}.{part(claims)}.{signature}",
        "public key (PEM) as a shared secret": signed_with_a_secret(claims, PUBLISHED[0].as_pem(private=False)),
        "public key (DER) as a shared secret": signed_with_a_secret(claims, PUBLISHED[0].as_der(private=False)),
        "public key (JSON) as a shared secret": signed_with_a_secret(claims, json.dumps(public[0]).encode()),
        "another key of the same name": signed(claims, strange),
        "unknown key": signed(claims, rsa_key("unknown")),
        "no key named": signed(claims, strange, kid=None),
        "key brought along": signed(claims, strange, jwk=strange.as_dict(private=False)),
        "key of another kind": f"{part({'alg': 'RS256', 'kid': 'ec'})}.{part(claims)}.{signature}",
        "other claims under a true signature": f"{header}.{part(claims)}.{signature}",
        "encrypted to the public key": jwe.encrypt_compact(
            {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa"},
            json.dumps(claims),
            RSAKey.import_key({name: public[0][name] for name in ("kty", "n", "e")}),
        ),
        "claims that are no object": f"{header}.{part(['anna'])}.{signature}",
        "two parts": f"{header}.{part(claims)}",
        "five parts": "a.b.c.d.e",
        "dots": "..",
        "no base64": "%.%.%",
        "half": own[: len(own) // 2],
        "nothing of the kind": "eyJ",
        **{f"header {h}": f"{part(h)}.{part(claims)}.{signature}" for h in STRANGE_HEADERS},
        "header without end": f"{part(b'[' * 5_000)}.{part(claims)}.{signature}",
    }


FORGERIES = sorted(forged_tokens(Provider("http://127.0.0.1", PUBLISHED)))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(provider: Provider, address: str, forgery: str) -> None:
    assert current(address, forged_tokens(provider)[forgery]).status_code == 401


def test_a_token_of_another_provider_lets_nobody_in(provider: Provider, address: str) -> None:
    with providing(rsa_key("rsa")) as other:
        assert current(address, other.token()).status_code == 401
        assert current(address, other.token(iss=provider.issuer)).status_code == 401
        assert not other.asked


def test_a_providers_token_lets_nobody_in_where_no_provider_is_set(shared_server: str, provider: Provider) -> None:
    assert current(shared_server, provider.token()).status_code == 401


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"realm_access": {"regesta": {"roles": ["*:auditor"]}}}, {"*:auditor"}),
        ({"realm_access": {"regesta": {"roles": "*:auditor"}}}, set()),
        ({"realm_access": {"regesta": ["*:auditor"]}}, set()),
        ({"realm_access": "*:auditor"}, set()),
        ({"realm_access.regesta.roles": ["*:auditor"]}, set()),
        ({"roles": ["*:auditor"]}, set()),
        ({}, set()),
    ],
    ids=str,
)
def test_roles_are_read_where_the_path_of_claims_leads_and_nowhere_else(
    provider: Provider, claims: dict[str, Any], found: set[str]
) -> None:
    identity = IdentityProvider(settings(provider, oidc_roles_claim="realm_access.regesta.roles"))
    identified = identity.identify(provider.token(**claims))
    assert identified is not None
    assert identified.grants == {read_grant(text) for text in found}


def test_a_subject_has_one_pseudonym_that_tells_neither_subject_nor_issuer(
    provider: Provider, identity: IdentityProvider
) -> None:
    def pseudonym(by: IdentityProvider, token: str) -> UUID:
        identified = by.identify(token)
        assert identified is not None
        return identified.pseudonym

    annas = {pseudonym(identity, provider.token(key)) for key in PUBLISHED}
    assert annas == {pseudonym(IdentityProvider(settings(provider)), provider.token(roles=["*:clerk"]))}
    assert pseudonym(identity, provider.token(sub="berta@example")) not in annas
    with providing(*PUBLISHED) as other:
        assert pseudonym(IdentityProvider(settings(other)), other.token()) not in annas
    (anna,) = annas
    assert "anna" not in anna.bytes.decode("latin-1")
    assert anna.version == 5


def test_a_new_key_is_fetched_when_a_token_names_it_but_not_more_often_than_every_five_seconds() -> None:
    with providing(rsa_key("old")) as provider:
        identity = IdentityProvider(settings(provider))
        old = provider.token()
        assert identity.identify(old) is not None
        provider.keys = [ec_key("new")]
        for _ in range(3):
            assert identity.identify(provider.token()) is None
            assert identity.identify(provider.token(rsa_key(uuid4().hex))) is None
        assert provider.asked[KEYS] == 1
        assert SHORTEST_PAUSE == 5
        time.sleep(SHORTEST_PAUSE)
        assert identity.identify(provider.token()) is not None
        assert provider.asked[KEYS] == 2
        assert identity.identify(old) is None
        assert provider.asked[KEYS] == 2


def test_while_the_provider_is_down_its_tokens_are_answered_with_503_and_local_ones_work(
    shared_service: Service,
) -> None:
    with providing(*PUBLISHED) as provider:
        provider.down = True
        token = provider.token()
        with serving(replace(shared_service, settings=settings(provider))) as address:
            answer = current(address, token)
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "urn:regesta:problem:identity-provider-unavailable"
            assert current(address, "regesta_unknown").status_code == 401
            with caller(address) as anonymous:
                assert anonymous.get("/registers").status_code == 200
            # However many ask, a provider that does not answer is not asked again and again.
            assert [current(address, token).status_code for _ in range(3)] == [503] * 3
            assert sum(provider.asked.values()) == 1


@pytest.mark.parametrize(
    "documents",
    [
        {"issuer": "https://login.example"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:1/"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_whose_documents_do_not_fit_is_as_good_as_down(documents: dict[str, Any]) -> None:
    with providing(*PUBLISHED) as provider:
        provider.told = documents
        with pytest.raises(IdentityProviderUnavailable):
            IdentityProvider(settings(provider)).identify(provider.token())
