"""A conversation that alice owns, and messages of alice and bob."""

from copy import replace

from chat.protocol.ids import ClientMessageId, ConversationId, UserId, Username
from chat.storage.conversations import ConversationState
from chat.storage.membership_changes import Insertion, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.messages import Draft
from testing.simulation import START_MS, Simulation

CONVERSATION = ConversationId("c")
ALICE, BOB = UserId("user-alice"), UserId("user-bob")
DRAFT = Draft(
    conversation_id=CONVERSATION,
    user_id=ALICE,
    username=Username("alice"),
    content="Hello",
    type="text",
    client_message_id=None,
    created_at=START_MS,
)
RETRIED = replace(DRAFT, client_message_id=ClientMessageId("m"))
OF_BOB = replace(DRAFT, user_id=BOB, username=Username("bob"))


def create_conversation(simulation: Simulation) -> None:
    simulation.register("alice")
    state = ConversationState(
        conversation_id=CONVERSATION,
        kind="group",
        title=None,
        created_at=START_MS,
        last_activity_at=START_MS,
    )
    owner = Membership(
        user_id=ALICE,
        conversation_id=CONVERSATION,
        username=Username("alice"),
        role="owner",
        joined_at=START_MS,
    )
    assert insert_conversation(state, [owner], simulation.services.limits) is Insertion.DONE
