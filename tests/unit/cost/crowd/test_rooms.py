"""The sizes of a crowd's conversations, and how much is said in each."""

from random import Random
from statistics import fmean

import pytest

from bench.cost.frames import assumed
from bench.crowd.rooms import BIG, SIZES, SPOKEN_IN, Pareto, Rooms, poisson

EVEN = [(at + 0.5) / 10_000 for at in range(10_000)]


@pytest.mark.parametrize("tail", [1.2, 1.7, 3.0])
def test_distribution_draws_as_many_above_a_size_as_it_says(tail: float) -> None:
    sizes = Pareto(tail, 2, 1_000)

    drawn = [sizes.draw(chance) for chance in EVEN]

    assert min(drawn) == pytest.approx(2, rel=0.01)
    assert max(drawn) <= 1_000
    for size in (3, 10, 100):
        assert fmean(each > size for each in drawn) == pytest.approx(sizes.above(size), abs=1e-3)
    assert fmean(drawn) == pytest.approx(sizes.mean(1), rel=0.02)


def test_message_goes_to_as_many_people_as_assumed() -> None:
    assert SPOKEN_IN.mean(1) == pytest.approx(assumed().person["room"], rel=0.05)


def test_all_rooms_together_say_what_the_people_say() -> None:
    rooms = Rooms.of(100_000, 20, messages_a_second=111)

    assert rooms.number * SIZES.mean(1) == pytest.approx(100_000 * 20)
    assert rooms.number * fmean(rooms.rate(SIZES.draw(chance)) for chance in EVEN) == pytest.approx(
        111, rel=0.01
    )
    assert rooms.small_messages_a_second + sum(map(rooms.rate, rooms.big)) == pytest.approx(111)


def test_room_of_four_times_the_people_says_twice_as_much() -> None:
    rooms = Rooms.of(1_000, 20, messages_a_second=1)

    assert rooms.rate(40) == pytest.approx(2 * rooms.rate(10))


def test_big_rooms_are_listed_and_others_are_drawn() -> None:
    rooms = Rooms.of(1_000_000, 20, messages_a_second=1_111)

    assert min(rooms.big) >= BIG
    assert rooms.number * SIZES.above(BIG) == pytest.approx(len(rooms.big), abs=1)
    drawn = list(rooms.small_sizes(1_000, Random(1)))  # noqa: S311 -- no secret
    assert min(drawn) == 2
    assert max(drawn) <= BIG


def test_no_room_is_bigger_than_the_crowd() -> None:
    assert max(Rooms.of(600, 20_000, messages_a_second=1).big) <= 600


@pytest.mark.parametrize("mean", [0.1, 3.0, 400.0])
def test_number_of_events_varies_around_its_mean(mean: float) -> None:
    random = Random(1)  # noqa: S311 -- no secret

    drawn = [poisson(mean, random) for _ in range(20_000)]

    assert fmean(drawn) == pytest.approx(mean, rel=0.05)
    assert fmean((each - mean) ** 2 for each in drawn) == pytest.approx(mean, rel=0.05)
