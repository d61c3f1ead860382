"""Other users who are online while a test runs."""

from moto.dynamodb.models.dynamo_type import Item

from testing.simulation import Simulation
from testing.snapshots import stored_tables

type Row = dict[str, str | int]

PEOPLE_PER_CONVERSATION = 10


class _Untouched(Item):
    """A row that no test changes, so that copies of a table can share it."""

    def __deepcopy__(self, _: object) -> "_Untouched":
        return self


def add_bystanders(simulation: Simulation, number: int) -> None:
    """Add users who are online, in groups of ten, and have each sent one message."""
    for each in range(number):
        _add_bystander(
            simulation, each, conversation=f"elsewhere-{each // PEOPLE_PER_CONVERSATION}"
        )


def _add_bystander(simulation: Simulation, number: int, conversation: str) -> None:
    name, seq = f"stranger-{number}", number % PEOPLE_PER_CONVERSATION + 1
    now, soon = simulation.now_ms, simulation.now_ms // 1000 + 8_100
    who: Row = {"user_id": f"user-{name}", "username": name}
    session: Row = {"connection_id": f"elsewhere{number:06}=", "session_ends_at": now + 3_600_000}
    session |= who | {"expires_at": soon}
    there: Row = {"conversation_id": conversation}
    state: Row = {"kind": "group", "created_at": now, "last_activity_at": now}
    message: Row = {"seq": seq, "content": "x", "type": "text", "client_message_id": "1"}
    sent: Row = {"sent_by": f'"1"#user-{name}', "seq": seq, "expires_at": soon}
    _put("UsersTable", who | {"created_at": now, "conversations": 1})
    _put("ConnectionsTable", session | {"connected_at": now})
    _put("SessionsTable", session)
    _put("RosterTable", session | there)
    _put("ConversationsTable", state | there | {"last_seq": seq, "member_count": seq})
    _put("MembershipsTable", who | there | {"role": "member", "joined_at": now, "last_read_seq": 0})
    _put("MessagesTable", who | there | message | {"created_at": now})
    _put("SentTable", there | sent)


def _put(table: str, row: Row) -> None:
    typed = {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in row.items()
    }
    stored_tables()[table].put_item(typed).__class__ = _Untouched
