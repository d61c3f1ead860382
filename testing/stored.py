"""Conversations of any size, put into moto's tables without a request."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import replace
from typing import Any

from moto import mock_aws
from moto.dynamodb.models.dynamo_type import DynamoType

from chat.protocol.ids import ConnectionId
from chat.storage.tables import ConversationRow, UserRow
from chat.storage.users import User
from testing.people import Client, Person
from testing.simulation import REGION, Simulation
from testing.snapshots import stored_tables
from testing.tables import key_names

CONVERSATION = "c" * 32
"""As long as a real id: it stands in every row of the roster."""

PEOPLE_PER_CONVERSATION = 10

type Item = dict[str, Any]


@contextmanager
def running_simulation() -> Iterator[Simulation]:
    """Run a simulation until the block ends."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": REGION,
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
    }
    with mock_aws():
        yield Simulation()


def group_of_two(simulation: Simulation) -> tuple[Client, str]:
    """Create a group of two users, both online; give the client that sends."""
    simulation.services = replace(simulation.services, new_id=lambda: CONVERSATION)
    alice, bob = Person(simulation, "alice").logs_in(), Person(simulation, "bob")
    bob.logs_in()
    return alice, alice.creates(bob)


def fill_conversation(
    simulation: Simulation,
    conversation_id: str,
    connections: int,
    *,
    accepts_batches: bool = False,
) -> None:
    """Bring a group of two users to so many live connections."""
    more: Item = {"accepts_batches": {"BOOL": True}} if accepts_batches else {}
    for number in range(connections - 2):
        connection_id = ConnectionId(f"L0SM9cOF{number:06}w=")
        row = roster_row(conversation_id, connection_id, number, simulation.now_ms)
        _put("RosterTable", row | more)
        simulation.sockets.open.add(connection_id)


def fill_messages(conversation_id: str, contents: Iterable[str], now_ms: int) -> None:
    """Put messages of a stranger into a conversation that has none yet, numbered from 1."""
    seq = 0
    for seq, content in enumerate(contents, start=1):
        _put("MessagesTable", message_row(conversation_id, seq, content, now_ms))
    ConversationRow(conversation_id).update(actions=[ConversationRow.last_seq.set(seq)])


def fill_elsewhere(simulation: Simulation, connections: int) -> None:
    """Open so many connections in other conversations of ten."""
    for number in range(connections):
        connection_id = ConnectionId(f"EE0SM9cO{number:06}w=")
        simulation.sockets.open.add(connection_id)
        _put("ConnectionsTable", connection_row(connection_id, number, simulation.now_ms))
        conversation = f"{number // PEOPLE_PER_CONVERSATION:032x}"
        _put("RosterTable", roster_row(conversation, connection_id, number, simulation.now_ms))


def fill_memberships(user: User, conversations: int) -> None:
    """Make a user a member of so many conversations."""
    for number in range(conversations):
        row = {"user_id": {"S": user.user_id}, "conversation_id": {"S": f"{number:032x}"}}
        row |= {"username": {"S": user.username}, "role": {"S": "member"}}
        _put("MembershipsTable", row | {"joined_at": {"N": "0"}, "last_read_seq": {"N": "0"}})
    UserRow(user.username).update(actions=[UserRow.conversations.add(conversations)])


def fill_members(simulation: Simulation, conversation_id: str, members: int) -> None:
    """Bring a group of two users to so many members, who joined after them."""
    for number in range(members - 2):
        row = {"user_id": {"S": f"{number:032x}"}, "conversation_id": {"S": conversation_id}}
        row |= {"username": {"S": f"member-{number}"}, "role": {"S": "member"}}
        joined_at = str(simulation.now_ms + number + 1)
        _put("MembershipsTable", row | {"joined_at": {"N": joined_at}, "last_read_seq": {"N": "0"}})
    ConversationRow(conversation_id).update(actions=[ConversationRow.member_count.set(members)])


def roster_row(conversation_id: str, connection_id: str, number: int, now_ms: int) -> Item:
    return {
        "conversation_id": {"S": conversation_id},
        "connection_id": {"S": connection_id},
        "user_id": {"S": f"{number:032x}"},
        "username": {"S": f"member-{number}"},
        "session_ends_at": {"N": str(now_ms + 3_600_000)},
        "expires_at": {"N": str(now_ms // 1000 + 8_100)},
    }


def message_row(conversation_id: str, seq: int, content: str, now_ms: int) -> Item:
    return {
        "conversation_id": {"S": conversation_id},
        "seq": {"N": str(seq)},
        "user_id": {"S": "f" * 32},
        "username": {"S": "member"},
        "content": {"S": content},
        "type": {"S": "text"},
        "created_at": {"N": str(now_ms)},
        "client_message_id": {"S": f"{seq:032x}"},
    }


def connection_row(connection_id: str, number: int, now_ms: int) -> Item:
    return {
        "connection_id": {"S": connection_id},
        "connected_at": {"N": str(now_ms)},
        "expires_at": {"N": str(now_ms // 1000 + 8_100)},
        "user_id": {"S": f"{number:032x}"},
        "username": {"S": f"member-{number}"},
        "session_ends_at": {"N": str(now_ms + 3_600_000)},
    }


def find_stored(table: str, key: Mapping[str, Any]) -> Item | None:
    """Find an item in moto, without a request."""
    hash_key, *range_key = (DynamoType(key[name]) for name in key_names(table))
    item = stored_tables()[table].get_item(hash_key, *range_key)  # type: ignore[arg-type]  # one at most
    return dict(item.to_json()["Attributes"]) if item else None


def _put(table: str, item: Item) -> None:
    stored_tables()[table].put_item(item)
