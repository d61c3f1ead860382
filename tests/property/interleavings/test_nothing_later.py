"""Nothing that is sent after the reply of a removal reaches who was removed."""

import pytest

from testing.group import Action, Group, Results, contents, run_interleaved
from testing.people import Person


def removing_and_saying(room: Group) -> Action:
    """Remove bob, and with the reply in hand say something that is none of his business."""

    def act() -> str:
        reply = room.removes(room.her_phone)()
        room.says(room.her_phone, "secret")()
        return str(reply["type"])

    return act


@pytest.mark.parametrize(
    "asked", [{}, {"after_seq": 0}, {"before_seq": 9}], ids=["newest", "after", "before"]
)
def test_history_tells_nothing_later(group_with_bob: Group, asked: dict[str, int]) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()

    def check(results: Results) -> None:
        assert "secret" not in str(results["history"])

    performances = run_interleaved(
        group_with_bob,
        check=check,
        history=group_with_bob.asks(group_with_bob.his, "history", **asked),
        remove=removing_and_saying(group_with_bob),
    )

    assert performances > 2


def test_a_list_of_conversations_tells_nothing_later(group_with_bob: Group) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()

    def check(results: Results) -> None:
        listed = results["list"]["data"]["items"]
        assert "secret" not in str(listed)
        assert all(item["last_seq"] == 1 for item in listed)

    performances = run_interleaved(
        group_with_bob,
        check=check,
        list=group_with_bob.asks(group_with_bob.his, "list_conversations"),
        remove=removing_and_saying(group_with_bob),
    )

    assert performances > 2


def test_a_list_of_members_tells_nothing_later(group_with_bob: Group) -> None:
    Person(group_with_bob.simulation, "dave")

    def remove_and_add() -> None:
        group_with_bob.removes(group_with_bob.her_phone)()
        group_with_bob.adds(group_with_bob.her_phone, "dave")()

    def check(results: Results) -> None:
        assert "dave" not in str(results["list"])

    performances = run_interleaved(
        group_with_bob,
        check=check,
        list=group_with_bob.asks(group_with_bob.his, "list_members"),
        remove=remove_and_add,
    )

    assert performances > 2


def test_a_heartbeat_tells_nothing_later(group_with_bob: Group) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()

    def check(results: Results) -> None:
        assert results["heartbeat"]["data"]["behind"] in ({}, {group_with_bob.conversation: 1})

    performances = run_interleaved(
        group_with_bob,
        check=check,
        heartbeat=group_with_bob.asks(
            group_with_bob.his, "heartbeat", positions={group_with_bob.conversation: 0}
        ),
        remove=removing_and_saying(group_with_bob),
    )

    assert performances > 2


def test_being_added_just_before_tells_nothing_later(room: Group) -> None:
    room.says(room.hers, "public")()

    def check(results: Results) -> None:
        if results["remove"] == "member_removed":
            assert "secret" not in str(room.his.received)

    performances = run_interleaved(
        room, room.his, check=check, add=room.adds(room.hers), remove=removing_and_saying(room)
    )

    assert performances > 2


def test_a_message_that_crosses_the_removal_is_the_last(group_with_bob: Group) -> None:
    def check(results: Results) -> None:
        assert results["send"]["type"] == "chat_message"
        assert contents(group_with_bob.his) in ([], ["crossing"])

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        send=group_with_bob.says(group_with_bob.carols, "crossing"),
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert performances > 2


@pytest.mark.parametrize("frame", ["chat_message", "typing", "read_receipt"])
def test_what_crosses_the_senders_own_removal_is_done_or_refused(
    group_with_bob: Group, frame: str
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()
    does = {
        "chat_message": group_with_bob.says(group_with_bob.his, "crossing", key="1"),
        "typing": group_with_bob.asks(group_with_bob.his, "typing"),
        "read_receipt": group_with_bob.reads(group_with_bob.his, 1),
    }

    def check(results: Results) -> None:
        reply = results["act"]
        assert reply is None or reply["type"] == frame or reply["code"] == "not_a_member"
        assert group_with_bob.says(group_with_bob.his, "later")()["code"] == "not_a_member"

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        act=does[frame],
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert performances > 2
