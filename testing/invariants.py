"""What must hold in the tables whenever no function runs."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from chat.protocol.ids import ConversationId, UserId
from testing.simulation import Simulation
from testing.snapshots import stored_tables

type Row = dict[str, Any]

TOMBSTONE, MUTE, SLOW_MODE = "removed#", "muted#", "slow#"
CONTENT = {"content", "mentions", "reply_to", "reactions", "reactions_version", "attachments"}
"""What is gone from a message that is deleted."""

OF_MESSAGES = {"edited", "deleted", "reacted"}
"""The kinds of changes that change a message."""


def rows(table: str) -> list[Row]:
    """Read a table as it is stored, without a request."""
    items = stored_tables()[table].all_items()
    return [_plain(item.to_json()["Attributes"]) for item in items]


def rows_by(key: str, found: Iterable[Row]) -> dict[str, Row]:
    return {row[key]: row for row in found}


def check_invariants(simulation: Simulation) -> None:
    """Check that the tables are consistent."""
    check_members()
    check_rosters(simulation)
    check_no_row_outlives_its_session(simulation)
    check_messages()
    check_changes()
    check_reactions()
    check_moderation(simulation)
    check_files(simulation)


def check_members() -> None:
    """Check the counts, and that each conversation with members has an owner."""
    check_counts()
    members = _grouped("conversation_id", rows("MembershipsTable"))
    for conversation in rows("ConversationsTable"):
        theirs = members.pop(conversation["conversation_id"], [])
        owners = [each["user_id"] for each in theirs if each["role"] == "owner"]
        assert conversation["member_count"] == len(theirs)
        assert bool(owners) == bool(theirs), owners
        assert not owners or conversation.get("owner_count", 1) == len(owners)
    assert not members, "members of no conversation"


def check_counts() -> None:
    """Check that each user's count of conversations equals the number of memberships."""
    memberships = Counter(row["user_id"] for row in rows("MembershipsTable"))
    users = rows("UsersTable")
    counted = Counter({row["user_id"]: row.get("conversations", 0) for row in users})
    assert counted == memberships


def check_rosters(simulation: Simulation) -> None:
    """Check that exactly the members' live connections count, as their users and sessions."""
    connections = rows_by("connection_id", rows("ConnectionsTable"))
    live = {
        key: row
        for key, row in connections.items()
        if is_live(row, simulation) and key in simulation.sockets.open
    }
    counting = {
        key: row
        for key, row in counting_rows(simulation).items()
        if key[1] in simulation.sockets.open
    }
    due = {
        (member["conversation_id"], key)
        for member in rows("MembershipsTable")
        for key, row in live.items()
        if row["user_id"] == member["user_id"]
    }
    assert counting.keys() == due
    for (_, connection_id), row in counting.items():
        said = {key: live[connection_id][key] for key in ("user_id", "session_ends_at")}
        assert said == {key: row[key] for key in said}, connection_id
    sessions = {
        row["connection_id"]: row["user_id"]
        for row in rows("SessionsTable")
        if is_live(row, simulation) and row["connection_id"] in simulation.sockets.open
    }
    assert sessions == {key: row["user_id"] for key, row in live.items()}


def is_live(row: Row, simulation: Simulation) -> bool:
    """Tell whether a row has a live session."""
    return not row.get("has_ended") and row.get("session_ends_at", 0) > simulation.now_ms


def counting_rows(simulation: Simulation) -> dict[tuple[str, str], Row]:
    """Find the roster rows that count, by conversation and connection."""
    found = rows("RosterTable")
    ended = ended_memberships(found)
    return {
        (row["conversation_id"], row["connection_id"]): row
        for row in found
        if row["session_ends_at"] > simulation.now_ms
        and row["expires_at"] * 1000 > simulation.now_ms
        and row["joined_at"] > ended.get((row["conversation_id"], row["user_id"]), -1)
    }


def check_no_row_outlives_its_session(simulation: Simulation) -> None:
    """Check that no roster row outlives its session, or would count again after adding its user.

    Rows of an ended membership may remain: no later membership makes them count.
    """
    ended = ended_memberships(rows("RosterTable"))
    connections = rows_by("connection_id", rows("ConnectionsTable"))
    for row in rows("RosterTable"):
        key = (row["conversation_id"], row["user_id"])
        if not is_row_of_connection(row) or row["joined_at"] <= ended.get(key, -1):
            continue
        if row["connection_id"] not in simulation.sockets.open:
            continue
        connection = connections[row["connection_id"]]
        assert not connection.get("has_ended"), row
        assert connection["session_ends_at"] == row["session_ends_at"], row


def ended_memberships(found: Iterable[Row]) -> dict[tuple[str, str], int]:
    """Read from the tombstones when the ended memberships began."""
    return {
        (row["conversation_id"], row["user_id"]): row["joined_at"]
        for row in found
        if row["connection_id"].startswith(TOMBSTONE)
    }


def is_row_of_connection(row: Row) -> bool:
    """Tell whether a roster row is no mark, such as a tombstone."""
    return "#" not in row["connection_id"]


def check_messages() -> None:
    """Check that each message is stored once, under a number that was given out."""
    last = {row["conversation_id"]: row["last_seq"] for row in rows("ConversationsTable")}
    sent: dict[tuple[str, str], int] = {}
    for row in rows("MessagesTable"):
        assert 1 <= row["seq"] <= last[row["conversation_id"]]
        if "client_message_id" in row:
            key = (row["conversation_id"], f'"{row["client_message_id"]}"#{row["user_id"]}')
            assert key not in sent, f"{key} is stored twice"
            sent[key] = row["seq"]
    noted = {(row["conversation_id"], row["sent_by"]): row["seq"] for row in rows("SentTable")}
    assert sent == noted


def check_changes() -> None:
    """Check that each number has one thing, and that pointers and states belong together."""
    messages = {(row["conversation_id"], row["seq"]): row for row in rows("MessagesTable")}
    changes = {(row["conversation_id"], row["seq"]): row for row in rows("ChangesTable")}
    last = {row["conversation_id"]: row["last_seq"] for row in rows("ConversationsTable")}
    for (conversation, seq), row in changes.items():
        assert 1 <= seq <= last[conversation]
        twice = messages.get((conversation, seq))
        assert twice is None or twice.get("unused"), f"{seq} is a message and a change"
        if "message_seq" in row:
            assert twice is None, f"{seq} is a change, and sealed"
            changed = messages[conversation, row["message_seq"]]
            if row["kind"] in OF_MESSAGES:
                part = "reactions_version" if row["kind"] == "reacted" else "version"
                is_gone = changed.keys() & {"deleted_at", "unused"}
                assert is_gone or changed[part] >= seq, f"{seq} is stored without its state"
    for (conversation, seq), row in messages.items():
        for part in {"version", "reactions_version"} & row.keys():
            assert changes[conversation, row[part]]["message_seq"] == seq
        if "deleted_at" in row:
            assert not row.keys() & CONTENT, f"{seq} is deleted, and says something"
    check_settled(messages | changes)


def check_moderation(simulation: Simulation) -> None:
    """Check that no banned user is a member, and that rosters have the mutes and the slow mode."""
    members = {(row["conversation_id"], row["user_id"]): row for row in rows("MembershipsTable")}
    banned = {(row["conversation_id"], row["user_id"]) for row in rows("BansTable")}
    assert not banned & members.keys(), "a banned user is a member"
    marks = {(row["conversation_id"], row["connection_id"]): row for row in rows("RosterTable")}
    for (conversation, _), row in counting_rows(simulation).items():
        member = members.get((conversation, row["user_id"]), row)
        mark = marks.get((conversation, f"{MUTE}{row['user_id']}"))
        says = mark if mark and row["joined_at"] <= mark["joined_at"] else row
        due = max(member.get("muted_until", 0), simulation.now_ms)
        assert max(says.get("muted_until", 0), simulation.now_ms) == due, row
    for row in rows("ConversationsTable"):
        slow = marks.get((row["conversation_id"], SLOW_MODE), {})
        assert slow.get("slow_seconds") == row.get("slow_seconds")


def check_reactions() -> None:
    """Check that each message shows the sum of the reactions to it, and a deleted one has none."""
    given: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows("ReactionsTable"):
        seq, _, reaction = row["reacted_by"].split("#", 2)
        given[row["conversation_id"], seq][reaction] += 1
    for row in rows("MessagesTable"):
        reactions = json.loads(row.get("reactions", '{"items": [], "total": 0}'))
        summed = {each["reaction"]: each["count"] for each in reactions["items"]}
        assert summed == given.pop((row["conversation_id"], str(row["seq"])), {})
        assert reactions["total"] == sum(summed.values())
    assert not given, "reactions to no message"


def check_files(simulation: Simulation) -> None:
    """Check that each file of a message is there, and belongs to this message alone."""
    shown = {
        (message["conversation_id"], file_id): message["seq"]
        for message in rows("MessagesTable")
        for each in json.loads(message.get("attachments", "[]"))
        for file_id in (each["attachment_id"], each.get("thumbnail_id"))
        if file_id
    }
    taken = {
        (row["conversation_id"], row["attachment_id"]): row["message_seq"]
        for row in rows("AttachmentsTable")
        if "message_seq" in row
    }
    assert taken == shown
    for conversation_id, file_id in taken:
        assert f"c/{conversation_id}/{file_id}" in simulation.files.objects


def check_settled(stored: Mapping[tuple[str, int], Row]) -> None:
    """Check that no number is missing up to which all are noted to be settled."""
    there = set(stored)
    for (conversation, seq), row in stored.items():
        first = row.get("unused_from", seq)
        there |= {(conversation, each) for each in range(first, seq)}
    for row in rows("ConversationsTable"):
        for seq in range(1, row.get("settled_seq", 0) + 1):
            assert (row["conversation_id"], seq) in there, f"{seq} is not settled"


def members_of(conversation_id: ConversationId) -> set[UserId]:
    found = rows("MembershipsTable")
    return {row["user_id"] for row in found if row["conversation_id"] == conversation_id}


def _grouped(key: str, found: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return groups


def _plain(attributes: dict[str, dict[str, Any]]) -> Row:
    return {name: _value(typed) for name, typed in attributes.items()}


def _value(typed: dict[str, Any]) -> str | int | bool | set[int] | set[str]:
    [(kind, value)] = typed.items()
    match kind:
        case "N":
            return int(value)
        case "NS":
            return set(map(int, value))
        case "SS":
            return set(value)
    assert isinstance(value, bool if kind == "BOOL" else str)
    return value
