import pytest

from chat.storage.login_attempts import (
    NONE,
    find_failed_logins,
    forget_failed_logins,
    increment_failed_logins,
    record_failed_login,
)
from testing.simulation import START_MS, Simulation

KEY = "pair 192.0.2.7 alice"
LATER = START_MS // 1000 + 60


@pytest.fixture(autouse=True)
def tables(simulation: Simulation) -> Simulation:
    return simulation


def test_concurrent_failures_are_recorded_once_per_count() -> None:
    record_failed_login(KEY, NONE, 0, LATER, START_MS)
    seen = find_failed_logins([KEY], START_MS)[KEY]

    recorded = [record_failed_login(KEY, seen, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]
    assert find_failed_logins([KEY], START_MS)[KEY].number == 2


def test_first_failure_is_recorded_once() -> None:
    recorded = [record_failed_login(KEY, NONE, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]


def test_expired_count_starts_over() -> None:
    record_failed_login(KEY, NONE, 0, LATER, START_MS)

    assert find_failed_logins([KEY], LATER * 1000 - 1)[KEY].number == 1
    assert find_failed_logins([KEY], LATER * 1000) == {}
    assert record_failed_login(KEY, NONE, 0, LATER + 60, LATER * 1000)
    assert find_failed_logins([KEY], LATER * 1000)[KEY].number == 1


def test_failures_are_counted_up() -> None:
    assert [increment_failed_logins(KEY, LATER) for _ in range(3)] == [1, 2, 3]


def test_forgotten_count_starts_over() -> None:
    record_failed_login(KEY, NONE, 0, LATER, START_MS)

    assert forget_failed_logins(KEY, START_MS)
    assert forget_failed_logins(KEY, START_MS)

    assert find_failed_logins([KEY], START_MS) == {}


def test_count_is_kept_during_a_lockout() -> None:
    record_failed_login(KEY, NONE, START_MS + 5, LATER, START_MS)

    assert not forget_failed_logins(KEY, START_MS + 4)
    assert KEY in find_failed_logins([KEY], START_MS)

    assert forget_failed_logins(KEY, START_MS + 5)
