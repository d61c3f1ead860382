"""A frame of several frames counts as each of them alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.python.tests.support.owner import Frame, Owner, deleted, edited, page, pushed
from parley_client.records import Message, MessageChanged


def online() -> Owner:
    owner = Owner()
    owner.comes_online()
    return owner


def batch(*frames: object) -> Frame:
    return {"type": "batch", "data": {"frames": list(frames)}}


def gives(owner: Owner, up_to: int, *frames: Frame) -> None:
    """Answer the last request for a page."""
    owner.answers(owner.sent("history")[-1], "history", page(up_to, *frames))


def test_client_says_that_it_accepts_batches_each_time_it_signs_in() -> None:
    owner = online()
    owner.loses_connection()
    owner.passes(30.0)
    owner.opens()

    [asked] = owner.sent("authenticate")

    assert asked["data"] == {"token": "token-1", "accepts": ["batch"]}


def test_frames_of_a_batch_come_in_order() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    owner.comes(batch(pushed(1), pushed(2), edited(3, 1, "edited"), deleted(4, 2)))

    assert following.numbers() == [1, 2, 3, 4]
    kinds = [type(each) for each in following.taken]
    assert kinds == [Message, Message, MessageChanged, MessageChanged]
    assert len(owner.sent("history")) == 1


def test_batch_that_comes_twice_brings_nothing_twice() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    for _ in range(2):
        owner.comes(batch(pushed(1), pushed(2)))

    assert following.numbers() == [1, 2]


def test_batch_that_overlaps_a_page_of_history_brings_nothing_twice() -> None:
    owner = online()
    following = owner.follows()
    owner.comes(batch(pushed(2), pushed(3), pushed(4)))

    gives(owner, 3, pushed(1), pushed(2), pushed(3))
    gives(owner, 4, pushed(4))

    assert following.numbers() == [1, 2, 3, 4]


def test_batch_after_a_gap_waits_for_what_is_missing() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)
    owner.comes(batch(pushed(3), pushed(4)))
    assert following.numbers() == []

    owner.passes(1.0)
    gives(owner, 4, pushed(1), pushed(2), pushed(3), pushed(4))

    assert following.numbers() == [1, 2, 3, 4]


def test_own_message_in_a_batch_acknowledges_it() -> None:
    owner = online()
    waiting = owner.sends("Hello", key="1")
    own = pushed(1, "Hello")
    own["data"] |= {"user_id": "user-alice", "client_message_id": "1"}

    owner.comes(batch(own))

    assert len(waiting.outcomes) == 1


def test_unknown_frames_in_a_batch_are_ignored() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    owner.comes(batch({"type": "of a later version", "data": {}}, None, 7, {}, pushed(1), batch()))

    assert following.numbers() == [1]


@pytest.mark.parametrize("data", [None, [], {}, {"frames": None}, {"frames": {"0": {}}}])
def test_batch_that_is_none_is_ignored(data: object) -> None:
    owner = online()

    owner.comes({"type": "batch", "data": data})

    assert owner.engine.state == "online"


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 8), min_size=1, max_size=5), max_size=8))
def test_batches_bring_the_same_as_their_frames_alone(numbers: list[list[int]]) -> None:
    shown = []
    for is_batched in (True, False):
        owner = online()
        following = owner.follows()
        gives(owner, 0)
        for some in numbers:
            frames = [pushed(seq) for seq in some]
            for each in [batch(*frames)] if is_batched else frames:
                owner.comes(each)
        shown.append(following.numbers())

    assert shown[0] == shown[1]
