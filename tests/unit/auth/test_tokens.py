"""RFC 8725, "JSON Web Token Best Current Practices", point by point."""

import base64
import json
from typing import Any

import jwt
import pytest

from chat.auth.tokens import ALGORITHM, Claims, SigningKeys, Tokens
from chat.protocol.errors import InvalidToken, TokenExpired
from chat.protocol.ids import UserId, Username

NOW_MS = 1_795_371_554_123
KEY, OLDER_KEY = b"k" * 32, b"o" * 32
TOKENS = Tokens(
    lambda: SigningKeys("second", {"second": KEY, "first": OLDER_KEY}), "parley", "parley"
)
CLAIMS = Claims(UserId("u"), Username("alice"), 3, NOW_MS // 1000 * 1000 + 60_000)
PAYLOAD: dict[str, Any] = {
    "iss": "parley",
    "aud": "parley",
    "iat": NOW_MS // 1000,
    "exp": NOW_MS // 1000 + 60,
    "sub": "u",
    "name": "alice",
    "gen": 3,
}


def signed(
    payload: dict[str, Any],
    *,
    key: Any = KEY,  # noqa: ANN401 -- PyJWT's many kinds
    algorithm: str = ALGORITHM,
    **headers: object,
) -> str:
    return jwt.encode(payload, key, algorithm, headers={"kid": "second", **headers})


def is_invalid(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token, NOW_MS)


def test_issued_token_verifies_to_its_claims() -> None:
    token = TOKENS.issue(CLAIMS, NOW_MS)

    assert TOKENS.verify(token, NOW_MS) == CLAIMS


def test_token_names_issuer_subject_time_and_key() -> None:
    token = TOKENS.issue(CLAIMS, NOW_MS)

    assert jwt.decode(token, options={"verify_signature": False}) == PAYLOAD
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "second"}


def test_token_is_valid_up_to_its_last_millisecond() -> None:
    token = TOKENS.issue(CLAIMS, NOW_MS)

    assert TOKENS.verify(token, CLAIMS.expires_at - 1) == CLAIMS


def test_token_is_expired_at_its_expiry_time() -> None:
    token = TOKENS.issue(CLAIMS, NOW_MS)

    with pytest.raises(TokenExpired):
        TOKENS.verify(token, CLAIMS.expires_at)


def test_forged_expired_token_is_reported_as_invalid() -> None:
    forged = signed(PAYLOAD | {"exp": 1}, key=b"f" * 32)

    is_invalid(forged)


# Keys (sections 3.1, 3.5, and rotation).


def test_token_of_an_older_key_is_valid() -> None:
    token = signed(PAYLOAD, key=OLDER_KEY, kid="first")

    assert TOKENS.verify(token, NOW_MS) == CLAIMS


def test_token_of_a_removed_key_is_invalid() -> None:
    token = TOKENS.issue(CLAIMS, NOW_MS)
    rotated = Tokens(lambda: SigningKeys("third", {"third": b"t" * 32}), "parley", "parley")

    with pytest.raises(InvalidToken):
        rotated.verify(token, NOW_MS)


@pytest.mark.parametrize("kid", ["third", "", "FIRST", "first", 2, None, ["second"]], ids=repr)
def test_token_with_the_wrong_key_id_is_invalid(kid: object) -> None:
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    body = TOKENS.issue(CLAIMS, NOW_MS).split(".")[1]
    signing_input = f"{b64(json.dumps(header).encode())}.{body}"
    signature = jwt.get_algorithm_by_name("HS256").sign(signing_input.encode(), KEY)

    is_invalid(f"{signing_input}.{b64(signature)}")


def test_a_token_without_a_key_id_is_invalid() -> None:
    is_invalid(jwt.encode(PAYLOAD, KEY, ALGORITHM))


def test_short_key_is_rejected() -> None:
    keys = SigningKeys("first", {"first": KEY, "second": b"k" * 31})

    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(lambda: keys, "parley", "parley").issue(CLAIMS, NOW_MS)


# Algorithms (sections 2.1, 3.1, 3.2).


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_token_of_another_algorithm_is_invalid(algorithm: str) -> None:
    long_key = KEY * 2
    tokens = Tokens(lambda: SigningKeys("second", {"second": long_key}), "parley", "parley")
    token = signed(PAYLOAD, key=long_key, algorithm=algorithm)

    with pytest.raises(InvalidToken):
        tokens.verify(token, NOW_MS)


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "HS256 ", "RS256"])
def test_unsigned_token_is_invalid_in_every_form(name: str) -> None:
    header = {"alg": name, "typ": "JWT", "kid": "second"}
    body = TOKENS.issue(CLAIMS, NOW_MS).split(".")[1]

    is_invalid(f"{b64(json.dumps(header).encode())}.{body}.")


# Signatures and shape (sections 2.2, 3.3).


def test_a_token_signed_with_another_key_is_invalid() -> None:
    is_invalid(signed(PAYLOAD, key=b"f" * 32))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_was_changed_is_invalid(part: int) -> None:
    parts = TOKENS.issue(CLAIMS, NOW_MS).split(".")
    middle = len(parts[part]) // 2
    letter = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]

    is_invalid(".".join(parts))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "\0", "{}"])
def test_malformed_token_is_invalid(token: str) -> None:
    is_invalid(token)


# Claims (sections 3.8 to 3.10).


@pytest.mark.parametrize("claim", PAYLOAD.keys())
def test_a_token_without_one_of_its_claims_is_invalid(claim: str) -> None:
    is_invalid(signed({name: value for name, value in PAYLOAD.items() if name != claim}))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "elsewhere"},
        {"iss": ""},
        {"aud": "elsewhere"},
        {"aud": ["elsewhere"]},
        {"aud": ""},
        {"sub": 7},
        {"sub": None},
        {"name": None},
        {"name": ["alice"]},
        {"gen": "3"},
        {"gen": None},
        {"gen": 3.5},
        {"exp": "tomorrow"},
        {"exp": None},
        {"nbf": "tomorrow"},
    ],
    ids=str,
)
def test_token_with_a_wrong_claim_is_invalid(changed: dict[str, object]) -> None:
    is_invalid(signed(PAYLOAD | changed))


def test_token_for_several_audiences_is_valid_if_ours_is_one() -> None:
    token = signed(PAYLOAD | {"aud": ["parley", "elsewhere"]})

    assert TOKENS.verify(token, NOW_MS) == CLAIMS


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
