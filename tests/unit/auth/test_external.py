"""Tokens of an OpenID provider, against keys made here. Sections are those of RFC 8725."""

import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from chat.auth.external import (
    FAILED_FETCH_PAUSE_MS,
    KEYS_LAST_MS,
    ExternalClaims,
    ExternalIssuer,
    KeysUnavailable,
    fetch_json,
)
from chat.protocol.errors import InvalidToken, TokenExpired

ISSUER = "https://login.example.com/"
NOW_MS = 1_795_371_554_123
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "parley",
    "sub": "42",
    "exp": NOW_MS // 1000 + 60,
    "preferred_username": "alice",
}


class Provider:
    """A provider's published keys, which it may change."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.keys = [
            json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key()))
            | {"kid": "rsa", "use": "sig", "alg": "RS256"},
            json.loads(ECAlgorithm.to_jwk(EC_KEY.public_key()))
            | {"kid": "ec", "use": "sig", "alg": "ES256"},
        ]
        self.times_fetched = 0

    def fetch(self) -> dict[str, Any]:
        self.times_fetched += 1
        if self.fault:
            raise self.fault
        return {"keys": self.keys}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def issuer(provider: Provider) -> ExternalIssuer:
    return ExternalIssuer(ISSUER, "parley", "preferred_username", provider.fetch)


def rsa_token(claims: dict[str, Any], kid: str = "rsa") -> str:
    return jwt.encode(claims, RSA_KEY, "RS256", headers={"kid": kid})


def test_rsa_token_is_valid(issuer: ExternalIssuer) -> None:
    claims = issuer.verify(rsa_token(CLAIMS), NOW_MS)

    assert claims == ExternalClaims(ISSUER, "42", "alice")


def test_elliptic_curve_token_is_valid(issuer: ExternalIssuer) -> None:
    token = jwt.encode(CLAIMS, EC_KEY, "ES256", headers={"kid": "ec"})

    assert issuer.verify(token, NOW_MS).username == "alice"


def test_expired_token_is_distinguished(issuer: ExternalIssuer) -> None:
    with pytest.raises(TokenExpired):
        issuer.verify(rsa_token(CLAIMS | {"exp": NOW_MS // 1000}), NOW_MS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example.com/"},
        {"aud": "somebody-else"},
        {"sub": ""},
        {"preferred_username": 7},
        {"exp": "tomorrow"},
    ],
    ids=str,
)
def test_token_with_a_wrong_claim_is_invalid(issuer: ExternalIssuer, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS | wrong), NOW_MS)


@pytest.mark.parametrize("missing", CLAIMS)
def test_token_without_a_claim_is_invalid(issuer: ExternalIssuer, missing: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != missing}

    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(claims), NOW_MS)


def test_public_key_is_not_accepted_as_a_shared_secret(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    """The algorithm confusion of section 2.1: signing with a public key."""
    public = json.dumps(provider.keys[0]).encode()
    body = rsa_token(CLAIMS).split(".")[1]
    head = base64url_encode(b'{"alg":"HS256","kid":"rsa"}').decode()
    seal = hmac.digest(public, f"{head}.{body}".encode(), "sha256")
    token = f"{head}.{body}.{base64url_encode(seal).decode()}"

    with pytest.raises(InvalidToken):
        issuer.verify(token, NOW_MS)


def test_unsigned_provider_token_is_invalid(issuer: ExternalIssuer) -> None:
    token = jwt.encode(CLAIMS, "", "none", headers={"kid": "rsa"})

    with pytest.raises(InvalidToken):
        issuer.verify(token, NOW_MS)


def test_key_is_used_only_with_its_algorithm(issuer: ExternalIssuer) -> None:
    token = jwt.encode(CLAIMS, EC_KEY, "ES256", headers={"kid": "rsa"})

    with pytest.raises(InvalidToken):
        issuer.verify(token, NOW_MS)


def test_keys_are_fetched_once(issuer: ExternalIssuer, provider: Provider) -> None:
    for _ in range(5):
        issuer.verify(rsa_token(CLAIMS), NOW_MS)

    assert provider.times_fetched == 1


def test_unknown_key_is_fetched_on_first_use(issuer: ExternalIssuer, provider: Provider) -> None:
    issuer.verify(rsa_token(CLAIMS), NOW_MS - 60_000)
    provider.keys[0]["kid"] = "next"

    claims = issuer.verify(rsa_token(CLAIMS, kid="next"), NOW_MS)

    assert claims.username == "alice"


def test_unknown_keys_do_not_cause_repeated_fetches(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    for _ in range(5):
        with pytest.raises(InvalidToken):
            issuer.verify(rsa_token(CLAIMS, kid="made up"), NOW_MS)

    assert provider.times_fetched == 1


UNREACHABLE = [OSError("timed out"), ValueError("no JSON object")]


@pytest.mark.parametrize("fault", UNREACHABLE, ids=str)
def test_unreachable_provider_makes_no_token_invalid(
    issuer: ExternalIssuer, provider: Provider, fault: Exception
) -> None:
    provider.fault = fault
    with pytest.raises(KeysUnavailable):
        issuer.verify(rsa_token(CLAIMS), NOW_MS)
    provider.fault = None

    claims = issuer.verify(rsa_token(CLAIMS), NOW_MS + FAILED_FETCH_PAUSE_MS)

    assert claims.username == "alice"


def test_a_document_without_keys_makes_no_token_invalid(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    provider.keys = []

    with pytest.raises(KeysUnavailable):
        issuer.verify(rsa_token(CLAIMS), NOW_MS)


def test_known_keys_work_while_the_provider_is_down(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    issuer.verify(rsa_token(CLAIMS), NOW_MS - KEYS_LAST_MS)
    provider.fault = OSError("timed out")

    claims = issuer.verify(rsa_token(CLAIMS), NOW_MS)

    assert claims.username == "alice"
    assert provider.times_fetched == 2


def test_unreachable_provider_is_not_asked_for_each_token(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    provider.fault = OSError("timed out")

    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            issuer.verify(rsa_token(CLAIMS), NOW_MS)

    assert provider.times_fetched == 1


@pytest.mark.parametrize("token", ["", "a.b.c", "not a token"])
def test_malformed_token_belongs_to_no_issuer(issuer: ExternalIssuer, token: str) -> None:
    assert not issuer.is_of(token)


def test_token_names_its_issuer(issuer: ExternalIssuer) -> None:
    assert issuer.is_of(rsa_token(CLAIMS))
    assert not issuer.is_of(rsa_token(CLAIMS | {"iss": "https://other.example.com/"}))


@pytest.mark.parametrize("url", ["http://login.example.com/keys", "file:///etc/passwd", ""])
def test_keys_are_fetched_only_over_https(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        fetch_json(url)
