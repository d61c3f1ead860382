"""A group in the tables, and helpers of the tests of its members."""

from collections.abc import Iterable
from copy import replace

from chat.actions.limits import Limits
from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.protocol.server_conversations import Role
from chat.storage.connections import Session, open_session, put_connection
from chat.storage.conversations import ConversationState
from chat.storage.membership_changes import (
    Insertion,
    delete_member,
    insert_conversation,
    put_members,
)
from chat.storage.memberships import Membership, members_page
from chat.storage.tables import ConversationRow, RosterRow, UserRow
from chat.storage.ttl import connection_row_expires_at
from testing.simulation import START_MS, Simulation
from testing.steps import Step

CONVERSATION = ConversationId("c")
STATE = ConversationState(
    conversation_id=CONVERSATION,
    kind="group",
    title=None,
    created_at=START_MS,
    last_activity_at=START_MS,
)
LIMITS = Limits(conversations_per_user=2, members_per_conversation=50)


def member(name: str, role: Role = "member") -> Membership:
    return Membership(
        user_id=UserId(f"user-{name}"),
        conversation_id=CONVERSATION,
        username=Username(name),
        role=role,
        joined_at=START_MS,
    )


ALICE = member("alice", "owner")
BOB, CAROL, DORA = member("bob"), member("carol"), member("dora")
OTHER = replace(STATE, conversation_id=ConversationId("other"))
ALICE_THERE = replace(ALICE, conversation_id=OTHER.conversation_id)


def create_conversation(simulation: Simulation) -> None:
    """Create a conversation of alice (owner) and bob; carol and dora are outside."""
    for name in ("alice", "bob", "carol", "dora"):
        simulation.register(name)
    assert insert_conversation(STATE, [ALICE, BOB], LIMITS) is Insertion.DONE


def add_members(*members: Membership, by: Membership | None = None) -> bool:
    return bool(put_members(CONVERSATION, by or ALICE, members, LIMITS))


def create_another_conversation(number: int, *members: Membership) -> bool:
    other = ConversationId(f"other-{number}")
    theirs = [replace(each, conversation_id=other) for each in members]
    insertion = insert_conversation(replace(STATE, conversation_id=other), theirs, LIMITS)
    return insertion is Insertion.DONE


def open_session_of(connection_id: str, user: Membership) -> Session:
    """Open a session of a user on a new connection."""
    put_connection(ConnectionId(connection_id), "192.0.2.1", START_MS)
    session = Session(
        ConnectionId(connection_id),
        user.user_id,
        user.username,
        START_MS + 60_000,
        connection_row_expires_at(START_MS),
    )
    assert open_session(session)
    return session


def leave_another_conversation(number: int, leaving: Membership) -> None:
    there = replace(leaving, conversation_id=ConversationId(f"other-{number}"))
    assert delete_member(there, there, None, START_MS)


def roles() -> dict[str, str]:
    return {each.username: each.role for each in members_page(CONVERSATION)}


def conversations_of(*names: str) -> list[int]:
    return [int(UserRow.get(name).conversations or 0) for name in names]


def member_count() -> int:
    return int(ConversationRow.get(CONVERSATION).member_count)


def register_members(simulation: Simulation, number: int) -> list[Membership]:
    return [member(simulation.register(f"m{each}").username) for each in range(number)]


def writes_of(transactions: Iterable[Step]) -> list[int]:
    return [len(step.places) for step in transactions if step.name == "TransactWriteItems"]


def tombstones() -> set[str]:
    return {row.connection_id for row in RosterRow.query(CONVERSATION)}
