from collections.abc import Iterable
from copy import replace

import pytest

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.storage.connections import Session
from chat.storage.database import transaction
from chat.storage.memberships import Membership
from chat.storage.roster import Entry, counting_among, find_entry, read_roster
from chat.storage.roster_changes import delete_entries, delete_tombstoned, put_entry, put_tombstone
from chat.storage.tables import RosterRow
from chat.storage.ttl import connection_row_expires_at
from testing.simulation import START_MS, Simulation

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


def puts(
    conversations: Iterable[ConversationId], sessions: Iterable[Session], joined_at: int = 1
) -> None:
    """Put rows, of memberships that began at some time."""
    sessions = list(sessions)
    for conversation in conversations:
        for each in sessions:
            with transaction() as writes:
                put_entry(writes, membership(conversation, each.user_id, joined_at), each)


def bars(user_id: UserId, joined_at: int = 1) -> None:
    with transaction() as writes:
        put_tombstone(writes, membership(C, user_id, joined_at), START_MS)


def on_roster(now_ms: int = START_MS) -> set[str]:
    return set(read_roster(C, now_ms).entries)


# Who is on it.


def test_an_empty_roster_has_nobody() -> None:
    roster = read_roster(C, START_MS)

    assert (roster.entries, roster.tombstoned, roster.online()) == ({}, [], set())


def test_every_session_is_put_on_every_roster() -> None:
    puts([C, D], ALL)

    assert read_roster(C, START_MS).entries == read_roster(D, START_MS).entries
    assert read_roster(C, START_MS).find(HIS.connection_id) == Entry(
        HIS.connection_id, HIS.user_id, HIS.username
    )


def test_putting_again_renews() -> None:
    puts([C], [HERS])

    puts([C], [replace(HERS, session_ends_at=HERS.session_ends_at + 1)])

    assert on_roster(HERS.session_ends_at) == {HERS.connection_id}


def test_every_connection_is_taken_off_every_roster() -> None:
    puts([C, D], ALL)

    delete_entries([C, D], [HERS.connection_id, HIS.connection_id])

    assert on_roster() == {PHONE.connection_id}
    assert set(read_roster(D, START_MS).entries) == {PHONE.connection_id}


def test_taking_off_who_is_not_there_does_no_harm() -> None:
    puts([C], [HERS])

    delete_entries([C], [ConnectionId("none=")])
    delete_entries([C], [])

    assert on_roster() == {HERS.connection_id}


def test_a_session_is_on_it_up_to_its_last_millisecond() -> None:
    puts([C], [HERS])

    assert on_roster(HERS.session_ends_at - 1) == {HERS.connection_id}
    assert on_roster(HERS.session_ends_at) == set()


def test_a_row_that_dynamodb_has_not_deleted_yet_does_not_count() -> None:
    puts([C], [replace(HERS, session_ends_at=START_MS * 2)])

    assert on_roster(HERS.expires_at * 1000 - 1) == {HERS.connection_id}
    assert on_roster(HERS.expires_at * 1000) == set()


def test_a_roster_of_several_pages_is_read_whole(tables: Simulation) -> None:
    long_name = Username("x" * 2_000)
    many = [
        replace(HERS, connection_id=ConnectionId(f"{n}="), username=long_name) for n in range(600)
    ]
    puts([C], many)
    requests: list[str] = []

    with tables.steps.telling(tables.dynamodb, before=lambda step: requests.append(step.name)):
        found = on_roster()

    assert found == {each.connection_id for each in many}
    assert requests == ["Query", "Query"]


# Who is told.


def test_a_roster_tells_whose_each_connection_is() -> None:
    puts([C], ALL)

    roster = read_roster(C, START_MS)

    assert set(roster.without(HERS.connection_id)) == {PHONE.connection_id, HIS.connection_id}
    assert roster.of_others(HERS.user_id) == [HIS.connection_id]
    assert roster.online() == {HERS.user_id, HIS.user_id}
    assert roster.find(ConnectionId("none=")) is None


# Who is tombstoned.


def test_rows_of_a_barred_user_do_not_count() -> None:
    puts([C, D], ALL)

    bars(HERS.user_id)

    assert on_roster() == {HIS.connection_id}
    assert len(read_roster(D, START_MS).entries) == 3


def test_a_row_written_after_the_bar_does_not_count_either() -> None:
    bars(HERS.user_id)

    puts([C], [HERS])

    assert on_roster() == set()


def test_the_barred_are_still_known() -> None:
    puts([C], ALL)
    bars(HIS.user_id)

    tombstoned = read_roster(C, START_MS).tombstoned

    assert tombstoned == [Entry(HIS.connection_id, HIS.user_id, HIS.username)]


def test_rows_of_a_later_membership_count() -> None:
    bars(HERS.user_id, joined_at=1)

    puts([C], [HERS], joined_at=2)

    assert on_roster() == {HERS.connection_id}


def test_rows_of_the_membership_that_ended_never_count_again() -> None:
    bars(HERS.user_id, joined_at=1)
    puts([C], [HERS], joined_at=2)

    puts([C], [PHONE], joined_at=1)

    assert on_roster() == {HERS.connection_id}


def test_the_bar_outlives_every_connection_of_its_time() -> None:
    bars(HERS.user_id)

    [row] = RosterRow.query(C)

    assert row.expires_at >= HERS.expires_at


@pytest.mark.parametrize("number", [0, 1, 3, 120])
def test_connections_of_a_barred_user_are_taken_off(number: int) -> None:
    many = [replace(HERS, connection_id=ConnectionId(f"{n}=")) for n in range(number)]
    puts([C], [*many, HIS])
    bars(HERS.user_id)

    delete_tombstoned(read_roster(C, START_MS), HERS.user_id)

    tombstone = f"removed#{HERS.user_id}"
    assert {row.connection_id for row in RosterRow.query(C)} == {HIS.connection_id, tombstone}


def test_connections_of_a_user_who_joined_again_stay() -> None:
    puts([C], [HERS])
    bars(HERS.user_id)
    seen = read_roster(C, START_MS)
    puts([C], [HERS], joined_at=2)

    delete_tombstoned(seen, HERS.user_id)

    assert on_roster() == {HERS.connection_id}


def test_taking_off_leaves_the_bar() -> None:
    puts([C], [HERS])
    bars(HERS.user_id)
    delete_tombstoned(read_roster(C, START_MS), HERS.user_id)

    puts([C], [HERS])

    assert on_roster() == set()


def test_a_row_of_a_former_version_is_barred_too() -> None:
    row = RosterRow(C, HERS.connection_id, user_id=HERS.user_id, username=HERS.username)
    row.session_ends_at, row.expires_at, row.joined_at = HERS.session_ends_at, HERS.expires_at, None
    row.save()
    assert on_roster() == {HERS.connection_id}

    bars(HERS.user_id)

    assert on_roster() == set()


# Parts of it.


def test_a_part_is_not_whole_once_more_rows_count_than_were_asked_for() -> None:
    puts([C], ALL)

    assert read_roster(C, START_MS, at_most=3).is_whole
    assert not read_roster(C, START_MS, at_most=2).is_whole


def test_rows_of_sessions_that_are_over_do_not_make_a_room_big() -> None:
    puts([C], [HIS, *(replace(each, session_ends_at=START_MS) for each in (HERS, PHONE))])

    assert set(read_roster(C, START_MS, at_most=1).entries) == {HIS.connection_id}
    assert read_roster(C, START_MS, at_most=1).is_whole


def test_a_part_reads_at_most_twice_what_was_asked_for(tables: Simulation) -> None:
    over = replace(HERS, session_ends_at=START_MS)
    puts([C], [replace(over, connection_id=ConnectionId(f"{n:03}=")) for n in range(50)])
    requests: list[str] = []

    with tables.steps.telling(tables.dynamodb, before=lambda step: requests.append(step.name)):
        roster = read_roster(C, START_MS, at_most=10)

    assert not roster.is_whole
    assert requests == ["Query", "Query"]


def test_one_connection_is_found_by_itself_as_on_the_roster() -> None:
    puts([C], ALL)
    bars(HERS.user_id)

    entries = read_roster(C, START_MS).entries

    for each in ALL:
        found = find_entry(C, each.connection_id, START_MS)
        assert found == entries.get(each.connection_id)
    assert find_entry(C, ConnectionId("none="), START_MS) is None
    assert find_entry(C, HIS.connection_id, HIS.session_ends_at) is None


def test_of_some_connections_those_that_count_are_told() -> None:
    puts([C], ALL)
    bars(HERS.user_id)
    asked = [each.connection_id for each in ALL] + [ConnectionId("none=")]

    assert counting_among(C, asked, START_MS) == [HIS.connection_id]
    assert counting_among(C, asked, HIS.session_ends_at) == []
    assert counting_among(C, [], START_MS) == []
