from copy import replace

import pytest

from chat.protocol.ids import ConnectionId, UserId, Username
from chat.storage.connections import (
    Session,
    delete_connection,
    delete_unauthenticated,
    end_latest_session,
    find_connection,
    forget_session,
    increment_rate_counter,
    open_session,
    put_connection,
    sessions_of,
    sessions_to_end,
)
from chat.storage.ttl import connection_row_expires_at
from testing.invariants import rows
from testing.simulation import START_MS, Simulation

CONNECTION = ConnectionId("c1=")
SESSION = Session(
    CONNECTION,
    UserId("user-alice"),
    Username("alice"),
    START_MS + 60_000,
    connection_row_expires_at(START_MS),
)
OF_BOB = replace(SESSION, user_id=UserId("user-bob"), username=Username("bob"))


@pytest.fixture(autouse=True)
def connected(simulation: Simulation) -> None:  # noqa: ARG001 -- for its tables
    put_connection(CONNECTION, "192.0.2.7", START_MS)


def session_now() -> Session | None:
    connection = find_connection(CONNECTION)
    assert connection is not None
    return connection.session


def test_a_session_is_found_by_its_connection_and_by_its_user() -> None:
    assert open_session(SESSION)

    assert session_now() == SESSION
    assert sessions_of(SESSION.user_id, START_MS) == [SESSION]


def test_opening_a_session_again_renews_it() -> None:
    open_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)

    assert open_session(later)

    assert session_now() == later
    assert sessions_of(SESSION.user_id, START_MS) == [later]


def test_session_of_another_user_is_not_replaced() -> None:
    open_session(SESSION)

    assert not open_session(OF_BOB)

    assert session_now() == SESSION
    assert sessions_of(OF_BOB.user_id, START_MS) == []


def test_deleted_connection_opens_no_session() -> None:
    delete_connection(CONNECTION, None)

    assert not open_session(SESSION)

    assert find_connection(CONNECTION) is None
    assert sessions_of(SESSION.user_id, START_MS) == []


@pytest.mark.parametrize(
    ("at_ms", "is_live"),
    [
        (START_MS, True),
        (SESSION.session_ends_at - 1, True),
        (SESSION.session_ends_at, False),
    ],
)
def test_only_live_sessions_are_listed(at_ms: int, *, is_live: bool) -> None:
    open_session(SESSION)

    assert bool(sessions_of(SESSION.user_id, at_ms)) is is_live


def test_a_session_ends_with_its_connections_row() -> None:
    long = replace(SESSION, session_ends_at=SESSION.expires_at * 1000 + 60_000)
    open_session(long)

    assert sessions_of(long.user_id, long.expires_at * 1000 - 1) == [long]
    assert sessions_of(long.user_id, long.expires_at * 1000) == []


def test_ending_an_older_session_ends_the_latest_one() -> None:
    open_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)
    open_session(later)

    ended = end_latest_session(SESSION)

    assert ended == later
    assert sessions_of(SESSION.user_id, START_MS) == []


def test_connection_belongs_to_its_user_after_the_session_ended() -> None:
    open_session(SESSION)

    ended = end_latest_session(SESSION)

    assert ended == SESSION
    assert session_now() == replace(SESSION, has_ended=True)
    assert not open_session(replace(OF_BOB, session_ends_at=SESSION.session_ends_at + 1))


def test_same_user_opens_a_later_session_on_the_connection() -> None:
    open_session(SESSION)
    end_latest_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)

    assert not open_session(SESSION)
    assert open_session(later)

    assert session_now() == later
    assert sessions_of(SESSION.user_id, START_MS) == [later]


def test_ended_session_is_listed_until_it_is_forgotten() -> None:
    open_session(SESSION)

    ended = end_latest_session(SESSION)

    assert sessions_of(SESSION.user_id, START_MS) == []
    assert sessions_to_end(SESSION.user_id, START_MS) == [replace(SESSION, has_ended=True)]
    forget_session(ended)
    assert sessions_to_end(SESSION.user_id, START_MS) == []


def test_forgetting_a_session_keeps_the_next_one() -> None:
    open_session(SESSION)
    ended = end_latest_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)
    open_session(later)

    forget_session(ended)

    assert sessions_of(SESSION.user_id, START_MS) == [later]


def test_forgetting_a_session_keeps_a_later_ended_one() -> None:
    open_session(SESSION)
    ended = end_latest_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)
    open_session(later)
    end_latest_session(later)

    forget_session(ended)

    [left] = sessions_to_end(SESSION.user_id, START_MS)
    assert left.session_ends_at == later.session_ends_at


def test_a_live_session_is_not_forgotten() -> None:
    open_session(SESSION)

    forget_session(SESSION)

    assert sessions_of(SESSION.user_id, START_MS) == [SESSION]


def test_session_must_end_later_than_the_one_before() -> None:
    open_session(SESSION)

    assert not open_session(SESSION)
    assert not open_session(replace(SESSION, session_ends_at=SESSION.session_ends_at - 1))

    assert session_now() == SESSION


def test_session_of_a_deleted_connection_has_ended() -> None:
    open_session(SESSION)
    delete_connection(CONNECTION, SESSION.user_id)

    ended = end_latest_session(SESSION)

    assert ended == SESSION
    assert find_connection(CONNECTION) is None


def test_unauthenticated_connection_is_deleted() -> None:
    assert delete_unauthenticated(CONNECTION)

    assert find_connection(CONNECTION) is None
    assert not open_session(SESSION)


def test_authenticated_connection_is_kept() -> None:
    open_session(SESSION)

    assert not delete_unauthenticated(CONNECTION)

    assert session_now() == SESSION


def test_connection_of_a_signed_out_user_is_deleted() -> None:
    open_session(SESSION)
    end_latest_session(SESSION)

    assert delete_unauthenticated(CONNECTION)

    assert find_connection(CONNECTION) is None


def test_deleting_an_unauthenticated_connection_twice_succeeds() -> None:
    delete_unauthenticated(CONNECTION)

    assert delete_unauthenticated(CONNECTION)


# Counting.


def test_counting_returns_the_connection() -> None:
    open_session(SESSION)

    connection, _ = increment_rate_counter(CONNECTION, "lists", 7)

    assert connection == find_connection(CONNECTION)
    assert connection is not None
    assert connection.session == SESSION


def test_each_operation_and_period_has_its_own_count() -> None:
    increment_rate_counter(CONNECTION, "lists", 7)

    assert increment_rate_counter(CONNECTION, "history", 7)[1] == 1
    assert increment_rate_counter(CONNECTION, "lists", 8)[1] == 1
    assert increment_rate_counter(CONNECTION, "lists", 8)[1] == 2


@pytest.mark.parametrize("periods", [1, 2, 10])
def test_a_count_is_dropped_within_ten_periods(periods: int) -> None:
    increment_rate_counter(CONNECTION, "lists", 7)

    increment_rate_counter(CONNECTION, "lists", 7 + periods)

    [row] = rows("ConnectionsTable")
    assert [name for name in row if name.startswith("lists_in_")] == [f"lists_in_{7 + periods}"]


def test_counting_creates_no_row_for_a_deleted_connection() -> None:
    delete_connection(CONNECTION, None)

    assert increment_rate_counter(CONNECTION, "lists", 7) == (None, 0)

    assert find_connection(CONNECTION) is None


# Following a session.


def test_session_follows_the_current_one() -> None:
    open_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)

    assert open_session(later, SESSION)

    assert session_now() == later


def test_session_does_not_follow_an_ended_one() -> None:
    open_session(SESSION)
    end_latest_session(SESSION)
    later = replace(SESSION, session_ends_at=SESSION.session_ends_at + 1)

    assert not open_session(later, SESSION)

    assert sessions_of(SESSION.user_id, START_MS) == []
