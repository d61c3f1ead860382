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


def test_a_user_is_found_by_name_with_the_credential() -> None:
    create_user(ALICE, "hash", START_MS)

    assert find_users([ALICE.username]) == {ALICE.username: ALICE}
    assert find_credential(ALICE.username) == Credential(ALICE, "hash", 0)


def test_nobody_is_none() -> None:
    assert find_credential(ALICE.username) is None
    assert find_users([ALICE.username]) == {}


def test_a_name_that_is_taken_stays_who_it_is() -> None:
    create_user(ALICE, "hash", START_MS)

    with pytest.raises(UsernameTaken):
        create_user(User(UserId("u3"), ALICE.username), "other hash", START_MS)

    assert find_credential(ALICE.username) == Credential(ALICE, "hash", 0)


@pytest.mark.parametrize("name", ["~" * 64, "!", 'a"b', "dora@example.org"])
def test_what_is_seen_of_ascii_is_a_username(name: str) -> None:
    create_user(User(UserId("u3"), Username(name)), "hash", START_MS)

    assert is_username(name)
    assert Username(name) in find_users([Username(name)])


@pytest.mark.parametrize("name", ["", "a b", "Dora", "a" * 65, "dora\n", "dorà", "a\x7f", "\ud800"])
def test_nobody_can_be_called_what_is_no_username(name: str) -> None:
    with pytest.raises(NotAUsername):
        create_user(User(UserId("u3"), Username(name)), "hash", START_MS)

    assert rows("UsersTable") == rows("CredentialsTable") == []


def test_several_are_found_without_those_that_do_not_exist() -> None:
    create_user(ALICE, "hash", START_MS)
    create_user(BOB, "hash", START_MS)

    found = find_users([BOB.username, Username("none"), ALICE.username, BOB.username])

    assert found == {ALICE.username: ALICE, BOB.username: BOB}


@pytest.mark.parametrize("other", ["Alice", "alice ", "ALICE", "alicé"])
def test_a_name_is_its_very_characters(other: str) -> None:
    create_user(ALICE, "hash", START_MS)

    assert find_credential(Username(other)) is None


def test_a_hash_is_replaced_where_it_is_still_the_one_that_was_seen() -> None:
    create_user(ALICE, "old", START_MS)

    replaced = [
        replace_password_hash(ALICE.username, "old", "new"),
        replace_password_hash(ALICE.username, "old", "newer"),
    ]

    assert replaced == [True, False]
    assert find_credential(ALICE.username) == Credential(ALICE, "new", 0)


def test_nobodys_hash_is_not_replaced() -> None:
    assert not replace_password_hash(ALICE.username, "old", "new")

    assert find_credential(ALICE.username) is None


def test_each_time_older_tokens_are_refused_a_generation_begins() -> None:
    create_user(ALICE, "hash", START_MS)

    refuse_older_tokens(ALICE.username)
    refuse_older_tokens(ALICE.username)

    assert find_credential(ALICE.username) == Credential(ALICE, "hash", 2)


def test_refusing_older_tokens_asks_for_nothing_of_the_credential_back(
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


def test_nobody_has_no_tokens_to_refuse() -> None:
    with pytest.raises(UpdateError):
        refuse_older_tokens(ALICE.username)

    assert find_credential(ALICE.username) is None
