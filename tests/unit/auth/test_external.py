"""Tokens of an OpenID provider, against keys made here. Sections are those of RFC 8725."""

import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from chat.auth.external import (
    ALGORITHMS,
    CLOCK_SKEW_SECONDS,
    FAILED_FETCH_PAUSE_MS,
    KEYS_LAST_MS,
    ExternalClaims,
    ExternalIssuer,
    KeysUnavailable,
)
from chat.protocol.errors import InvalidToken, TokenExpired

ISSUER = "https://login.example.com/"
NOW_MS = 1_795_371_554_123
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
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
    return ExternalIssuer(ISSUER, {"parley"}, "preferred_username", provider.fetch)


def key_pair(algorithm: str) -> tuple[Any, dict[str, Any]]:
    """Make a private key for an algorithm, and the public key as providers publish it."""
    if algorithm == "EdDSA":
        edwards = ed25519.Ed25519PrivateKey.generate()
        return edwards, json.loads(OKPAlgorithm.to_jwk(edwards.public_key()))
    if algorithm in CURVES:
        elliptic = ec.generate_private_key(CURVES[algorithm])
        return elliptic, json.loads(ECAlgorithm.to_jwk(elliptic.public_key()))
    return RSA_KEY, json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key()))


def rsa_token(claims: dict[str, Any], kid: str = "rsa") -> str:
    return jwt.encode(claims, RSA_KEY, "RS256", headers={"kid": kid})


def test_rsa_token_is_valid(issuer: ExternalIssuer) -> None:
    claims = issuer.verify(rsa_token(CLAIMS), NOW_MS)

    assert claims == ExternalClaims(ISSUER, "42", "alice")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_token_under_each_algorithm_is_valid(
    issuer: ExternalIssuer, provider: Provider, algorithm: str
) -> None:
    private, public = key_pair(algorithm)
    provider.keys = [public | {"kid": "k", "alg": algorithm}]
    token = jwt.encode(CLAIMS, private, algorithm, headers={"kid": "k"})

    assert issuer.verify(token, NOW_MS).username == "alice"


def test_no_algorithm_has_a_shared_secret() -> None:
    assert {each for each in ALGORITHMS if each == "none" or each.startswith("HS")} == set()


def test_key_that_names_no_algorithm_is_used_with_the_usual_one(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    """Microsoft Entra ID publishes its keys in this form."""
    del provider.keys[0]["alg"]

    assert issuer.verify(rsa_token(CLAIMS), NOW_MS).username == "alice"


def test_token_for_any_of_several_audiences_is_valid(provider: Provider) -> None:
    issuer = ExternalIssuer(ISSUER, {"web", "phone"}, "preferred_username", provider.fetch)

    for audience in ("web", "phone", ["other", "phone"]):
        assert issuer.verify(rsa_token(CLAIMS | {"aud": audience}), NOW_MS).username == "alice"
    for audience in ("", "web,phone", "parley", [], ["other"]):
        with pytest.raises(InvalidToken):
            issuer.verify(rsa_token(CLAIMS | {"aud": audience}), NOW_MS)


@pytest.mark.parametrize("audience", ["", "parley", []])
def test_without_an_audience_no_token_is_valid(provider: Provider, audience: object) -> None:
    issuer = ExternalIssuer(ISSUER, frozenset(), "preferred_username", provider.fetch)

    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS | {"aud": audience}), NOW_MS)


def test_id_token_of_cognito_is_valid(provider: Provider) -> None:
    issuer = ExternalIssuer(ISSUER, {"client"}, "cognito:username", provider.fetch)
    claims = {"iss": ISSUER, "sub": "42", "exp": CLAIMS["exp"], "token_use": "id"}

    token = rsa_token(claims | {"aud": "client", "cognito:username": "alice"})

    assert issuer.verify(token, NOW_MS).username == "alice"


def test_access_token_of_cognito_is_invalid(provider: Provider) -> None:
    """It has no `aud`. So each service that gets such a token could log in to the chat with it."""
    issuer = ExternalIssuer(ISSUER, {"client"}, "username", provider.fetch)
    claims = {"iss": ISSUER, "sub": "42", "exp": CLAIMS["exp"], "token_use": "access"}

    token = rsa_token(claims | {"client_id": "client", "username": "alice"})

    with pytest.raises(InvalidToken):
        issuer.verify(token, NOW_MS)


def test_token_is_invalid_until_its_time(issuer: ExternalIssuer) -> None:
    early = NOW_MS // 1000 + CLOCK_SKEW_SECONDS + 1

    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS | {"nbf": early, "exp": early + 60}), NOW_MS)


def test_token_of_a_provider_whose_clock_is_ahead_is_valid(issuer: ExternalIssuer) -> None:
    ahead = NOW_MS // 1000 + CLOCK_SKEW_SECONDS

    claims = issuer.verify(rsa_token(CLAIMS | {"iat": ahead, "nbf": ahead, "exp": ahead}), NOW_MS)

    assert claims.username == "alice"


def test_times_with_fractions_of_a_second_are_valid(issuer: ExternalIssuer) -> None:
    """Programs in JavaScript write them: `Date.now() / 1000`."""
    just_before, just_later = NOW_MS / 1000 - 0.1, NOW_MS / 1000 + 0.1

    claims = issuer.verify(rsa_token(CLAIMS | {"nbf": just_before, "exp": just_later}), NOW_MS)

    assert claims.username == "alice"
    with pytest.raises(TokenExpired):
        issuer.verify(rsa_token(CLAIMS | {"exp": just_before}), NOW_MS)


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
        {"nbf": "yesterday"},
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


def test_removed_key_is_rejected_after_an_hour(issuer: ExternalIssuer, provider: Provider) -> None:
    issuer.verify(rsa_token(CLAIMS), NOW_MS - KEYS_LAST_MS)
    del provider.keys[0]

    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS), NOW_MS)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"iss": "https://evil.example.com/"}, "InvalidIssuerError"),
        ({"aud": "somebody-else"}, "InvalidAudienceError"),
        ({"preferred_username": None}, "MissingRequiredClaimError"),
        ({"nbf": NOW_MS}, "ImmatureSignatureError"),
        ({"exp": "tomorrow"}, "ValidationError"),
    ],
    ids=str,
)
def test_log_says_why_a_token_was_rejected_and_quotes_nothing_of_it(
    issuer: ExternalIssuer,
    caplog: pytest.LogCaptureFixture,
    wrong: dict[str, Any],
    reason: str,
) -> None:
    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS | wrong), NOW_MS)

    assert caplog.messages == [f"a provider's token was rejected: {reason}"]


def test_key_that_signs_nothing_verifies_nothing(
    issuer: ExternalIssuer, provider: Provider
) -> None:
    provider.keys[0]["use"] = "enc"

    with pytest.raises(InvalidToken):
        issuer.verify(rsa_token(CLAIMS), NOW_MS)


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "RSA", "kid": "encrypts", "alg": "RSA-OAEP", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "kid": "newer", "crv": "Ed448", "x": "AA"},
        {"kty": "lattice", "kid": "of a later year"},
        {"kid": "without a type"},
    ],
    ids=lambda each: each["kid"],
)
def test_keys_of_unknown_kinds_do_not_disturb_the_others(
    issuer: ExternalIssuer, provider: Provider, other: dict[str, Any]
) -> None:
    provider.keys.insert(0, other)

    assert issuer.verify(rsa_token(CLAIMS), NOW_MS).username == "alice"


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
