"""Users in the tables alone, without connections, for tests of storage and of the operator."""

from chat.actions.limits import Limits
from chat.protocol.ids import ConversationId, Identity, UserId, Username
from chat.storage.conversations import ConversationState
from chat.storage.membership_changes import Insertion, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.users import Credential, User, create_user, find_credential
from testing.simulation import START_MS

DORA = User(UserId("user-dora"), Username("dora"))
ERIN = User(UserId("user-erin"), Username("erin"))
VOUCHED = User(UserId("user-vera"), Username("vera"))
SUBJECT = Identity("subject of a provider")


def create_dora_and_erin() -> None:
    create_user(DORA, "hash of dora", START_MS)
    create_user(ERIN, "hash of erin", START_MS)


def create_conversation(number: int) -> Membership:
    """Create a conversation of dora alone; her membership."""
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
