from copy import replace

import pytest

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.storage.connections import Session
from chat.storage.database import transaction
from chat.storage.expiry import connection_row_expires_at
from chat.storage.roster import (
    Entry,
    bar,
    delete_barred,
    delete_entries,
    put_entries,
    read_roster,
    unbar,
)
from chat.storage.tables import RosterRow
from tests.world.world import START_MS, World

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
def tables(world: World) -> World:
    return world


def bars(user_id: UserId) -> None:
    with transaction() as writes:
        bar(writes, C, user_id, START_MS)


def unbars(user_id: UserId) -> None:
    with transaction() as writes:
        unbar(writes, C, user_id)


def on_roster(now_ms: int = START_MS) -> set[str]:
    return set(read_roster(C, now_ms).entries)


# Who is on it.


def test_an_empty_roster_has_nobody() -> None:
    roster = read_roster(C, START_MS)

    assert (roster.entries, roster.barred, roster.online()) == ({}, [], set())


def test_every_session_is_put_on_every_roster() -> None:
    put_entries([C, D], ALL)

    assert read_roster(C, START_MS).entries == read_roster(D, START_MS).entries
    assert read_roster(C, START_MS).find(HIS.connection_id) == Entry(
        HIS.connection_id, HIS.user_id, HIS.username
    )


@pytest.mark.parametrize(("conversations", "sessions"), [(0, 3), (3, 0), (1, 1), (30, 3)])
def test_any_number_is_put_at_once(conversations: int, sessions: int) -> None:
    rosters = [ConversationId(f"c{number}") for number in range(conversations)]

    put_entries(rosters, ALL[:sessions])

    found = [len(read_roster(each, START_MS).entries) for each in rosters]
    assert found == [sessions] * conversations


def test_putting_again_renews() -> None:
    put_entries([C], [HERS])

    put_entries([C], [replace(HERS, session_ends_at=HERS.session_ends_at + 1)])

    assert on_roster(HERS.session_ends_at) == {HERS.connection_id}


def test_every_connection_is_taken_off_every_roster() -> None:
    put_entries([C, D], ALL)

    delete_entries([C, D], [HERS.connection_id, HIS.connection_id])

    assert on_roster() == {PHONE.connection_id}
    assert set(read_roster(D, START_MS).entries) == {PHONE.connection_id}


def test_taking_off_who_is_not_there_does_no_harm() -> None:
    put_entries([C], [HERS])

    delete_entries([C], [ConnectionId("none=")])
    delete_entries([C], [])

    assert on_roster() == {HERS.connection_id}


def test_a_session_is_on_it_up_to_its_last_millisecond() -> None:
    put_entries([C], [HERS])

    assert on_roster(HERS.session_ends_at - 1) == {HERS.connection_id}
    assert on_roster(HERS.session_ends_at) == set()


def test_a_row_that_dynamodb_has_not_deleted_yet_does_not_count() -> None:
    put_entries([C], [replace(HERS, session_ends_at=START_MS * 2)])

    assert on_roster(HERS.expires_at * 1000 - 1) == {HERS.connection_id}
    assert on_roster(HERS.expires_at * 1000) == set()


def test_a_roster_of_several_pages_is_read_whole(tables: World) -> None:
    long_name = Username("x" * 2_000)
    many = [
        replace(HERS, connection_id=ConnectionId(f"{n}="), username=long_name) for n in range(600)
    ]
    put_entries([C], many)
    requests: list[str] = []

    with tables.steps.telling(tables.dynamodb, before=lambda step: requests.append(step.name)):
        found = on_roster()

    assert found == {each.connection_id for each in many}
    assert requests == ["Query", "Query"]


# Who is told.


def test_a_roster_tells_whose_each_connection_is() -> None:
    put_entries([C], ALL)

    roster = read_roster(C, START_MS)

    assert set(roster.without(HERS.connection_id)) == {PHONE.connection_id, HIS.connection_id}
    assert roster.of_others(HERS.user_id) == [HIS.connection_id]
    assert set(roster.of_user(HERS.user_id)) == {HERS.connection_id, PHONE.connection_id}
    assert roster.online() == {HERS.user_id, HIS.user_id}
    assert roster.find(ConnectionId("none=")) is None


# Who is barred.


def test_rows_of_a_barred_user_do_not_count() -> None:
    put_entries([C, D], ALL)

    bars(HERS.user_id)

    assert on_roster() == {HIS.connection_id}
    assert len(read_roster(D, START_MS).entries) == 3


def test_a_row_written_after_the_bar_does_not_count_either() -> None:
    bars(HERS.user_id)

    put_entries([C], [HERS])

    assert on_roster() == set()


def test_the_barred_are_still_known() -> None:
    put_entries([C], ALL)
    bars(HIS.user_id)

    barred = read_roster(C, START_MS).barred

    assert barred == [Entry(HIS.connection_id, HIS.user_id, HIS.username)]


def test_once_the_bar_is_lifted_rows_count_again() -> None:
    put_entries([C], [HERS])
    bars(HERS.user_id)

    unbars(HERS.user_id)

    assert on_roster() == {HERS.connection_id}


def test_the_bar_outlives_every_connection_of_its_time() -> None:
    bars(HERS.user_id)

    [row] = RosterRow.query(C)

    assert row.expires_at >= HERS.expires_at


@pytest.mark.parametrize("number", [0, 1, 3, 120])
def test_connections_of_a_barred_user_are_taken_off(number: int) -> None:
    many = [replace(HERS, connection_id=ConnectionId(f"{n}=")) for n in range(number)]
    put_entries([C], [*many, HIS])
    bars(HERS.user_id)

    delete_barred(C, HERS.user_id, [each.connection_id for each in many], START_MS)

    unbars(HERS.user_id)
    assert on_roster() == {HIS.connection_id}


def test_connections_of_a_user_who_is_barred_no_more_stay() -> None:
    put_entries([C], [HERS])
    bars(HERS.user_id)
    unbars(HERS.user_id)

    delete_barred(C, HERS.user_id, [HERS.connection_id], START_MS)

    assert on_roster() == {HERS.connection_id}


def test_taking_off_leaves_the_bar() -> None:
    put_entries([C], [HERS])
    bars(HERS.user_id)
    delete_barred(C, HERS.user_id, [HERS.connection_id], START_MS)

    put_entries([C], [HERS])

    assert on_roster() == set()
