import pytest

from chat.actions.limits import Limits
from chat.protocol.ids import ConversationId, Identity, UserId, Username
from chat.storage.conversations import ConversationState
from chat.storage.identities import find_identified, finish_renaming, rename, user_rows
from chat.storage.membership_changes import Insertion, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.tables import CredentialRow
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
    replace_password_hash,
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


def create_conversation(number: int) -> Membership:
    """Create a conversation of dora alone."""
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


def test_a_user_who_does_not_exist_is_not_renamed() -> None:
    with pytest.raises(NoSuchUser):
        rename(User(UserId("nobody"), Username("nobody")), THEODORA)

    assert find_credential(THEODORA) is None


def test_renamed_user_keeps_everything_but_the_name() -> None:
    refuse_older_tokens(DORA.username)
    CredentialRow(DORA.username).update(actions=[CredentialRow.disabled.set(True)])

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
    assert user_rows(THEODORA)[0].created_at == START_MS


def test_renaming_to_a_taken_name_changes_nothing() -> None:
    with pytest.raises(UsernameTaken):
        rename(DORA, ERIN.username)

    assert find_users([DORA.username, ERIN.username]) == {"dora": DORA, "erin": ERIN}
    assert credential_of(DORA.username).password_hash == "hash of dora"


def test_renaming_does_not_undo_a_password_change(simulation: Simulation) -> None:
    def change() -> None:
        assert replace_password_hash(DORA.username, "hash of dora", "another hash")

    with inject_before(simulation, "TransactWriteItems", change), pytest.raises(NoSuchUser):
        rename(DORA, THEODORA)

    assert credential_of(DORA.username).password_hash == "another hash"


def test_renaming_does_not_undo_a_sign_out(simulation: Simulation) -> None:
    def sign_out() -> None:
        refuse_older_tokens(DORA.username)

    with inject_before(simulation, "TransactWriteItems", sign_out), pytest.raises(NoSuchUser):
        rename(DORA, THEODORA)

    assert credential_of(DORA.username).token_generation == 1


@pytest.mark.parametrize("already_in", [0, 1])
def test_conversation_joined_while_renaming_is_counted(
    simulation: Simulation, already_in: int
) -> None:
    for number in range(already_in):
        create_conversation(number)

    with inject_before(simulation, "TransactWriteItems", lambda: create_conversation(9)):
        rename(DORA, THEODORA)

    check_members()
    assert [
        row.get("conversations") for row in rows("UsersTable") if row["username"] != "erin"
    ] == [already_in + 1]


def test_another_user_of_the_same_name_is_not_renamed() -> None:
    with pytest.raises(NoSuchUser):
        rename(User(UserId("user-of-before"), DORA.username), THEODORA)

    assert find_users([DORA.username, THEODORA]) == {"dora": DORA}


def test_user_is_not_renamed_to_an_invalid_username() -> None:
    with pytest.raises(NotAUsername):
        rename(DORA, Username("the odora"))

    assert find_users([DORA.username]) == {"dora": DORA}


def test_subject_belongs_to_one_user() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)

    with pytest.raises(UsernameTaken):
        create_user(User(UserId("user-2"), Username("vera2")), "hash", START_MS, SUBJECT)

    known = find_identified(SUBJECT)
    assert known is not None
    assert (known.user, known.is_being_renamed) == (VOUCHED, False)
    assert find_users([Username("vera2")]) == {}


def test_subject_follows_its_renamed_user() -> None:
    create_user(VOUCHED, "hash", START_MS, SUBJECT)

    renamed = rename(VOUCHED, Username("veronika"))

    known = find_identified(SUBJECT)
    assert known is not None
    assert (known.user, known.is_being_renamed) == (renamed, True)
    finish_renaming(SUBJECT)
    known = find_identified(SUBJECT)
    assert known is not None
    assert not known.is_being_renamed
