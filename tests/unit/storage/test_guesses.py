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
    assert find_guesses(KEY, START_MS) == NONE


def test_what_is_recorded_is_found() -> None:
    assert record_guess(KEY, NONE, START_MS + 5, LATER, START_MS)

    assert find_guesses(KEY, START_MS) == Guesses(1, START_MS + 5)


def test_of_two_that_saw_the_same_only_one_is_recorded() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)
    seen = find_guesses(KEY, START_MS)

    recorded = [record_guess(KEY, seen, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]
    assert find_guesses(KEY, START_MS).number == 2


def test_a_first_guess_is_recorded_once() -> None:
    recorded = [record_guess(KEY, NONE, 0, LATER, START_MS) for _ in range(2)]

    assert recorded == [True, False]


def test_what_has_expired_counts_no_more_and_is_begun_anew() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)

    assert find_guesses(KEY, LATER * 1000 - 1).number == 1
    assert find_guesses(KEY, LATER * 1000) == NONE
    assert record_guess(KEY, NONE, 0, LATER + 60, LATER * 1000)
    assert find_guesses(KEY, LATER * 1000).number == 1


def test_counts_go_up_and_down() -> None:
    counts = [count_guess(KEY, change, LATER) for change in (1, 1, -1, 1)]

    assert counts == [1, 2, 1, 2]


def test_what_is_forgotten_begins_anew() -> None:
    record_guess(KEY, NONE, 0, LATER, START_MS)

    forget_guesses(KEY)
    forget_guesses(KEY)

    assert find_guesses(KEY, START_MS) == NONE
