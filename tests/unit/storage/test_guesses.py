import pytest

from chat.storage.guesses import (
    NONE,
    Guesses,
    count_guess,
    find_guesses,
    forget_guesses,
    record_guess,
)
from tests.world.world import START_MS, World

KEY = "pair 192.0.2.7 alice"
LATER = START_MS // 1000 + 60


@pytest.fixture(autouse=True)
def tables(world: World) -> World:
    return world


def test_where_nobody_guessed_there_is_nothing() -> None:
    assert find_guesses([KEY], START_MS) == {}


def test_what_is_recorded_is_found() -> None:
    assert record_guess(KEY, NONE, START_MS + 5, LATER, START_MS)

    assert find_guesses([KEY, "another"], START_MS) == {KEY: Guesses(1, START_MS + 5)}


def test_of_two_that_saw_the_same_only_one_is_recorded() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)
    seen = find_guesses([KEY], START_MS)[KEY]

    recorded = [record_guess(KEY, seen, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]
    assert find_guesses([KEY], START_MS)[KEY].number == 2


def test_a_first_guess_is_recorded_once() -> None:
    recorded = [record_guess(KEY, NONE, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]


def test_what_has_expired_counts_no_more_and_begins_again() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)

    assert find_guesses([KEY], LATER * 1000 - 1)[KEY].number == 1
    assert find_guesses([KEY], LATER * 1000) == {}
    assert record_guess(KEY, NONE, 0, LATER + 60, LATER * 1000)
    assert find_guesses([KEY], LATER * 1000)[KEY].number == 1


def test_counts_go_up() -> None:
    assert [count_guess(KEY, LATER) for _ in range(3)] == [1, 2, 3]


def test_what_is_forgotten_begins_again() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)

    assert forget_guesses(KEY, START_MS)
    assert forget_guesses(KEY, START_MS)

    assert find_guesses([KEY], START_MS) == {}


def test_nothing_is_forgotten_while_no_guesses_are_taken() -> None:
    record_guess(KEY, NONE, START_MS + 5, LATER, START_MS)

    assert not forget_guesses(KEY, START_MS + 4)
    assert KEY in find_guesses([KEY], START_MS)

    assert forget_guesses(KEY, START_MS + 5)
