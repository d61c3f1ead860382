"""Each member says, per conversation, of which messages to be notified."""

from typing import Any

import pytest

from testing.people import Client, Person

type Room = tuple[Client, Client, str]

LATER = "2030-01-01T00:00:00.000Z"
EARLIER = "2020-01-01T00:00:00.000Z"


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.logs_in(), bob.logs_in()
    return hers, his, hers.creates(bob)


def sets(client: Client, room: str, **data: object) -> dict[str, Any]:
    reply = client.sends("set_notifications", conversationId=room, data=data)
    assert reply["type"] == "notifications_set", reply
    answer: dict[str, Any] = reply["data"]
    return answer


def listed(client: Client) -> object:
    [item] = client.sends("list_conversations")["data"]["items"]
    return item.get("notifications")


def test_member_is_notified_of_all_messages_at_first(room: Room) -> None:
    hers, _, _ = room

    assert listed(hers) is None


def test_what_is_set_is_listed_for_this_member_alone(room: Room) -> None:
    hers, his, conversation = room

    answer = sets(hers, conversation, level="mentions", muted_until=LATER)

    assert answer == {"conversation_id": conversation, "level": "mentions", "muted_until": LATER}
    assert listed(hers) == {"level": "mentions", "muted_until": LATER}
    assert listed(his) is None


def test_setting_replaces_the_whole_of_the_former_one(room: Room) -> None:
    hers, _, conversation = room
    sets(hers, conversation, level="none", muted_until=LATER)

    sets(hers, conversation, level="all")

    assert listed(hers) is None


def test_time_that_has_passed_mutes_nothing(room: Room) -> None:
    hers, _, conversation = room

    answer = sets(hers, conversation, level="none", muted_until=EARLIER)

    assert answer == {"conversation_id": conversation, "level": "none"}


def test_other_connections_of_the_user_receive_it_and_nobody_else_does(
    alice: Person, room: Room
) -> None:
    hers, his, conversation = room
    phone = alice.logs_in()
    before = len(hers.received)

    answer = sets(hers, conversation, level="none")

    assert phone.received[-1] == {"type": "notifications_set", "data": answer}
    assert len(hers.received) == before
    assert all(each["type"] != "notifications_set" for each in his.received)


def test_heartbeat_says_that_the_list_has_changed(room: Room) -> None:
    hers, _, conversation = room
    inbox = hers.sends("heartbeat", data={"inbox": 0})["data"]["inbox"]

    sets(hers, conversation, level="none")

    assert hers.sends("heartbeat", data={"inbox": inbox})["data"]["inbox"] == inbox + 1


def test_stranger_sets_nothing(carol: Person, room: Room) -> None:
    _, _, conversation = room

    carol.logs_in().is_rejected(
        "not_a_member", "set_notifications", conversationId=conversation, data={"level": "none"}
    )


def test_member_who_comes_back_is_notified_of_all_messages(room: Room) -> None:
    hers, his, conversation = room
    sets(his, conversation, level="none")
    his.sends("leave_conversation", conversationId=conversation)

    hers.sends("add_members", conversationId=conversation, data={"members": ["bob"]})

    assert listed(his) is None
