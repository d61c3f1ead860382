import json
from collections.abc import Mapping
from copy import replace
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chat.auth.external import ExternalIssuer
from chat.protocol.ids import UserId, Username
from chat.storage.users import User
from cli.admin import users as accounts
from cli.admin.users import get_user
from testing.crash_points import crash_points
from testing.interleavings import explore_some
from testing.invariants import check_members
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

ISSUER = "https://login.example.com/"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "ES256"}


@pytest.fixture(autouse=True)
def provider(simulation: Simulation) -> None:
    issuer = ExternalIssuer(ISSUER, {"parley"}, "preferred_username", lambda: {"keys": [PUBLISHED]})
    simulation.services = replace(simulation.services, external_issuer=lambda: issuer)


def authenticate(simulation: Simulation, **claims: Any) -> Frame:  # noqa: ANN401 -- claims of any kind
    usual = {"iss": ISSUER, "aud": "parley", "sub": "42", "preferred_username": "dora"}
    expires = {"exp": simulation.now_ms // 1000 + 60}
    token = jwt.encode(usual | expires | claims, KEY, "ES256", headers={"kid": "k"})
    return authenticate_with_token(simulation, token)


def authenticate_with_token(simulation: Simulation, token: str) -> Frame:
    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )
    assert reply is not None
    return reply


def log_in(simulation: Simulation, name: str) -> Client:
    """Authenticate with the provider's token on a new connection."""
    claims = {"iss": ISSUER, "aud": "parley", "sub": "42", "preferred_username": name}
    expires = {"exp": simulation.now_ms // 1000 + 60}
    token = jwt.encode(claims | expires, KEY, "ES256", headers={"kid": "k"})
    client = Client(simulation, simulation.connect(), User(UserId(""), Username(name)))
    reply = client.sends("authenticate", data={"token": token})
    assert reply["type"] == "auth_success", reply
    client.token = reply["data"]["token"]
    return client


def create_group(owner: Client) -> str:
    reply = owner.sends("create_conversation", data={"kind": "group", "members": ["dora"]})
    conversation_id: str = reply["data"]["conversation_id"]
    return conversation_id


def test_first_login_by_a_provider_creates_a_user(simulation: Simulation) -> None:
    reply = authenticate(simulation)

    assert (reply["type"], reply["data"]["username"]) == ("auth_success", "dora")


def test_the_same_subject_is_the_same_user(simulation: Simulation) -> None:
    first, second = authenticate(simulation), authenticate(simulation)

    assert first["data"]["user_id"] == second["data"]["user_id"]


def test_issued_token_is_our_own_and_works_for_reconnecting(
    simulation: Simulation,
) -> None:
    token = authenticate(simulation)["data"]["token"]

    again = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )

    assert again is not None
    assert again["type"] == "auth_success"


def test_provider_login_with_a_taken_username_is_rejected(
    simulation: Simulation, alice: Person
) -> None:
    reply = authenticate(simulation, preferred_username=alice.user.username)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")


def test_another_subject_with_the_same_username_is_rejected(simulation: Simulation) -> None:
    authenticate(simulation)

    reply = authenticate(simulation, sub="43")

    assert reply["code"] == "invalid_token"


@pytest.mark.parametrize("name", ["", " dora", "d" * 65, "d\u00f6ra", "dora\n"])
def test_provider_login_with_an_invalid_username_is_rejected(
    simulation: Simulation, name: str
) -> None:
    assert authenticate(simulation, preferred_username=name)["code"] == "invalid_token"


def test_expired_token_of_a_provider_is_reported_as_expired(simulation: Simulation) -> None:
    assert authenticate(simulation, exp=simulation.now_ms // 1000)["code"] == "token_expired"


def test_tokens_of_other_issuers_are_invalid(simulation: Simulation) -> None:
    assert authenticate(simulation, iss="https://evil.example.com/")["code"] == "invalid_token"


def test_password_login_still_works_beside_a_provider(alice: Person) -> None:
    assert alice.logs_in().token


def test_user_renamed_by_the_provider_stays_the_same_user(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()
    first = authenticate(simulation)
    group = create_group(hers)

    second = authenticate(simulation, preferred_username="dora.smith")

    assert second["data"]["user_id"] == first["data"]["user_id"]
    assert second["data"]["username"] == "dora.smith"
    members = hers.sends("list_members", conversationId=group)["data"]["items"]
    assert {each["username"] for each in members} == {"alice", "dora.smith"}


def test_user_renamed_by_the_provider_is_signed_out_under_the_old_name(
    simulation: Simulation,
) -> None:
    before_renaming = log_in(simulation, "dora")

    authenticate(simulation, preferred_username="dora.smith")

    assert before_renaming.receives("signed_out") == {"reason": "renamed"}
    assert authenticate_with_token(simulation, before_renaming.token)["code"] == "invalid_token"


def test_signing_out_and_disabling_apply_to_a_renamed_user(simulation: Simulation) -> None:
    former = log_in(simulation, "dora")
    renamed = log_in(simulation, "dora.smith")

    renamed.sends("sign_out")

    assert authenticate_with_token(simulation, former.token)["code"] == "invalid_token"
    assert authenticate_with_token(simulation, renamed.token)["code"] == "invalid_token"
    accounts.disable(get_user("dora.smith"), simulation.services)
    assert authenticate(simulation, preferred_username="dora.smith")["code"] == "invalid_token"
    assert authenticate(simulation)["code"] == "invalid_token"


def test_conversation_count_follows_a_renamed_user(simulation: Simulation, alice: Person) -> None:
    hers = alice.logs_in()
    authenticate(simulation)
    group = create_group(hers)
    renamed = log_in(simulation, "dora.smith")

    reply = renamed.sends("leave_conversation", conversationId=group)

    assert reply["type"] == "member_removed"
    check_members()


def test_user_keeps_the_old_name_if_the_new_one_is_taken(
    simulation: Simulation, alice: Person
) -> None:
    first = authenticate(simulation)

    second = authenticate(simulation, preferred_username=alice.user.username)

    assert second["type"] == "auth_success"
    assert second["data"] | {"token": ""} == first["data"] | {"token": ""}


def test_interrupted_renaming_is_finished_at_the_next_login(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()
    former = log_in(simulation, "dora")
    group = create_group(hers)

    for _ in crash_points(
        simulation, partial(authenticate, simulation, preferred_username="dora.smith")
    ):
        log_in(simulation, "dora.smith")
        assert authenticate_with_token(simulation, former.token)["code"] == "invalid_token"
        members = hers.sends("list_members", conversationId=group)["data"]["items"]
        assert {each["username"] for each in members} == {"alice", "dora.smith"}
        former.is_rejected(
            "not_authenticated", "chat_message", conversationId=group, data={"content": "x"}
        )
        check_members()


def test_two_first_logins_at_once_are_one_user(simulation: Simulation) -> None:
    def check(replies: Mapping[str, Frame]) -> None:
        assert {each["type"] for each in replies.values()} == {"auth_success"}
        assert len({each["data"]["user_id"] for each in replies.values()}) == 1

    logins = {name: partial(authenticate, simulation) for name in ("one", "other")}

    explore_some(simulation, lambda: logins, check, number=20)


def test_deleted_user_returns_as_a_new_user(simulation: Simulation, alice: Person) -> None:
    hers = alice.logs_in()
    first = authenticate(simulation)
    former = hers.sends("create_conversation", data={"kind": "direct", "members": ["dora"]})
    accounts.delete(get_user("dora"), simulation.services)

    again = log_in(simulation, "dora")

    direct = again.sends("create_conversation", data={"kind": "direct", "members": ["alice"]})
    assert direct["type"] == "conversation_created"
    assert direct["data"]["conversation_id"] != former["data"]["conversation_id"]
    assert authenticate(simulation)["data"]["user_id"] != first["data"]["user_id"]
    again.discards_received()
    hers.says("to myself", to=former["data"]["conversation_id"])
    again.receives_nothing()


def test_unreachable_provider_is_an_internal_error_and_not_an_invalid_token(
    simulation: Simulation,
) -> None:
    def fetch() -> dict[str, Any]:
        raise OSError("timed out")

    issuer = ExternalIssuer(ISSUER, {"parley"}, "preferred_username", fetch)
    simulation.services = replace(simulation.services, external_issuer=lambda: issuer)

    assert authenticate(simulation)["code"] == "internal"
