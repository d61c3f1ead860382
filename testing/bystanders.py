"""People who have nothing to do with a test but that they are there."""

from moto.dynamodb.models.dynamo_type import Item

from testing.simulation import Simulation
from testing.snapshots import stored_tables

type Row = dict[str, str | int]

PEOPLE_A_ROOM = 10


class _Still(Item):
    """A row that nobody touches: where moto copies a table, this need not be copied."""

    def __deepcopy__(self, _: object) -> "_Still":
        return self


def add_bystanders(simulation: Simulation, number: int) -> None:
    """Let so many people be online, in groups of ten, and each have said something once."""
    for each in range(number):
        _arrive(simulation, each, room=f"elsewhere-{each // PEOPLE_A_ROOM}")


def _arrive(simulation: Simulation, number: int, room: str) -> None:
    name, seq = f"stranger-{number}", number % PEOPLE_A_ROOM + 1
    now, soon = simulation.now_ms, simulation.now_ms // 1000 + 8_100
    who: Row = {"user_id": f"user-{name}", "username": name}
    session: Row = {"connection_id": f"elsewhere{number:06}=", "session_ends_at": now + 3_600_000}
    session |= who | {"expires_at": soon}
    there: Row = {"conversation_id": room}
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
    stored_tables()[table].put_item(typed).__class__ = _Still
