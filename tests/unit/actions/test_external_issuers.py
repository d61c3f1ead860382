import json
from copy import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chat.auth.external import ExternalIssuer
from tests.world.people import Person
from tests.world.sockets import Frame
from tests.world.world import World

ISSUER = "https://login.example.com/"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "ES256"}


@pytest.fixture(autouse=True)
def provider(world: World) -> None:
    issuer = ExternalIssuer(ISSUER, "parley", "preferred_username", lambda: {"keys": [PUBLISHED]})
    world.chat = replace(world.chat, external_issuer=lambda: issuer)


def authenticate(world: World, **claims: Any) -> Frame:  # noqa: ANN401 -- claims of any kind
    usual = {"iss": ISSUER, "aud": "parley", "sub": "42", "preferred_username": "dora"}
    expires = {"exp": world.now_ms // 1000 + 60}
    token = jwt.encode(usual | expires | claims, KEY, "ES256", headers={"kid": "k"})
    frame = {"type": "authenticate", "data": {"token": token}}
    reply = world.send(world.connect(), frame)
    assert reply is not None
    return reply


def test_who_a_provider_vouches_for_becomes_a_user(world: World) -> None:
    reply = authenticate(world)

    assert (reply["type"], reply["data"]["username"]) == ("auth_success", "dora")


def test_the_same_subject_is_the_same_user(world: World) -> None:
    first, second = authenticate(world), authenticate(world)

    assert first["data"]["user_id"] == second["data"]["user_id"]


def test_the_token_that_is_given_out_is_ours_and_good_for_reconnecting(world: World) -> None:
    token = authenticate(world)["data"]["token"]

    again = world.send(world.connect(), {"type": "authenticate", "data": {"token": token}})

    assert again is not None
    assert again["type"] == "auth_success"


def test_a_name_that_is_taken_here_lets_nobody_in(world: World, alice: Person) -> None:
    reply = authenticate(world, preferred_username=alice.user.username)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")


def test_another_subject_with_the_same_name_is_not_let_in(world: World) -> None:
    authenticate(world)

    reply = authenticate(world, sub="43")

    assert reply["code"] == "invalid_token"


@pytest.mark.parametrize("name", ["", " dora", "d" * 65, "d\u00f6ra", "dora\n"])
def test_a_name_that_no_user_may_have_is_refused(world: World, name: str) -> None:
    assert authenticate(world, preferred_username=name)["code"] == "invalid_token"


def test_an_expired_token_of_a_provider_is_expired(world: World) -> None:
    assert authenticate(world, exp=world.now_ms // 1000)["code"] == "token_expired"


def test_tokens_of_other_issuers_are_invalid(world: World) -> None:
    assert authenticate(world, iss="https://evil.example.com/")["code"] == "invalid_token"


def test_people_with_passwords_are_let_in_as_before(alice: Person) -> None:
    assert alice.arrives().token
