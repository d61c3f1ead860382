from collections.abc import Iterable
from copy import replace

import pytest

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.storage.connections import Session
from chat.storage.database import transaction
from chat.storage.memberships import Membership
from chat.storage.roster import counting_among, find_entry, read_roster
from chat.storage.roster_changes import delete_entries, delete_tombstoned, put_entry, put_tombstone
from chat.storage.tables import RosterRow
from chat.storage.ttl import connection_row_expires_at
from testing.simulation import START_MS, Simulation
from testing.snapshots import stored_tables
from testing.stored import roster_row

C, D = ConversationId("c"), ConversationId("d")


def session(connection: str, user: str) -> Session:
    return Session(
        ConnectionId(connection),
        UserId(user),
        Username(user.removeprefix("user-")),
        START_MS + 60_000,
        connection_row_expires_at(START_MS),
    )


HERS, PHONE, HIS = session("h=", "user-a"), session("p=", "user-a"), session("b=", "user-b")
ALL = [HERS, PHONE, HIS]


@pytest.fixture(autouse=True)
def tables(simulation: Simulation) -> Simulation:
    return simulation


def membership(conversation: ConversationId, user_id: UserId, joined_at: int = 1) -> Membership:
    return Membership(
        user_id=user_id,
        conversation_id=conversation,
        username=Username(user_id.removeprefix("user-")),
        role="member",
        joined_at=joined_at,
    )


def put_rows(
    conversations: Iterable[ConversationId], sessions: Iterable[Session], joined_at: int = 1
) -> None:
    """Put rows of memberships that began at this time."""
    sessions = list(sessions)
    for conversation in conversations:
        for each in sessions:
            with transaction() as writes:
                put_entry(writes, membership(conversation, each.user_id, joined_at), each)


def end_membership(user_id: UserId, joined_at: int = 1) -> None:
    with transaction() as writes:
        put_tombstone(writes, membership(C, user_id, joined_at), START_MS)


def on_roster(now_ms: int = START_MS) -> set[str]:
    return set(read_roster(C, now_ms).entries)


# Entries.


def test_session_is_on_the_roster_up_to_its_last_millisecond() -> None:
    put_rows([C], [HERS])

    assert on_roster(HERS.session_ends_at - 1) == {HERS.connection_id}
    assert on_roster(HERS.session_ends_at) == set()


def test_expired_row_does_not_count_before_dynamodb_deletes_it() -> None:
    put_rows([C], [replace(HERS, session_ends_at=START_MS * 2)])

    assert on_roster(HERS.expires_at * 1000 - 1) == {HERS.connection_id}
    assert on_roster(HERS.expires_at * 1000) == set()


def test_roster_of_several_pages_is_read_completely(tables: Simulation) -> None:
    for number in range(600):
        row = roster_row(C, f"{number}=", number, START_MS) | {"username": {"S": "x" * 2_000}}
        stored_tables()["RosterTable"].put_item(row)
    requests: list[str] = []

    with tables.steps.observing(tables.dynamodb, before=lambda step: requests.append(step.name)):
        found = on_roster()

    assert len(found) == 600
    assert requests == ["Query", "Query"]


# Recipients.


def test_roster_knows_the_user_of_each_connection() -> None:
    put_rows([C], ALL)

    roster = read_roster(C, START_MS)

    assert set(roster.without(HERS.connection_id)) == {PHONE.connection_id, HIS.connection_id}
    assert roster.of_others(HERS.user_id) == [HIS.connection_id]
    assert roster.online() == {HERS.user_id, HIS.user_id}
    assert roster.find(ConnectionId("none=")) is None


# Tombstones.


def test_rows_of_a_tombstoned_membership_do_not_count() -> None:
    put_rows([C, D], ALL)

    end_membership(HERS.user_id)

    assert on_roster() == {HIS.connection_id}
    assert len(read_roster(D, START_MS).entries) == 3


def test_rows_of_a_later_membership_count() -> None:
    end_membership(HERS.user_id, joined_at=1)

    put_rows([C], [HERS], joined_at=2)

    assert on_roster() == {HERS.connection_id}


def test_rows_of_the_membership_that_ended_never_count_again() -> None:
    end_membership(HERS.user_id, joined_at=1)
    put_rows([C], [HERS], joined_at=2)

    put_rows([C], [PHONE], joined_at=1)

    assert on_roster() == {HERS.connection_id}


def test_tombstone_outlives_every_connection_of_its_time() -> None:
    end_membership(HERS.user_id)

    [row] = RosterRow.query(C)

    assert row.expires_at >= HERS.expires_at


@pytest.mark.parametrize("number", [0, 1, 3, 120])
def test_connections_of_a_tombstoned_user_are_deleted(number: int) -> None:
    many = [replace(HERS, connection_id=ConnectionId(f"{n}=")) for n in range(number)]
    put_rows([C], [*many, HIS])
    end_membership(HERS.user_id)

    delete_tombstoned(read_roster(C, START_MS), HERS.user_id)

    tombstone = f"removed#{HERS.user_id}"
    assert {row.connection_id for row in RosterRow.query(C)} == {HIS.connection_id, tombstone}


def test_rows_of_a_user_who_joined_again_are_kept() -> None:
    put_rows([C], [HERS])
    end_membership(HERS.user_id)
    seen = read_roster(C, START_MS)
    put_rows([C], [HERS], joined_at=2)

    delete_tombstoned(seen, HERS.user_id)

    assert on_roster() == {HERS.connection_id}


def test_tombstone_applies_to_rows_of_a_former_version() -> None:
    row = RosterRow(C, HERS.connection_id, user_id=HERS.user_id, username=HERS.username)
    row.session_ends_at, row.expires_at, row.joined_at = HERS.session_ends_at, HERS.expires_at, None
    row.save()
    assert on_roster() == {HERS.connection_id}

    end_membership(HERS.user_id)

    assert on_roster() == set()


# Partial rosters.


def test_partial_roster_is_incomplete_if_more_rows_count() -> None:
    put_rows([C], ALL)

    assert read_roster(C, START_MS, at_most=3).is_whole
    assert not read_roster(C, START_MS, at_most=2).is_whole


def test_ended_sessions_do_not_make_a_conversation_big() -> None:
    put_rows([C], [HIS, *(replace(each, session_ends_at=START_MS) for each in (HERS, PHONE))])

    assert set(read_roster(C, START_MS, at_most=1).entries) == {HIS.connection_id}
    assert read_roster(C, START_MS, at_most=1).is_whole


def test_partial_roster_reads_at_most_twice_the_limit(tables: Simulation) -> None:
    over = replace(HERS, session_ends_at=START_MS)
    put_rows([C], [replace(over, connection_id=ConnectionId(f"{n:03}=")) for n in range(50)])
    requests: list[str] = []

    with tables.steps.observing(tables.dynamodb, before=lambda step: requests.append(step.name)):
        roster = read_roster(C, START_MS, at_most=10)

    assert not roster.is_whole
    assert requests == ["Query", "Query"]


def test_single_entry_equals_the_entry_of_the_whole_roster() -> None:
    put_rows([C], ALL)
    end_membership(HERS.user_id)

    entries = read_roster(C, START_MS).entries

    for each in ALL:
        found = find_entry(C, each.connection_id, START_MS)
        assert found == entries.get(each.connection_id)
    assert find_entry(C, ConnectionId("none="), START_MS) is None
    assert find_entry(C, HIS.connection_id, HIS.session_ends_at) is None


def test_connections_that_count_are_found_among_some() -> None:
    put_rows([C], ALL)
    end_membership(HERS.user_id)
    asked = [each.connection_id for each in ALL] + [ConnectionId("none=")]

    [counting] = counting_among(C, asked, START_MS)
    assert counting.connection_id == HIS.connection_id
    assert counting_among(C, asked, HIS.session_ends_at) == []
    assert counting_among(C, [], START_MS) == []


def test_connections_are_deleted_from_every_roster() -> None:
    put_rows([C, D], ALL)

    delete_entries([C, D], [HERS.connection_id, HIS.connection_id])

    assert on_roster() == {PHONE.connection_id}
    assert set(read_roster(D, START_MS).entries) == {PHONE.connection_id}
