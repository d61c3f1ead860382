from typing import Any

import pytest
from pynamodb.exceptions import UpdateError

from chat.protocol.ids import UserId, Username
from chat.storage.users import (
    Credential,
    NotAUsername,
    User,
    UsernameTaken,
    create_user,
    find_credential,
    find_users,
    is_username,
    refuse_older_tokens,
    replace_password_hash,
)
from testing.invariants import rows
from testing.simulation import START_MS, Simulation

ALICE = User(UserId("u1"), Username("alice"))
BOB = User(UserId("u2"), Username("bob"))


@pytest.fixture(autouse=True)
def tables(simulation: Simulation) -> Simulation:
    return simulation


def test_taken_username_keeps_its_user() -> None:
    create_user(ALICE, "hash", START_MS)

    with pytest.raises(UsernameTaken):
        create_user(User(UserId("u3"), ALICE.username), "other hash", START_MS)

    assert find_credential(ALICE.username) == Credential(ALICE, "hash", 0)


@pytest.mark.parametrize("name", ["~" * 64, "!", 'a"b', "dora@example.org"])
def test_printable_ascii_is_a_valid_username(name: str) -> None:
    create_user(User(UserId("u3"), Username(name)), "hash", START_MS)

    assert is_username(name)
    assert Username(name) in find_users([Username(name)])


@pytest.mark.parametrize("name", ["", "a b", "Dora", "a" * 65, "dora\n", "dorà", "a\x7f", "\ud800"])
def test_invalid_username_is_rejected(name: str) -> None:
    with pytest.raises(NotAUsername):
        create_user(User(UserId("u3"), Username(name)), "hash", START_MS)

    assert rows("UsersTable") == rows("CredentialsTable") == []


@pytest.mark.parametrize("other", ["Alice", "alice ", "ALICE", "alicé"])
def test_usernames_are_compared_exactly(other: str) -> None:
    create_user(ALICE, "hash", START_MS)

    assert find_credential(Username(other)) is None


def test_hash_is_replaced_only_if_unchanged() -> None:
    create_user(ALICE, "old", START_MS)

    replaced = [
        replace_password_hash(ALICE.username, "old", "new"),
        replace_password_hash(ALICE.username, "old", "newer"),
    ]

    assert replaced == [True, False]
    assert find_credential(ALICE.username) == Credential(ALICE, "new", 0)


def test_hash_of_an_unknown_user_is_not_replaced() -> None:
    assert not replace_password_hash(ALICE.username, "old", "new")

    assert find_credential(ALICE.username) is None


def test_revoking_tokens_begins_a_new_generation() -> None:
    create_user(ALICE, "hash", START_MS)

    refuse_older_tokens(ALICE.username)
    refuse_older_tokens(ALICE.username)

    assert find_credential(ALICE.username) == Credential(ALICE, "hash", 2)


def test_revoking_tokens_does_not_return_the_credential(
    simulation: Simulation,
) -> None:
    create_user(ALICE, "hash", START_MS)
    asked: list[dict[str, Any]] = []
    events = simulation.dynamodb.meta.events

    def note(params: dict[str, Any], **_: object) -> None:
        asked.append(params)

    events.register("provide-client-params.dynamodb", note)

    refuse_older_tokens(ALICE.username)

    events.unregister("provide-client-params.dynamodb", note)
    [request] = asked
    assert request.get("ReturnValues", "NONE") == "NONE"
    assert set(request["ExpressionAttributeNames"].values()) == {"username", "token_generation"}


def test_tokens_of_an_unknown_user_cannot_be_revoked() -> None:
    with pytest.raises(UpdateError):
        refuse_older_tokens(ALICE.username)

    assert find_credential(ALICE.username) is None
