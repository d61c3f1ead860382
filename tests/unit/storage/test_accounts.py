from collections.abc import Callable

import pytest

from chat.actions.limits import Limits
from chat.protocol.ids import ConversationId, Identity, UserId, Username
from chat.storage.accounts import (
    all_accounts,
    delete,
    disable,
    enable,
    get_account,
    set_password_hash,
)
from chat.storage.conversations import ConversationState
from chat.storage.identities import find_identified, finish_renaming, rename
from chat.storage.membership_changes import Insertion, delete_member, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.users import (
    Credential,
    NoSuchUser,
    NotAUsername,
    User,
    UsernameTaken,
    create_user,
    find_credential,
    find_users,
    refuse_older_tokens,
)
from testing.injection import inject_before
from testing.invariants import check_members, rows
from testing.simulation import START_MS, Simulation

DORA = User(UserId("user-dora"), Username("dora"))
ERIN = User(UserId("user-erin"), Username("erin"))
THEODORA = Username("theodora")


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


def test_all_accounts_tell_who_is_disabled() -> None:
    disable(DORA.username)

    listed = {each.user.username: each.is_disabled for each in all_accounts()}

    assert listed == {"dora": True, "erin": False}


def test_disabling_refuses_the_tokens_given_out_so_far() -> None:
    disable(DORA.username)

    disabled = credential_of(DORA.username)

    assert (disabled.is_disabled, disabled.token_generation) == (True, 1)


def test_enabling_brings_no_token_back() -> None:
    disable(DORA.username)

    enable(DORA.username)

    enabled = credential_of(DORA.username)
    assert (enabled.is_disabled, enabled.token_generation) == (False, 1)


def test_a_password_is_replaced_whatever_it_was() -> None:
    set_password_hash(DORA.username, "another hash")

    assert credential_of(DORA.username).password_hash == "another hash"


@pytest.mark.parametrize(
    "change",
    [
        disable,
        enable,
        get_account,
        lambda username: set_password_hash(username, "hash"),
        lambda username: rename(User(UserId("nobody"), username), THEODORA),
    ],
    ids=["disable", "enable", "get", "set password", "rename"],
)
def test_nobody_is_changed_where_there_is_nobody(change: Callable[[Username], object]) -> None:
    with pytest.raises(NoSuchUser):
        change(Username("nobody"))

    assert find_credential(Username("nobody")) is None


def test_a_renamed_user_keeps_all_but_the_name() -> None:
    disable(DORA.username)

    renamed = rename(DORA, THEODORA)

    assert renamed == User(DORA.user_id, THEODORA)
    assert find_users([DORA.username, THEODORA]) == {THEODORA: renamed}
    assert find_credential(DORA.username) is None
    kept = credential_of(THEODORA)
    assert (kept.password_hash, kept.token_generation, kept.is_disabled) == (
        "hash of dora",
        1,
        True,
    )
    assert get_account(THEODORA).created_at == START_MS


def test_a_name_that_is_taken_changes_nothing() -> None:
    with pytest.raises(UsernameTaken):
        rename(DORA, ERIN.username)

    assert find_users([DORA.username, ERIN.username]) == {"dora": DORA, "erin": ERIN}
    assert credential_of(DORA.username).password_hash == "hash of dora"


def test_a_password_that_is_changed_meanwhile_is_not_brought_back(simulation: Simulation) -> None:
    def change() -> None:
        set_password_hash(DORA.username, "another hash")

    with inject_before(simulation, "TransactWriteItems", change), pytest.raises(NoSuchUser):
        rename(DORA, THEODORA)

    assert credential_of(DORA.username).password_hash == "another hash"


def test_a_user_who_is_signed_out_meanwhile_stays_so(simulation: Simulation) -> None:
    def sign_out() -> None:
        refuse_older_tokens(DORA.username)

    with inject_before(simulation, "TransactWriteItems", sign_out), pytest.raises(NoSuchUser):
        rename(DORA, THEODORA)

    assert credential_of(DORA.username).token_generation == 1


@pytest.mark.parametrize("already_in", [0, 1])
def test_a_conversation_that_comes_while_renaming_is_counted(
    simulation: Simulation, already_in: int
) -> None:
    for number in range(already_in):
        founds(number)

    with inject_before(simulation, "TransactWriteItems", lambda: founds(9)):
        rename(DORA, THEODORA)

    check_members()
    assert [
        row.get("conversations") for row in rows("UsersTable") if row["username"] != "erin"
    ] == [already_in + 1]


def test_somebody_else_of_the_name_is_not_renamed() -> None:
    with pytest.raises(NoSuchUser):
        rename(User(UserId("user-of-before"), DORA.username), THEODORA)

    assert find_users([DORA.username, THEODORA]) == {"dora": DORA}


def test_nobody_is_renamed_to_what_is_no_username() -> None:
    with pytest.raises(NotAUsername):
        rename(DORA, Username("the odora"))

    assert find_users([DORA.username]) == {"dora": DORA}


def test_who_is_in_a_conversation_is_not_deleted() -> None:
    there = founds(1)

    assert not delete(DORA)

    delete_member(there, DORA.user_id, None, START_MS)
    assert delete(DORA)


def test_a_deleted_user_is_gone_from_both_tables() -> None:
    assert delete(DORA)

    assert find_users([DORA.username]) == {}
    assert find_credential(DORA.username) is None


def test_whoever_has_the_name_by_now_is_not_deleted() -> None:
    assert delete(User(UserId("user-of-before"), DORA.username))

    assert find_users([DORA.username]) == {"dora": DORA}
    assert credential_of(DORA.username).user == DORA


# Identities.


def test_a_subject_is_one_user() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)

    with pytest.raises(UsernameTaken):
        create_user(User(UserId("user-2"), Username("vera2")), "hash", START_MS, SUBJECT)

    known = find_identified(SUBJECT)
    assert known is not None
    assert (known.user, known.is_being_renamed) == (VOUCHED, False)
    assert find_users([Username("vera2")]) == {}
    assert get_account(VOUCHED.username).identity == SUBJECT


def test_a_subject_keeps_its_user_who_is_renamed() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)

    renamed = rename(VOUCHED, Username("veronika"))

    known = find_identified(SUBJECT)
    assert known is not None
    assert (known.user, known.is_being_renamed) == (renamed, True)
    finish_renaming(SUBJECT)
    known = find_identified(SUBJECT)
    assert known is not None
    assert not known.is_being_renamed


def test_a_subject_is_nobody_once_its_user_is_deleted() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)

    assert delete(VOUCHED)

    assert find_identified(SUBJECT) is None
