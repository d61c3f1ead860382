import pytest
from pynamodb.exceptions import UpdateError

from chat.protocol.ids import UserId, Username
from chat.storage.users import (
    Credential,
    User,
    UsernameTaken,
    create_user,
    find_credential,
    find_users,
    refuse_older_tokens,
    replace_password_hash,
)
from tests.world.world import START_MS, World

ALICE = User(UserId("u1"), Username("alice"))
BOB = User(UserId("u2"), Username("bob"))


@pytest.fixture(autouse=True)
def tables(world: World) -> World:
    return world


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


def test_nobody_has_no_tokens_to_refuse() -> None:
    with pytest.raises(UpdateError):
        refuse_older_tokens(ALICE.username)

    assert find_credential(ALICE.username) is None
