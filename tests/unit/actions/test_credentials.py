import unicodedata

import jwt
import pytest
from argon2 import PasswordHasher

from chat.auth.tokens import Claims, SigningKeys, Tokens
from chat.protocol.ids import UserId, Username
from chat.storage.users import User, create_user, find_credential, replace_password_hash
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, PASSWORDS, START_MS, Simulation
from testing.sockets import Frame

ALICE = {"username": "alice", "password": PASSWORD_OF_ALL}


@pytest.fixture
def hers(simulation: Simulation, alice: Person) -> Client:
    """Give a connection that is not authenticated yet."""
    return Client(simulation, simulation.connect(), alice.user)


def assert_auth_error(frame: Frame, code: str) -> None:
    assert (frame["type"], frame["code"]) == ("auth_error", code), frame


# Rejections.


def test_unknown_user_gets_the_reply_of_a_wrong_password(hers: Client) -> None:
    wrong = hers.sends("authenticate", data={"username": "alice", "password": "a guess"})

    unknown = hers.sends("authenticate", data={"username": "nobody", "password": "a guess"})

    assert_auth_error(wrong, "invalid_credentials")
    assert unknown == wrong


def test_connection_may_try_again_after_a_wrong_password(hers: Client) -> None:
    hers.sends("authenticate", data={"username": "alice", "password": "a guess"})

    hers.is_rejected("not_authenticated", "list_conversations")

    assert hers.sends("authenticate", data=ALICE)["type"] == "auth_success"


def test_a_token_authenticates_up_to_its_last_millisecond(hers: Client) -> None:
    token = hers.sends("authenticate", data=ALICE)["data"]["token"]
    hers.simulation.now_ms = START_MS - 123 + 12 * 60 * 60 * 1000 - 1
    back = Client(hers.simulation, hers.simulation.connect(), hers.user)

    reply = back.sends("authenticate", data={"token": token})

    assert reply["type"] == "auth_success"


def test_expired_token_is_reported(hers: Client) -> None:
    token = hers.sends("authenticate", data=ALICE)["data"]["token"]
    hers.simulation.now_ms = START_MS - 123 + 12 * 60 * 60 * 1000
    back = Client(hers.simulation, hers.simulation.connect(), hers.user)

    reply = back.sends("authenticate", data={"token": token})

    assert_auth_error(reply, "token_expired")


def alices(simulation: Simulation, **other: str | int) -> Claims:
    claims: dict[str, str | int] = {
        "user_id": "user-alice",
        "username": "alice",
        "generation": 0,
        "expires_at": simulation.now_ms + 60_000,
    }
    return Claims(**(claims | other))  # type: ignore[arg-type]  # a test's own words


def issued(simulation: Simulation, claims: Claims) -> str:
    return simulation.services.tokens().issue(claims, simulation.now_ms)


@pytest.mark.parametrize(
    "other",
    [
        {"username": "nobody"},
        {"username": "bob"},
        {"user_id": "user-bob"},
        {"user_id": "user-of-an-alice-deleted-long-ago"},
        {"generation": 1},
        {"generation": -1},
    ],
    ids=str,
)
def test_token_of_an_unknown_user_is_invalid(
    hers: Client,
    bob: Person,  # noqa: ARG001 -- to be there
    other: dict[str, str | int],
) -> None:
    token = issued(hers.simulation, alices(hers.simulation, **other))

    reply = hers.sends("authenticate", data={"token": token})

    assert_auth_error(reply, "invalid_token")


@pytest.mark.parametrize(
    ("key", "issuer", "audience"),
    [("f", "parley", "parley"), ("k", "elsewhere", "parley"), ("k", "parley", "elsewhere")],
)
def test_a_token_of_another_deployment_is_invalid(
    hers: Client, key: str, issuer: str, audience: str
) -> None:
    keys = SigningKeys("first", {"first": key.encode() * 32})
    elsewhere = Tokens(lambda: keys, issuer, audience)
    token = elsewhere.issue(alices(hers.simulation), hers.simulation.now_ms)

    reply = hers.sends("authenticate", data={"token": token})

    assert_auth_error(reply, "invalid_token")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é.é.é", "..", "\0", "x" * 8192])
def test_malformed_token_is_invalid(hers: Client, token: str) -> None:
    reply = hers.sends("authenticate", data={"token": token})

    assert_auth_error(reply, "invalid_token")


def test_an_unsigned_token_is_invalid(hers: Client) -> None:
    signed = issued(hers.simulation, alices(hers.simulation))
    payload = jwt.decode(signed, options={"verify_signature": False})
    unsigned = jwt.encode(payload, "", "none", headers={"kid": "first"})

    reply = hers.sends("authenticate", data={"token": unsigned})

    assert_auth_error(reply, "invalid_token")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data.username"),
        ({"username": "alice"}, "data.password"),
        ({"password": PASSWORD_OF_ALL}, "data.username"),
        ({"token": "x", "username": "alice"}, "data.token"),
        ({"token": "x", "password": PASSWORD_OF_ALL}, "data.token"),
        ({"token": ""}, "data.token"),
        ({"token": None}, "data.token"),
        ({"token": "x" * 8193}, "data.token"),
        ({"username": "", "password": "x"}, "data.username"),
        ({"username": 7, "password": "x"}, "data.username"),
        ({"username": "x" * 65, "password": "x"}, "data.username"),
        ({"username": "alice", "password": ""}, "data.password"),
        ({"username": "alice", "password": "x" * 257}, "data.password"),
        ({"username": "alice", "password": ["x"]}, "data.password"),
        ("alice", "data"),
        (None, "data"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_auth_error_names_the_wrong_field(hers: Client, data: object, field: str) -> None:
    reply = hers.sends("authenticate", data=data, requestId="r-1")

    assert_auth_error(reply, "bad_request")
    assert reply["data"] == {"field": field}
    assert reply["requestId"] == "r-1"


def test_authenticating_without_data_is_a_bad_request(hers: Client) -> None:
    reply = hers.sends("authenticate")

    assert_auth_error(reply, "bad_request")
    assert reply["data"] == {"field": "data"}


def test_password_may_be_any_text_of_up_to_256_characters(hers: Client) -> None:
    reply = hers.sends("authenticate", data={"username": "alice", "password": "😀" * 256})

    assert_auth_error(reply, "invalid_credentials")


# Passwords' hashes.


OLD_HASH = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD_OF_ALL)
DORA = User(UserId("user-dora"), Username("dora"))


def hash_of_dora() -> str:
    credential = find_credential(DORA.username)
    assert credential is not None
    return credential.password_hash


@pytest.fixture
def doras(hers: Client) -> Client:
    """Give a connection, and a user whose hash was made with older parameters."""
    create_user(DORA, OLD_HASH, START_MS)
    return hers


def test_hash_of_older_parameters_is_renewed_at_login(doras: Client) -> None:
    doras.sends("authenticate", data={"username": "dora", "password": PASSWORD_OF_ALL})

    assert not PASSWORDS.needs_renewal(hash_of_dora())
    assert PASSWORDS.is_right(PASSWORD_OF_ALL, hash_of_dora())


def test_a_wrong_password_renews_nothing(doras: Client) -> None:
    doras.sends("authenticate", data={"username": "dora", "password": "a guess"})

    assert hash_of_dora() == OLD_HASH


def test_renewing_a_hash_does_not_undo_a_password_change(doras: Client) -> None:
    def change() -> None:
        replace_password_hash(DORA.username, OLD_HASH, "a newer password's")

    with inject_before(doras.simulation, "UpdateItem", change):
        doras.sends("authenticate", data={"username": "dora", "password": PASSWORD_OF_ALL})

    assert hash_of_dora() == "a newer password's"


@pytest.mark.parametrize("name", ["Alice", "ALICE", "\uff41\uff4c\uff49\uff43\uff45"])
def test_username_is_matched_in_any_width_and_case(
    simulation: Simulation, alice: Person, name: str
) -> None:
    client = Client(simulation, simulation.connect(), alice.user)

    reply = client.sends("authenticate", data={"username": name, "password": PASSWORD_OF_ALL})

    assert (reply["type"], reply["data"]["username"]) == ("auth_success", "alice")


def test_long_password_matches_in_decomposed_form(
    simulation: Simulation,
) -> None:
    password = "각" * 117
    user = User(UserId("user-dora"), Username("dora"))
    create_user(user, PASSWORDS.hash(password), simulation.now_ms)
    client = Client(simulation, simulation.connect(), user)
    typed = unicodedata.normalize("NFD", password)

    reply = client.sends("authenticate", data={"username": "dora", "password": typed})

    assert reply["type"] == "auth_success"


def test_password_is_normalized_before_it_is_measured(
    simulation: Simulation, alice: Person
) -> None:
    client = Client(simulation, simulation.connect(), alice.user)

    reply = client.sends("authenticate", data={"username": "alice", "password": "각" * 257})

    assert (reply["code"], reply["data"]) == ("bad_request", {"field": "data.password"})
