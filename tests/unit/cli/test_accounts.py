from collections.abc import Callable

import pytest

from chat.actions.limits import Limits
from chat.protocol.ids import ConversationId, Identity, UserId, Username
from chat.storage.conversations import ConversationState
from chat.storage.identities import find_identified
from chat.storage.membership_changes import Insertion, delete_member, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.users import (
    Credential,
    NoSuchUser,
    User,
    create_user,
    find_credential,
    find_users,
)
from cli.admin.accounts import all_accounts, delete, disable, enable, get_account, set_password_hash
from testing.simulation import START_MS, Simulation

DORA = User(UserId("user-dora"), Username("dora"))
ERIN = User(UserId("user-erin"), Username("erin"))


@pytest.fixture(autouse=True)
def enrolled(simulation: Simulation) -> None:  # noqa: ARG001 -- for its tables
    create_user(DORA, "hash of dora", START_MS)
    create_user(ERIN, "hash of erin", START_MS)


VOUCHED = User(UserId("user-vera"), Username("vera"))
SUBJECT = Identity("subject of a provider")


def founds(number: int) -> Membership:
    """Found a conversation that dora is alone in."""
    state = ConversationState(
        conversation_id=ConversationId(f"c{number}"),
        kind="group",
        title=None,
        created_at=START_MS,
        last_activity_at=START_MS,
    )
    owner = Membership(
        user_id=DORA.user_id,
        conversation_id=state.conversation_id,
        username=DORA.username,
        role="owner",
        joined_at=START_MS,
    )
    assert insert_conversation(state, [owner], Limits()) is Insertion.DONE
    return owner


def credential_of(username: Username) -> Credential:
    found = find_credential(username)
    assert found is not None
    return found


def test_an_account_is_read_from_both_tables() -> None:
    disable(DORA.username)

    account = get_account(DORA.username)

    assert (account.user, account.created_at, account.is_disabled) == (DORA, START_MS, True)


def test_all_accounts_say_which_are_disabled() -> None:
    disable(DORA.username)

    listed = {each.user.username: each.is_disabled for each in all_accounts()}

    assert listed == {"dora": True, "erin": False}


def test_disabling_rejects_earlier_tokens() -> None:
    disable(DORA.username)

    disabled = credential_of(DORA.username)

    assert (disabled.is_disabled, disabled.token_generation) == (True, 1)


def test_enabling_accepts_no_earlier_token() -> None:
    disable(DORA.username)

    enable(DORA.username)

    enabled = credential_of(DORA.username)
    assert (enabled.is_disabled, enabled.token_generation) == (False, 1)


def test_password_is_replaced_unconditionally() -> None:
    set_password_hash(DORA.username, "another hash")

    assert credential_of(DORA.username).password_hash == "another hash"


@pytest.mark.parametrize(
    "change",
    [disable, enable, get_account, lambda username: set_password_hash(username, "hash")],
    ids=["disable", "enable", "get", "set password"],
)
def test_a_user_who_does_not_exist_is_not_changed(change: Callable[[Username], object]) -> None:
    with pytest.raises(NoSuchUser):
        change(Username("nobody"))

    assert find_credential(Username("nobody")) is None


def test_a_member_of_a_conversation_is_not_deleted() -> None:
    there = founds(1)

    assert not delete(DORA)

    delete_member(there, there, None, START_MS)
    assert delete(DORA)


def test_a_deleted_user_is_gone_from_both_tables() -> None:
    assert delete(DORA)

    assert find_users([DORA.username]) == {}
    assert find_credential(DORA.username) is None


def test_a_later_user_of_the_same_name_is_not_deleted() -> None:
    assert delete(User(UserId("user-of-before"), DORA.username))

    assert find_users([DORA.username]) == {"dora": DORA}
    assert credential_of(DORA.username).user == DORA


def test_a_deleted_user_is_no_longer_the_user_of_an_identity() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)
    assert get_account(VOUCHED.username).identity == SUBJECT

    assert delete(VOUCHED)

    assert find_identified(SUBJECT) is None
