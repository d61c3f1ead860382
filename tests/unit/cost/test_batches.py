"""A big room takes fifty messages a second at the cost of one."""

import pytest

from bench.batches import everything
from bench.cost.batches import counted_talks, longest_wait_ms, usage_of
from bench.cost.frames import assumed
from bench.cost.prices import dollars

POSTS_A_SECOND = 10_000
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

LEGACY = 1
"""Of the two real connections in the room one sends, and the other accepts no batches."""

ASSUMED = assumed()


@pytest.mark.parametrize("rate", [1, 20])
def test_counted_talk_posts_once_a_second_to_each_connection(rate: int) -> None:
    [talk] = everything([rate], connections=30)

    assert talk.wakes.runs == talk.seconds
    assert talk.posts == talk.seconds * (30 - 2) + LEGACY * talk.messages


def test_fifty_messages_a_second_fit_the_posts_of_an_account() -> None:
    busiest = counted_talks()[-1]

    assert busiest.messages_a_second == 50
    assert busiest.posts / busiest.seconds - LEGACY * busiest.messages <= POSTS_A_SECOND


def test_one_of_fifty_messages_costs_a_fifteenth_of_one_that_is_alone() -> None:
    alone, *_, busiest = counted_talks()
    of_one = dollars(usage_of(alone, ASSUMED)) / alone.messages

    assert dollars(usage_of(busiest, ASSUMED)) / busiest.messages < of_one / 15


def test_nobody_waits_longer_than_a_second_and_a_half() -> None:
    assert all(longest_wait_ms(talk, ASSUMED) < 1_500 for talk in counted_talks())
