"""The owner's backend and a provider's logins agree on who a subject is."""

import json
from copy import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chat.auth.external import ExternalIssuer
from chat.protocol.ids import Username
from chat.storage.users import find_users
from testing.backend import Backend
from testing.injection import inject_before
from testing.people import Person
from testing.simulation import Simulation
from testing.sockets import Frame

ISSUER = "https://login.example.com/"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "ES256"}


@pytest.fixture
def simulation(simulation: Simulation) -> Simulation:
    issuer = ExternalIssuer(ISSUER, {"parley"}, "preferred_username", lambda: {"keys": [PUBLISHED]})
    simulation.services = replace(
        simulation.with_limits(external_issuer=ISSUER), external_issuer=lambda: issuer
    )
    return simulation


@pytest.fixture
def backend(simulation: Simulation) -> Backend:
    return Backend(simulation)


def authenticate(simulation: Simulation, username: str, subject: str = "42") -> Frame:
    claims = {"iss": ISSUER, "aud": "parley", "sub": subject, "preferred_username": username}
    expires = {"exp": simulation.now_ms // 1000 + 60}
    token = jwt.encode(claims | expires, KEY, "ES256", headers={"kid": "k"})
    proof = {"type": "authenticate", "data": {"token": token}}
    reply = simulation.send(simulation.connect(), proof)
    assert reply is not None
    return reply


def user_of(reply: Frame) -> dict[str, Any]:
    assert reply["type"] == "auth_success", reply
    return {name: reply["data"][name] for name in ("user_id", "username")}


def rejected(answer: dict[str, Any], field: str) -> bool:
    assert answer["type"] == "error", answer
    return (answer["code"], answer["data"]) == ("bad_request", {"field": field})


def test_first_login_of_a_subject_is_the_user_that_the_backend_created(
    simulation: Simulation, backend: Backend, alice: Person
) -> None:
    created = backend.calls("dora", create_users=True, subject="42")["user"]
    conversation = alice.logs_in().creates()
    hers = {"conversationId": conversation, "data": {"members": ["dora"]}}
    backend.sends("alice", "add_members", **hers)

    first = authenticate(simulation, "dora")

    assert user_of(first) == created
    listed = backend.sends("dora", "list_conversations")["data"]["items"]
    assert [each["conversation_id"] for each in listed] == [conversation]


def test_first_login_gives_the_user_the_name_that_the_provider_knows(
    simulation: Simulation, backend: Backend
) -> None:
    created = backend.calls("customer-42", create_users=True, subject="42")["user"]

    first = authenticate(simulation, "dora")

    assert user_of(first) == created | {"username": "dora"}


def test_backend_finds_the_user_of_a_subject_under_any_name(
    simulation: Simulation, backend: Backend
) -> None:
    dora = user_of(authenticate(simulation, "dora"))
    renamed = user_of(authenticate(simulation, "dora.smith"))

    answer = backend.calls("dora", create_users=True, subject="42")

    assert answer["user"] == renamed
    assert renamed["user_id"] == dora["user_id"]
    assert not find_users([Username("dora")])


def test_call_that_is_repeated_creates_the_user_of_a_subject_once(backend: Backend) -> None:
    first, second = (
        backend.calls("dora", create_users=True, subject="42")["user"] for _ in range(2)
    )

    assert first == second


def test_backend_and_first_login_at_the_same_time_make_one_user(
    simulation: Simulation, backend: Backend
) -> None:
    logins: list[Frame] = []

    with inject_before(
        simulation,
        "TransactWriteItems",
        lambda: logins.append(authenticate(simulation, "dora")),
    ):
        created = backend.calls("dora", create_users=True, subject="42")["user"]

    assert [user_of(each) for each in logins] == [created]


def test_first_login_and_backend_at_the_same_time_make_one_user(
    simulation: Simulation, backend: Backend
) -> None:
    calls: list[dict[str, Any]] = []

    with inject_before(
        simulation,
        "TransactWriteItems",
        lambda: calls.append(backend.calls("dora", create_users=True, subject="42")["user"]),
    ):
        first = authenticate(simulation, "dora")

    assert calls == [user_of(first)]


@pytest.mark.parametrize("subject", ["42", "43"])
def test_a_subject_never_becomes_a_user_who_is_there_already(
    simulation: Simulation, backend: Backend, alice: Person, subject: str
) -> None:
    authenticate(simulation, "dora", subject="41")

    for taken in (alice.user.username, "dora"):
        assert rejected(backend.calls(taken, create_users=True, subject=subject), "as")
        assert authenticate(simulation, taken, subject)["code"] == "invalid_token"


def test_a_user_created_without_a_subject_keeps_the_name_from_every_subject(
    simulation: Simulation, backend: Backend
) -> None:
    shop = backend.calls("shop", create_users=True)["user"]

    assert authenticate(simulation, "shop")["code"] == "invalid_token"
    assert backend.calls("shop")["user"] == shop


def test_unknown_subject_is_nobody_even_if_there_is_a_user_of_that_name(
    backend: Backend, alice: Person
) -> None:
    assert rejected(backend.calls(alice.user.username, subject="42"), "subject")


@pytest.mark.parametrize("subject", ["", None, 42, "4" * 256])
def test_subject_that_no_provider_issues_is_rejected(backend: Backend, subject: object) -> None:
    assert rejected(backend.calls("dora", create_users=True, subject=subject), "subject")
    assert not find_users([Username("dora")])


def test_there_are_no_subjects_without_a_provider(simulation: Simulation, backend: Backend) -> None:
    simulation.services = simulation.with_limits(external_issuer="")

    assert rejected(backend.calls("dora", create_users=True, subject="42"), "subject")
    assert not find_users([Username("dora")])
