"""A stream brings what takes a number in a conversation in order, once and without holes."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.python.tests.support.owner import (
    Frame,
    Owner,
    deleted,
    edited,
    page,
    pushed,
    reacted,
)
from parley_client.changes import apply_change
from parley_client.records import Event, Message, MessageChanged


def shown(events: list[Event]) -> dict[int, Message]:
    """Return what a program has that applies every event."""
    messages: dict[int, Message] = {}
    for event in events:
        if isinstance(event, Message):
            messages[event.seq] = event
        elif isinstance(event, MessageChanged):
            target = int(event.message_id.rpartition(":")[2])
            if target in messages:
                messages[target] = apply_change(messages[target], event)
    return messages


def online() -> Owner:
    owner = Owner()
    owner.comes_online()
    return owner


def gives(owner: Owner, up_to: int, *frames: Frame, has_more: bool = False) -> None:
    """Answer the last request for a page."""
    owner.answers(owner.sent("history")[-1], "history", page(up_to, *frames, has_more=has_more))


def test_stream_begins_after_a_number_and_reads_every_page() -> None:
    owner = online()
    following = owner.follows(after=17)

    assert owner.sent("history")[-1]["data"] == {"after_seq": 17, "limit": 100}
    gives(owner, 19, pushed(18), pushed(19), has_more=True)
    assert owner.sent("history")[-1]["data"]["after_seq"] == 19
    gives(owner, 20, pushed(20))

    assert following.numbers() == [18, 19, 20]
    assert len(owner.sent("history")) == 2


def test_stream_begins_with_what_comes_from_now_on() -> None:
    owner = online()
    following = owner.follows(after=None)
    assert owner.sent("history")[-1]["data"] == {"limit": 1}

    gives(owner, 40, pushed(40, "long ago"))
    owner.comes(pushed(41))

    assert following.numbers() == [41]


def test_message_that_is_pushed_before_the_beginning_is_known_is_asked_for() -> None:
    owner = online()
    following = owner.follows(after=None)

    owner.comes(pushed(41))
    gives(owner, 40, pushed(40))
    gives(owner, 41, pushed(41))

    assert following.numbers() == [41]


def test_stream_waits_for_a_connection() -> None:
    owner = Owner()
    owner.follows(after=3)

    owner.comes_online()

    assert owner.sent("history")[-1]["data"]["after_seq"] == 3


def test_pushes_that_overtake_each_other_come_in_order() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    for seq in (2, 3, 1):
        owner.comes(pushed(seq))

    assert following.numbers() == [1, 2, 3]
    owner.passes(1.0)
    assert len(owner.sent("history")) == 1


def test_repeated_push_comes_once() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    for seq in (1, 1, 2, 1, 2):
        owner.comes(pushed(seq))

    assert following.numbers() == [1, 2]


def test_what_pushes_left_out_is_asked_for_a_moment_later() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    owner.comes(pushed(3))
    owner.passes(0.3)
    assert owner.sent("history")[-1]["data"]["after_seq"] == 0
    gives(owner, 3, pushed(1), pushed(3))

    assert following.numbers() == [1, 3]


def test_lost_push_is_made_up_for_by_the_next_heartbeat() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)
    owner.behind = {"general": 1}

    owner.passes(30.0)
    gives(owner, 1, pushed(1))

    assert owner.sent("heartbeat")[-1]["data"]["positions"] == {"general": 0}
    assert following.numbers() == [1]


def test_stream_catches_up_after_a_reconnection() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 2, pushed(1), pushed(2))

    owner.behind = {"general": 4}
    owner.loses_connection()
    owner.comes_online()
    gives(owner, 4, pushed(3), pushed(4))

    assert following.numbers() == [1, 2, 3, 4]


def test_page_that_was_asked_for_on_a_lost_connection_is_asked_for_again() -> None:
    owner = online()
    following = owner.follows()
    owner.sent()

    owner.loses_connection()
    owner.comes_online()
    gives(owner, 1, pushed(1))

    assert following.numbers() == [1]


def test_changes_come_in_one_order_with_messages() -> None:
    owner = online()
    following = owner.follows()

    gives(owner, 4, pushed(1), pushed(2), edited(3, 1, "new"), reacted(4, 2))

    assert following.numbers() == [1, 2, 3, 4]


def test_message_that_waits_is_shown_without_what_was_deleted() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    owner.comes(pushed(1, "secret"))
    owner.comes(deleted(2, 1))

    [first, _] = following.takes()
    assert isinstance(first, Message)
    assert first.content == ""


def test_message_behind_a_gap_is_shown_without_what_was_deleted() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)

    for frame in (pushed(2, "secret"), deleted(3, 2), pushed(1)):
        owner.comes(frame)

    [_, second, _] = following.takes()
    assert isinstance(second, Message)
    assert second.content == ""


def test_change_that_only_a_page_shows_comes_too() -> None:
    """A page has its messages as they are now, and not the changes that made them so."""
    owner = online()
    following = owner.follows()

    owner.comes(pushed(1, "as it was sent"))
    edit: Frame = {"content": "edited", "version": 2, "edited_at": "2026-01-01T00:00:01.000Z"}
    gives(owner, 2, pushed(1, **edit))

    assert shown(following.takes())[1].content == "edited"


def test_lower_version_never_overwrites_a_higher_one() -> None:
    owner = online()
    following = owner.follows()

    gives(owner, 4, pushed(1), edited(3, 1, "new", version=9), edited(4, 1, "old", version=4))

    assert shown(following.takes())[1].content == "new"


def test_own_messages_come_too() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)
    owner.sends("mine", key="mine")

    stored = pushed(1, "mine", by="alice", client_message_id="mine")["data"]
    owner.answers(owner.sent("chat_message")[-1], "chat_message", stored)

    assert following.numbers() == [1]


def test_two_streams_of_a_conversation_do_not_disturb_each_other() -> None:
    owner = online()
    first = owner.follows(after=0)
    gives(owner, 1, pushed(1))
    second = owner.follows(after=1)
    gives(owner, 1)

    owner.comes(pushed(2))

    assert (first.numbers(), second.numbers()) == ([1, 2], [2])
    owner.engine.close_stream(first.stream)
    owner.comes(pushed(3))
    assert second.numbers() == [2, 3]


@pytest.mark.parametrize("code", ["not_a_member", "forbidden", "bad_request"])
def test_stream_ends_when_the_user_may_not_read_any_more(code: str) -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 1, pushed(1))

    owner.engine.close_stream(owner.follows().stream)
    failing = owner.follows()
    owner.refuses(owner.sent("history")[-1], code)

    assert failing.stream.error is not None
    assert failing.stream.error.code == code
    assert failing.times_ready == 1
    assert following.stream.error is None


def test_removal_of_the_user_ends_the_stream_with_what_came_before() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 1, pushed(1))
    removal = {
        "conversation_id": "general",
        "seq": 2,
        "user_id": "user-alice",
        "username": "alice",
        "by": {"user_id": "user-bob", "username": "bob"},
    }

    owner.comes({"type": "member_removed", "data": removal})
    owner.refuses(owner.sent("history")[-1], "not_a_member")

    assert following.numbers() == [1, 2]
    assert following.stream.error is not None


def test_page_that_failed_is_asked_for_again_later() -> None:
    owner = online()
    following = owner.follows()
    for _ in range(5):
        owner.refuses(owner.sent("history")[-1], "internal")
        owner.passes(20.0)

    owner.passes(30.0)
    gives(owner, 1, pushed(1))

    assert following.numbers() == [1]


def test_page_that_makes_no_sense_ends_the_stream() -> None:
    owner = online()
    following = owner.follows()

    owner.answers(owner.sent("history")[-1], "history", {"messages": [{"seq": 1}]})

    assert following.stream.error is not None
    assert following.stream.error.code == "internal"


def test_event_that_makes_no_sense_is_passed_over() -> None:
    owner = online()
    following = owner.follows()

    owner.comes({"type": "chat_message", "data": {"conversation_id": "general", "seq": 1}})
    gives(owner, 1, pushed(1))

    assert following.numbers() == [1]


def test_few_conversations_catch_up_at_a_time() -> None:
    owner = online()
    for number in range(50):
        owner.follows(conversation_id=f"c{number}")

    asked = owner.sent("history")
    assert len(asked) == 10
    owner.answers(asked[0], "history", page(0))

    assert len(owner.sent("history")) == 11


def test_closed_stream_asks_for_nothing_more() -> None:
    owner = online()
    following = owner.follows()
    asked = owner.sent("history")[-1]

    owner.engine.close_stream(following.stream)
    owner.answers(asked, "history", page(1, pushed(1), has_more=True))

    assert len(owner.sent("history")) == 1
    assert owner.engine.next_at == owner.now + 30.0  # the heartbeat's


def test_full_stream_keeps_no_more_and_asks_for_the_rest_when_half_is_taken() -> None:
    owner = online()
    following = owner.follows(capacity=10)
    gives(owner, 0)

    for seq in range(1, 101):
        owner.comes(pushed(seq))
    kept = len(following.stream._buffer)  # noqa: SLF001 -- what is bounded
    following.takes(at_most=4)
    before = len(owner.sent("history"))
    following.takes(at_most=1)

    assert (kept, before, len(owner.sent("history"))) == (10, 1, 2)
    assert owner.sent("history")[-1]["data"] == {"after_seq": 10, "limit": 5}


def test_stream_keeps_few_events_beyond_a_gap() -> None:
    owner = online()
    following = owner.follows(capacity=10)
    gives(owner, 0)

    for seq in range(2, 101):
        owner.comes(pushed(seq))
    owner.passes(0.3)
    gives(owner, 1, pushed(1))

    assert following.numbers() == list(range(1, 12))


def test_page_that_was_on_its_way_when_more_became_known_is_followed_by_another() -> None:
    owner = online()
    following = owner.follows()
    owner.behind = {"general": 2}
    owner.passes(31.0)

    gives(owner, 1, pushed(1))
    gives(owner, 2, pushed(2))

    assert following.numbers() == [1, 2]


def test_message_that_comes_twice_beyond_a_gap_has_its_later_state() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 0)
    edit: Frame = {"version": 3, "edited_at": "2026-01-01T00:00:01.000Z"}

    for frame in (pushed(2, "old"), pushed(2, "new", **edit), pushed(2, "old"), pushed(1)):
        owner.comes(frame)

    [_, second] = following.takes()
    assert isinstance(second, Message)
    assert second.content == "new"


class Log:
    """A conversation's log in memory."""

    def __init__(self, numbers: list[str]) -> None:
        self.frames = {
            seq: pushed(seq) if kind == "message" else reacted(seq, seq - 1, version=seq)
            for seq, kind in enumerate(numbers, 1)
            if kind != "unused" and not (kind == "change" and seq == 1)
        }
        self.last = len(numbers)

    def page(self, after: int, limit: int) -> Frame:
        waiting = [each for seq, each in sorted(self.frames.items()) if seq > after]
        frames, has_more = waiting[:limit], len(waiting) > limit
        up_to = frames[-1]["data"]["seq"] if has_more else self.last
        return page(up_to, *frames, has_more=has_more)


kinds = st.lists(st.sampled_from(["message", "message", "change", "unused"]), max_size=60)
pushes = st.lists(st.integers(1, 60), max_size=200)


@settings(deadline=None)
@given(kinds, pushes, st.integers(2, 12), st.randoms(use_true_random=False))
def test_slow_consumer_gets_everything_though_its_memory_is_bounded(
    numbers: list[str], order: list[int], capacity: int, random: Random
) -> None:
    log = Log(numbers)
    owner = online()
    following = owner.follows(capacity=capacity)
    owner.behind = {"general": log.last}
    answered = 0

    for seq in order:
        if seq in log.frames:
            owner.comes(log.frames[seq])
        if random.random() < 0.2:
            following.takes(at_most=1)
        if random.random() < 0.2:
            answered = answer_pages(owner, log, answered)
        assert len(following.stream._buffer) <= 2 * capacity  # noqa: SLF001 -- what is bounded
    for _ in range(len(log.frames) + 2):
        following.takes()
        owner.passes(30.0)
        answered = answer_pages(owner, log, answered)

    assert following.numbers() == sorted(log.frames)


def answer_pages(owner: Owner, log: Log, answered: int) -> int:
    asked = owner.sent("history")
    for each in asked[answered:]:
        owner.answers(each, "history", log.page(each["data"]["after_seq"], each["data"]["limit"]))
    return len(asked)


def test_times_are_aware() -> None:
    owner = online()
    following = owner.follows()
    gives(owner, 1, pushed(1))

    [first] = following.takes()
    assert isinstance(first, Message)
    assert first.created_at.utcoffset() == timedelta(0)
