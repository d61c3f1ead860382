"""Nothing that is sent after the reply of a removal reaches who was removed."""

import pytest

from tests.world.people import Person
from tests.world.room import Action, Results, Room, contents, crossing


def removing_and_saying(room: Room) -> Action:
    """Remove bob, and with the reply in hand say something that is none of his business."""

    def act() -> str:
        reply = room.removes(room.her_phone)()
        room.says(room.her_phone, "secret")()
        return str(reply["type"])

    return act


@pytest.mark.parametrize(
    "asked", [{}, {"after_seq": 0}, {"before_seq": 9}], ids=["newest", "after", "before"]
)
def test_history_tells_nothing_later(bobs: Room, asked: dict[str, int]) -> None:
    bobs.says(bobs.hers, "public")()

    def check(results: Results) -> None:
        assert "secret" not in str(results["history"])

    performances = crossing(
        bobs,
        check=check,
        history=bobs.asks(bobs.his, "history", **asked),
        remove=removing_and_saying(bobs),
    )

    assert performances > 2


def test_a_list_of_conversations_tells_nothing_later(bobs: Room) -> None:
    bobs.says(bobs.hers, "public")()

    def check(results: Results) -> None:
        listed = results["list"]["data"]["items"]
        assert "secret" not in str(listed)
        assert all(item["last_seq"] == 1 for item in listed)

    performances = crossing(
        bobs,
        check=check,
        list=bobs.asks(bobs.his, "list_conversations"),
        remove=removing_and_saying(bobs),
    )

    assert performances > 2


def test_a_list_of_members_tells_nothing_later(bobs: Room) -> None:
    Person(bobs.world, "dave")

    def remove_and_add() -> None:
        bobs.removes(bobs.her_phone)()
        bobs.adds(bobs.her_phone, "dave")()

    def check(results: Results) -> None:
        assert "dave" not in str(results["list"])

    performances = crossing(
        bobs, check=check, list=bobs.asks(bobs.his, "list_members"), remove=remove_and_add
    )

    assert performances > 2


def test_a_heartbeat_tells_nothing_later(bobs: Room) -> None:
    bobs.says(bobs.hers, "public")()

    def check(results: Results) -> None:
        assert results["heartbeat"]["data"]["behind"] in ({}, {bobs.conversation: 1})

    performances = crossing(
        bobs,
        check=check,
        heartbeat=bobs.asks(bobs.his, "heartbeat", positions={bobs.conversation: 0}),
        remove=removing_and_saying(bobs),
    )

    assert performances > 2


def test_being_added_just_before_tells_nothing_later(room: Room) -> None:
    room.says(room.hers, "public")()

    def check(results: Results) -> None:
        if results["remove"] == "member_removed":
            assert "secret" not in str(room.his.received)

    performances = crossing(
        room, room.his, check=check, add=room.adds(room.hers), remove=removing_and_saying(room)
    )

    assert performances > 2


def test_a_message_that_crosses_the_removal_is_the_last(bobs: Room) -> None:
    def check(results: Results) -> None:
        assert results["send"]["type"] == "chat_message"
        assert contents(bobs.his) in ([], ["crossing"])

    performances = crossing(
        bobs,
        bobs.his,
        check=check,
        send=bobs.says(bobs.carols, "crossing"),
        remove=bobs.removes(bobs.hers),
    )

    assert performances > 2


@pytest.mark.parametrize("frame", ["chat_message", "typing", "read_receipt"])
def test_what_crosses_the_senders_own_removal_is_done_or_refused(bobs: Room, frame: str) -> None:
    bobs.says(bobs.hers, "public")()
    does = {
        "chat_message": bobs.says(bobs.his, "crossing", key="1"),
        "typing": bobs.asks(bobs.his, "typing"),
        "read_receipt": bobs.reads(bobs.his, 1),
    }

    def check(results: Results) -> None:
        reply = results["act"]
        assert reply is None or reply["type"] == frame or reply["code"] == "not_a_member"
        assert bobs.says(bobs.his, "later")()["code"] == "not_a_member"

    performances = crossing(
        bobs, bobs.his, check=check, act=does[frame], remove=bobs.removes(bobs.hers)
    )

    assert performances > 2
