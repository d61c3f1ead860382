"""Changes of a message may come in any order, any number of times."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from clients.python.tests.support.owner import Frame, deleted, edited, message, reacted
from parley_client.changes import apply_change, changes_of, later_state
from parley_client.reading import event_of, message_of
from parley_client.records import Message, MessageChanged

SENT = message_of(message(1, "as sent", reply_to="general:0", mentions=["user-bob"]))
CHANGES = [edited(2, 1, "second"), reacted(3, 1, "👍"), edited(4, 1, "third"), reacted(5, 1, "🎉")]
DELETION = deleted(6, 1)


def change(frame: Frame) -> MessageChanged:
    event = event_of(frame)
    assert isinstance(event, MessageChanged)
    return event


def after(frames: list[Frame]) -> Message:
    state = SENT
    for frame in frames:
        state = apply_change(state, change(frame))
    return state


def test_every_order_of_changes_ends_in_one_state() -> None:
    ends = {after(list(order)) for order in permutations(CHANGES)}

    [end] = ends
    assert (end.content, end.version) == ("third", 4)
    assert end.reactions is not None
    assert end.reactions.items[0].reaction == "🎉"


@settings(deadline=None)
@given(st.lists(st.sampled_from([*CHANGES, DELETION])))
def test_nothing_that_was_deleted_comes_back(frames: list[Frame]) -> None:
    end = after([*frames, DELETION, *frames])

    assert (end.content, end.mentions, end.reactions, end.reply_to) == ("", (), None, None)
    assert end.deleted_at is not None
    assert end.deleted_by is not None


@settings(deadline=None)
@given(st.lists(st.sampled_from(CHANGES)), st.lists(st.sampled_from(CHANGES)))
def test_later_state_of_two_has_the_later_one_of_each_part(
    some: list[Frame], others: list[Frame]
) -> None:
    assert later_state(after(some), after(others)) == after([*some, *others])
    assert later_state(after(others), after(some)) == after([*some, *others])


@settings(deadline=None)
@given(st.lists(st.sampled_from([*CHANGES, DELETION])))
def test_changes_of_a_message_make_it_what_it_is(frames: list[Frame]) -> None:
    end, state = after(frames), SENT

    for each in changes_of(end):
        state = apply_change(state, each)

    assert state == end


def test_change_of_another_message_changes_nothing() -> None:
    assert apply_change(SENT, change(edited(2, 7, "of another"))) is SENT
