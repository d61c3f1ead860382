"""Members are notified of what none of their connections has read, once, and as they set it."""

from typing import Any

import pytest

from chat.actions.device_sending import MAX_ATTEMPTS
from chat.actions.notify import MAX_RECIPIENTS
from chat.push.web_push_outcomes import Outcome, Result
from chat.storage.ttl import DEVICE_SECONDS
from testing.devices import AUTH, P256DH
from testing.invariants import rows
from testing.notified import (
    handles,
    is_notified_of,
    notices_of,
    registers,
    streams,
    turn_on_web_push,
    works_off,
)
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]

HOUR = "2026-11-22T19:19:14.123Z"


@pytest.fixture(autouse=True)
def _web_push(simulation: Simulation) -> None:
    turn_on_web_push(simulation)


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give a group of Alice and Bob, where Bob registered a phone."""
    hers, his = alice.logs_in(), bob.logs_in()
    room = hers.creates(bob, title="Lunch")
    registers(his, "phone")
    return hers, his, room


PHONE = "https://push.example.net/phone"


def received(simulation: Simulation) -> list[dict[str, Any]]:
    return simulation.devices.received[PHONE]


def sets(client: Client, room: str, **data: str) -> None:
    reply = client.sends("set_notifications", conversationId=room, data=data)
    assert reply["type"] == "notifications_set"


def fails(simulation: Simulation, outcome: Outcome, retry_after_seconds: int = 0) -> None:
    simulation.devices.fault = lambda _: Result(outcome, retry_after_seconds)


def works(simulation: Simulation) -> None:
    simulation.devices.fault = lambda _: None


def test_member_is_notified_of_a_message_that_stays_unread(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room

    is_notified_of(simulation, hers.says("Hello", to=conversation))

    assert received(simulation) == [
        {
            "type": "message",
            "conversation_id": conversation,
            "seq": 1,
            "title": "Lunch",
            "sender_name": "alice",
            "tag": conversation,
        }
    ]


def test_message_waits_until_somebody_may_have_read_it(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room

    streams(simulation, hers.says("Hello", to=conversation))

    [(_, delay_seconds)] = simulation.queues.notices
    assert delay_seconds == simulation.services.limits.notify_seconds


def test_queue_holds_no_content(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room

    streams(simulation, hers.says("Hello", to=conversation))

    assert "Hello" not in str(simulation.queues.notices)


def test_member_who_has_read_it_is_not_notified(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    his.sends_without_reply("read_receipt", messageId=said["message_id"])

    is_notified_of(simulation, said)

    assert received(simulation) == []
    assert rows("NotifiedTable") == []


def test_sender_is_not_notified(simulation: Simulation, room: Room) -> None:
    _, his, conversation = room

    is_notified_of(simulation, his.says("Hello", to=conversation))

    assert simulation.devices.tried == []


def test_member_without_devices_costs_no_claim(simulation: Simulation, room: Room) -> None:
    _, his, conversation = room

    is_notified_of(simulation, his.says("Hello", to=conversation))

    assert rows("NotifiedTable") == []


@pytest.mark.parametrize("again", ["stream", "queue"])
def test_repeated_delivery_notifies_nobody_twice(
    simulation: Simulation, room: Room, again: str
) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)

    if again == "stream":
        is_notified_of(simulation, said)
    else:
        handles(simulation, notices_of([said]))

    assert len(simulation.devices.tried) == 1


def test_newer_message_replaces_the_notification_and_is_counted(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    is_notified_of(simulation, hers.says("one", to=conversation))

    is_notified_of(simulation, *(hers.says(text, to=conversation) for text in ("two", "three")))

    assert [(each["seq"], each.get("count")) for each in received(simulation)] == [
        (1, None),
        (3, 3),
    ]
    assert len(simulation.devices.topics[PHONE]) == 1


def test_older_message_that_comes_late_notifies_nobody(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    first, second = (hers.says(text, to=conversation) for text in ("one", "two"))
    is_notified_of(simulation, second)

    is_notified_of(simulation, first)

    assert [each["seq"] for each in received(simulation)] == [2]


def test_deleted_message_notifies_nobody(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)
    hers.sends("delete_message", messageId=said["message_id"])

    is_notified_of(simulation, said)

    assert simulation.devices.tried == []


def test_number_without_a_message_notifies_nobody(simulation: Simulation, room: Room) -> None:
    _, _, conversation = room

    is_notified_of(simulation, {"conversation_id": conversation, "seq": 7})

    assert simulation.devices.tried == []


@pytest.mark.parametrize(("level", "seqs"), [("all", [3]), ("mentions", [3]), ("none", [])])
def test_level_says_of_which_messages(
    simulation: Simulation, bob: Person, room: Room, level: str, seqs: list[int]
) -> None:
    hers, his, conversation = room
    sets(his, conversation, level=level)
    plain = hers.says("Hello", to=conversation)
    is_notified_of(simulation, plain)
    assert bool(received(simulation)) == (level == "all")
    simulation.devices.clear()

    data = {"content": "Bob?", "mentions": [bob.user.user_id]}
    hers.says("Hello", to=conversation)
    named = hers.sends("chat_message", conversationId=conversation, data=data)["data"]
    is_notified_of(simulation, named)

    assert [each["seq"] for each in received(simulation)] == seqs


def test_mention_of_everybody_is_a_mention(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    sets(his, conversation, level="mentions")
    data = {"content": "All!", "mentions": ["*"]}

    is_notified_of(
        simulation, hers.sends("chat_message", conversationId=conversation, data=data)["data"]
    )

    assert len(received(simulation)) == 1


def test_reply_is_a_mention_of_whom_it_replies_to(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    sets(his, conversation, level="mentions")
    asked = his.says("Who comes?", to=conversation)["message_id"]
    data = {"content": "I do", "reply_to": asked}

    is_notified_of(
        simulation, hers.sends("chat_message", conversationId=conversation, data=data)["data"]
    )

    assert len(received(simulation)) == 1


def test_muted_member_is_notified_again_when_the_time_is_over(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    sets(his, conversation, level="all", muted_until=HOUR)
    is_notified_of(simulation, hers.says("Hello", to=conversation))
    assert simulation.devices.tried == []

    simulation.advance_time(3600)
    is_notified_of(simulation, hers.says("Hello", to=conversation))

    assert len(received(simulation)) == 1


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("none", {"title": "New message"}),
        ("sender", {"title": "Lunch", "sender_name": "alice"}),
        ("preview", {"title": "Lunch", "sender_name": "alice", "body": "x" * 200}),
    ],
)
def test_operator_says_how_much_a_notification_shows(
    simulation: Simulation, room: Room, content: str, shown: dict[str, str]
) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(notification_content=content)

    is_notified_of(simulation, hers.says("x" * 1000, to=conversation))

    place = {"type": "message", "conversation_id": conversation, "seq": 1, "tag": conversation}
    assert received(simulation) == [place | shown]


def test_title_of_a_direct_conversation_is_the_sender(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    registers(bob.logs_in(), "phone")
    hers = alice.logs_in()

    is_notified_of(simulation, hers.says("Hello", to=hers.creates(bob, kind="direct")))

    assert received(simulation)[0]["title"] == "alice"
    assert simulation.devices.urgencies == ["high"]


def test_removed_member_is_notified_of_nothing(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    is_notified_of(simulation, said)

    assert simulation.devices.tried == []


def test_signed_out_device_is_notified_of_nothing(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    his.sends("sign_out")

    is_notified_of(simulation, said)

    assert simulation.devices.tried == []


def test_device_of_another_user_by_now_is_notified_for_that_user_alone(
    simulation: Simulation, carol: Person, room: Room
) -> None:
    hers, _, conversation = room
    registers(carol.logs_in(), "phone")

    is_notified_of(simulation, hers.says("Hello", to=conversation))

    assert simulation.devices.tried == []
    assert rows("NotifiedTable") == []


def test_device_that_was_not_registered_for_long_is_not_notified(
    simulation: Simulation, alice: Person, room: Room
) -> None:
    _, _, conversation = room
    simulation.advance_time(DEVICE_SECONDS)

    is_notified_of(simulation, alice.logs_in().says("Hello", to=conversation))

    assert simulation.devices.tried == []


def test_device_that_is_gone_is_forgotten(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    fails(simulation, Outcome.GONE)

    is_notified_of(simulation, hers.says("Hello", to=conversation))

    assert rows("DevicesTable") == []
    assert rows("NotifiedTable") == []
    assert simulation.metrics["NotificationGone"] == 1


def test_busy_push_service_is_asked_again_when_it_says(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    fails(simulation, Outcome.LATER, 120)
    is_notified_of(simulation, hers.says("Hello", to=conversation))
    [(_, delay_seconds)] = simulation.queues.notices
    works(simulation)

    works_off(simulation)

    assert delay_seconds == 120
    assert len(received(simulation)) == 1
    assert simulation.queues.notices == []


def test_only_the_busy_push_service_is_asked_again(
    simulation: Simulation, carol: Person, room: Room
) -> None:
    hers, _, conversation = room
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    laptop = registers(carol.logs_in(), "laptop")
    simulation.devices.fault = lambda to: Result(Outcome.LATER) if to == PHONE else None
    is_notified_of(simulation, hers.says("Hello", to=conversation))
    works(simulation)

    works_off(simulation)

    assert [to for to, _, _ in simulation.devices.tried].count(laptop) == 1
    assert len(received(simulation)) == 1


def test_what_is_read_meanwhile_is_not_tried_again(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    fails(simulation, Outcome.LATER)
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)
    his.sends_without_reply("read_receipt", messageId=said["message_id"])
    works(simulation)

    works_off(simulation)

    assert received(simulation) == []


def test_push_service_that_stays_busy_is_given_up(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    fails(simulation, Outcome.LATER)
    streams(simulation, hers.says("Hello", to=conversation))
    delays = []
    while simulation.queues.notices:
        delays.append(simulation.queues.notices[0][1])
        works_off(simulation)

    assert delays == [10, 10, 20, 40, 80, 160]
    assert len(simulation.devices.tried) == MAX_ATTEMPTS
    assert simulation.metrics["NotificationGivenUp"] == 1


def test_notification_without_an_answer_is_never_tried_again(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)
    fails(simulation, Outcome.UNKNOWN)
    is_notified_of(simulation, said)
    works(simulation)

    works_off(simulation)
    is_notified_of(simulation, said)

    assert len(simulation.devices.tried) == 1


def test_notification_is_withdrawn_when_it_is_read_elsewhere(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)
    his.sends_without_reply("read_receipt", messageId=said["message_id"])
    [(_, delay_seconds)] = simulation.queues.notices

    works_off(simulation)

    assert delay_seconds == 0
    read = {"type": "read", "conversation_id": conversation, "up_to_seq": 1}
    assert received(simulation)[1:] == [read]
    assert rows("NotifiedTable") == []
    assert len(simulation.devices.topics[PHONE]) == 1


def test_only_a_device_that_shows_something_gets_a_withdrawal(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)

    his.sends_without_reply("read_receipt", messageId=said["message_id"])

    assert simulation.queues.notices == []


def test_reading_less_than_what_is_shown_withdraws_nothing(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = [hers.says(text, to=conversation) for text in ("one", "two")]
    is_notified_of(simulation, *said)

    his.sends_without_reply("read_receipt", messageId=said[0]["message_id"])

    assert simulation.queues.notices == []


def test_withdrawal_is_tried_again_later(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)
    his.sends_without_reply("read_receipt", messageId=said["message_id"])
    fails(simulation, Outcome.LATER)
    works_off(simulation)
    works(simulation)

    works_off(simulation)

    assert simulation.devices.shown(PHONE) == {}


def test_message_that_is_read_while_it_is_sent_is_withdrawn(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)

    def reads(_: str) -> Result | None:
        works(simulation)
        his.sends_without_reply("read_receipt", messageId=said["message_id"])
        works_off(simulation)
        return None

    simulation.devices.fault = reads
    is_notified_of(simulation, said)

    assert simulation.devices.shown(PHONE) == {}


def test_browser_that_has_to_show_every_message_gets_no_withdrawal(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    subscription = {
        "endpoint": "https://web.push.apple.com/bob",
        "keys": {
            "p256dh": P256DH,
            "auth": AUTH,
        },
    }
    his.sends("register_device", data={"kind": "web_push", "subscription": subscription})
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)
    his.sends_without_reply("read_receipt", messageId=said["message_id"])

    works_off(simulation)

    assert [each["type"] for _, each, _ in simulation.devices.tried] == ["message"]


def test_many_members_are_notified_in_parts(simulation: Simulation, alice: Person) -> None:
    members = [Person(simulation, f"member{number:02}") for number in range(MAX_RECIPIENTS + 1)]
    for each in members:
        registers(each.logs_in(), each.user.username)
    hers = alice.logs_in()
    streams(simulation, hers.says("Hello", to=hers.creates(*members)))

    works_off(simulation)
    assert len(simulation.devices.tried) == MAX_RECIPIENTS
    works_off(simulation)

    assert sorted(to for to, _, _ in simulation.devices.tried) == sorted(
        f"https://push.example.net/{each.user.username}" for each in members
    )


def test_in_a_big_conversation_only_who_is_named_is_notified(
    simulation: Simulation, bob: Person, carol: Person, room: Room
) -> None:
    hers, _, conversation = room
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    laptop = registers(carol.logs_in(), "laptop")
    simulation.services = simulation.with_limits(big_room_connections=2)
    data = {"content": "All, and Bob!", "mentions": ["*", bob.user.user_id]}

    is_notified_of(
        simulation, hers.sends("chat_message", conversationId=conversation, data=data)["data"]
    )

    assert len(received(simulation)) == 1
    assert laptop not in simulation.devices.received


def test_deployment_without_web_push_queues_nothing_for_receipts(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)
    simulation.services = simulation.with_limits(web_push="false")

    his.sends_without_reply("read_receipt", messageId=said["message_id"])

    assert simulation.queues.notices == []


def deletes(client: Client, said: dict[str, Any]) -> None:
    reply = client.sends("delete_message", messageId=said["message_id"])
    assert reply["type"] == "message_changed", reply


def test_deletion_withdraws_what_devices_show_of_the_message(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)
    is_notified_of(simulation, said)

    deletes(hers, said)
    works_off(simulation)

    assert simulation.devices.shown(PHONE) == {}
    assert rows("NotifiedTable") == []


def test_deletion_of_an_earlier_message_leaves_the_notification_of_a_later_one(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    first, second = (hers.says(text, to=conversation) for text in ("One", "Two"))
    is_notified_of(simulation, first, second)

    deletes(hers, first)
    works_off(simulation)

    assert [each["seq"] for each in received(simulation)] == [second["seq"]]


def test_deletion_of_what_nobody_was_notified_of_sends_nothing(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    said = hers.says("Hello", to=conversation)

    deletes(hers, said)
    works_off(simulation)

    assert PHONE not in simulation.devices.received


def test_without_web_push_a_deletion_queues_nothing(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(web_push="")
    said = hers.says("Hello", to=conversation)

    deletes(hers, said)

    assert simulation.queues.notices == []
