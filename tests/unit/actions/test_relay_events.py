"""Events reach a sink in order, each number that has something, and nothing else."""

import pytest

from chat.actions.relay_events import GAP_PAUSES_SECONDS, LAST_RETRY_SECONDS
from chat.actions.relay_page import EVENTS_OF_A_PAGE
from chat.actions.relay_round import FAULTS_IN_A_ROW, SWEPT_AT_ONCE
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId
from chat.storage.conversations import next_seq
from chat.storage.relays import LEASE_SECONDS, RelayKey, claim, rewind
from chat.storage.tables import MessageRow
from testing.people import Client, Person
from testing.relay import SINK, Relay, record, used_numbers
from testing.simulation import Simulation


@pytest.fixture
def relay(simulation: Simulation) -> Relay:
    return Relay(simulation)


@pytest.fixture
def hers(alice: Person) -> Client:
    return alice.logs_in()


@pytest.fixture
def room(hers: Client, bob: Person) -> str:
    return hers.creates(bob)


def test_each_message_arrives_once_and_in_order(relay: Relay, hers: Client, room: str) -> None:
    for number in range(EVENTS_OF_A_PAGE + 3):
        hers.says(f"number {number}", to=room)

    relay.wakes(room, room)

    assert relay.consumer.numbers(room) == used_numbers(room)
    assert [each["data"]["content"] for each in relay.consumer.arrived] == [
        f"number {number}" for number in range(EVENTS_OF_A_PAGE + 3)
    ]


def test_event_is_a_cloud_event_with_the_frames_data(relay: Relay, hers: Client, room: str) -> None:
    said = hers.says("Hello", to=room)

    relay.wakes(room)

    assert relay.consumer.arrived == [
        {
            "specversion": "1.0",
            "id": said["message_id"],
            "source": "parley",
            "type": "parley.chat_message",
            "subject": room,
            "time": said["created_at"],
            "datacontenttype": "application/json",
            "data": said,
        }
    ]


def test_each_change_has_an_event_of_its_own(
    relay: Relay, hers: Client, room: str, carol: Person
) -> None:
    message = {"messageId": hers.says("Hello", to=room)["message_id"]}
    hers.sends("edit_message", **message, data={"content": "Bye"})
    hers.sends("react", **message, data={"reaction": "👍", "is_on": True})
    hers.sends("set_title", conversationId=room, data={"title": "Tea"})
    hers.sends("pin_message", **message)
    hers.sends("add_members", conversationId=room, data={"members": [carol.user.username]})
    hers.sends("remove_member", conversationId=room, data={"username": carol.user.username})

    relay.wakes(room)

    assert [each["type"].removeprefix("parley.") for each in relay.consumer.arrived] == [
        "chat_message",
        "message_changed",
        "message_changed",
        "conversation_changed",
        "conversation_changed",
        "members_added",
        "member_removed",
    ]
    assert relay.consumer.numbers(room) == used_numbers(room)
    assert relay.consumer.arrived[1]["data"]["content"] == "Bye"


def test_each_change_by_a_moderator_has_an_event(
    relay: Relay, hers: Client, room: str, bob: Person, carol: Person
) -> None:
    bobs, carols = ({"username": each.user.username} for each in (bob, carol))
    until = rfc3339(relay.simulation.now_ms + 60_000)
    changes = [
        ("mute_member", bobs | {"until": until}),
        ("mute_member", bobs | {"until": rfc3339(0)}),
        ("set_slow_mode", {"slow_seconds": 10}),
        ("ban_member", carols),
        ("unban_member", carols),
        ("ban_member", bobs),
    ]
    replies = [hers.sends(kind, conversationId=room, data=data) for kind, data in changes]

    relay.wakes(room)

    assert [(each["type"], each["data"]) for each in relay.consumer.arrived] == [
        (f"parley.{reply['type']}", reply["data"]) for reply in replies
    ]


def test_event_of_a_message_names_its_files_until_they_are_deleted(
    relay: Relay, hers: Client, room: str
) -> None:
    said = hers.shows(hers.uploads(room), to=room)
    relay.wakes(room)
    hers.sends("delete_message", messageId=said["message_id"])
    relay.rewinds(room, 1)

    relay.sweeps()

    first, *again = relay.consumer.arrived
    assert first["data"]["attachments"] == said["attachments"] != []
    assert [each["data"]["seq"] for each in again] == used_numbers(room)
    assert "attachments" not in str(again)


def test_message_that_an_operator_erased_is_sent_as_deleted(
    relay: Relay, hers: Client, room: str
) -> None:
    said = hers.says("a secret", to=room)
    hers.sends("edit_message", messageId=said["message_id"], data={"content": "another secret"})
    MessageRow(room, said["seq"]).delete()

    relay.wakes(room)

    assert "secret" not in str(relay.consumer.arrived)
    assert [each["data"]["change"] for each in relay.consumer.arrived] == ["deleted"]


def test_content_that_was_deleted_before_it_was_sent_is_sent_nowhere(
    relay: Relay, hers: Client, room: str
) -> None:
    message = {"messageId": hers.says("a secret", to=room)["message_id"]}
    hers.sends("edit_message", **message, data={"content": "another secret"})
    hers.sends("delete_message", **message)

    relay.wakes(room)

    assert relay.consumer.numbers(room) == used_numbers(room)
    assert "secret" not in str(relay.consumer.arrived)
    assert relay.consumer.arrived[0]["data"]["deleted_at"]


def test_number_that_is_just_being_stored_is_waited_for(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    next_seq(ConversationId(room))
    hers.says("three", to=room)

    relay.wakes(room)

    assert tuple(relay.simulation.sleeps) == GAP_PAUSES_SECONDS
    assert relay.consumer.numbers(room) == [1, 3] == used_numbers(room)


def test_conversations_are_relayed_apart_from_each_other(
    relay: Relay, hers: Client, room: str, carol: Person
) -> None:
    other = hers.creates(carol)
    hers.says("one", to=room)
    hers.says("two", to=other)
    relay.consumer.answers = lambda event: "HTTP 500" if event.conversation_id == room else None

    relay.wakes(room, other)

    assert relay.consumer.first_numbers(room) == []
    assert relay.consumer.first_numbers(other) == [1]


def test_nothing_is_sent_a_second_time_when_a_stream_repeats_itself(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.wakes(room)

    relay.wakes(room)

    assert relay.consumer.numbers(room) == [1]


def test_deleted_conversation_is_forgotten(relay: Relay) -> None:
    answer = relay.wakes("nowhere")

    assert answer == {"batchItemFailures": []}
    assert relay.position("nowhere") == 0


def test_events_of_before_the_first_instant_are_not_sent(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("before", to=room)
    relay.simulation.advance_time(60)
    since = hers.says("after", to=room)["created_at"].partition(".")[0] + "Z"
    relay.simulation.services = relay.simulation.with_limits(events_since=since)

    relay.wakes(room)

    assert relay.consumer.numbers(room) == [2]
    assert relay.position(room) == 2


def test_replay_sends_also_what_is_older_than_the_first_instant(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("before", to=room)
    relay.simulation.services = relay.simulation.with_limits(events_since="2100-01-01T00:00:00Z")
    relay.wakes(room)

    rewind(RelayKey(ConversationId(room), SINK), 0, relay.simulation.now_ms)
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1]


@pytest.mark.parametrize("at_once", [1, 10])
def test_failed_event_is_sent_again_and_nothing_overtakes_it(
    simulation: Simulation, hers: Client, room: str, at_once: int
) -> None:
    relay = Relay(simulation, at_once=at_once)
    for text in ("one", "two", "three"):
        hers.says(text, to=room)
    relay.consumer.answers = lambda event: "HTTP 503" if event.seq == 2 else None
    relay.wakes(room)
    assert relay.consumer.numbers(room) == [1]

    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()

    assert relay.consumer.numbers(room) == [1, 2, 3]


def test_wake_does_not_hasten_a_retry(relay: Relay, hers: Client, room: str) -> None:
    hers.says("one", to=room)
    relay.consumer.answers = lambda _: "HTTP 500"
    relay.wakes(room)

    for _ in range(5):
        relay.wakes(room)

    assert relay.consumer.requests == 1


def test_consumer_that_is_down_for_three_days_gets_everything_afterwards(
    relay: Relay, alice: Person, room: str
) -> None:
    relay.consumer.answers = lambda _: "ConnectionRefusedError"
    for minute in range(0, 3 * 24 * 60, 10):
        relay.simulation.advance_time(10 * 60)
        if minute % 720 == 0:
            alice.logs_in().says(f"minute {minute}", to=room)
            relay.wakes(room)
        relay.sweeps()
    attempts = relay.consumer.requests

    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()

    assert relay.consumer.first_numbers(room) == used_numbers(room) == [1, 2, 3, 4, 5, 6]
    assert 72 < attempts < 200


def test_consumer_that_names_a_time_is_asked_again_only_then(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.consumer.answers, relay.consumer.retry_after_seconds = lambda _: "HTTP 429", 900
    relay.wakes(room)

    for _ in range(14):
        relay.simulation.advance_time(60)
        relay.wakes(room)
        relay.sweeps()
    assert relay.consumer.requests == 1
    relay.simulation.advance_time(60)
    relay.sweeps()

    assert relay.consumer.requests == 2


def test_time_that_a_consumer_names_is_waited_for_an_hour_at_most(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.consumer.answers, relay.consumer.retry_after_seconds = lambda _: "HTTP 503", float("inf")
    relay.wakes(room)
    relay.consumer.answers = lambda _: None

    relay.simulation.advance_time(LAST_RETRY_SECONDS)
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1]


def test_time_that_a_consumer_names_does_not_hasten_a_retry(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.consumer.answers, relay.consumer.retry_after_seconds = lambda _: "HTTP 503", 1

    for _ in range(24 * 6):
        relay.simulation.advance_time(10 * 60)
        relay.sweeps()

    assert relay.consumer.requests < 60


def test_consumer_that_names_a_time_is_not_asked_for_another_conversation(
    relay: Relay, hers: Client, bob: Person
) -> None:
    rooms = [hers.creates(bob) for _ in range(2)]
    for room in rooms:
        hers.says("Hello", to=room)
    relay.consumer.answers, relay.consumer.retry_after_seconds = lambda _: "HTTP 429", 30
    relay.wakes(*rooms)
    assert relay.consumer.requests == 1

    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()

    assert sorted(each["subject"] for each in relay.consumer.arrived) == sorted(rooms)


def test_gone_consumer_gets_nothing_more(relay: Relay, hers: Client, room: str) -> None:
    hers.says("one", to=room)
    relay.consumer.answers = lambda _: "HTTP 410"
    relay.wakes(room)

    for _ in range(60):
        hers.says("more", to=room)
        relay.wakes(room)
        relay.simulation.advance_time(60)
        relay.sweeps()

    assert relay.consumer.requests == 1
    assert relay.simulation.metrics["EventsStopped"] == 60


def test_another_address_of_a_stopped_sink_gets_what_waited(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.consumer.answers = lambda _: "HTTP 410"
    relay.wakes(room)
    relay.consumer.answers = lambda _: None

    relay.consumer.address = "https://another.example/events"
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1]


def test_consumer_that_seems_to_be_down_is_not_asked_for_each_conversation(
    relay: Relay, hers: Client, bob: Person
) -> None:
    rooms = [hers.creates(bob) for _ in range(FAULTS_IN_A_ROW + 4)]
    for room in rooms:
        hers.says("Hello", to=room)
    relay.consumer.answers = lambda _: "TimeoutError"
    relay.wakes(*rooms)
    assert relay.consumer.requests == FAULTS_IN_A_ROW

    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()

    assert sorted(each["subject"] for each in relay.consumer.arrived) == sorted(rooms)


def test_nothing_is_begun_that_would_not_end_in_time(relay: Relay, hers: Client, room: str) -> None:
    for number in range(3):
        hers.says(f"number {number}", to=room)
    relay.seconds_left = lambda: 60.0 if relay.consumer.requests < 2 else 5.0
    relay.wakes(room)
    assert relay.consumer.numbers(room) == [1, 2]

    relay.seconds_left = lambda: 60.0
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1, 2, 3]


def test_sweep_finds_what_no_stream_has_reported(relay: Relay, hers: Client, room: str) -> None:
    hers.says("unnoticed", to=room)

    relay.sweeps()

    assert relay.consumer.numbers(room) == [1]


def test_sweep_finds_a_conversation_whose_run_died(relay: Relay, hers: Client, room: str) -> None:
    hers.says("one", to=room)
    held = claim(RelayKey(ConversationId(room), SINK), "a run that dies", relay.simulation.now_ms)
    assert held
    relay.sweeps()
    assert relay.consumer.numbers(room) == []

    relay.simulation.advance_time(LEASE_SECONDS)
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1]


def test_sweeps_together_look_at_every_conversation(
    relay: Relay, hers: Client, bob: Person
) -> None:
    relay.simulation.services = relay.simulation.with_limits(changes_per_minute=1_000)
    rooms = [hers.creates(bob) for _ in range(SWEPT_AT_ONCE + 3)]
    for room in rooms:
        next_seq(ConversationId(room))

    for _ in range(2):
        relay.sweeps()

    assert [room for room in rooms if relay.position(room) != 1] == []


def test_failure_of_one_conversation_is_reported_and_does_not_stop_the_others(
    relay: Relay, hers: Client, room: str, carol: Person
) -> None:
    other = hers.creates(carol)
    hers.says("one", to=room)
    hers.says("two", to=other)

    def fail(event: object) -> None:
        if getattr(event, "conversation_id", "") == room:
            raise RuntimeError("a fault of the relay's own")

    relay.consumer.answers = fail
    batch = {"Records": [record(room, "1001"), record(other, "1002")]}
    answer = relay.invoke(batch)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1001"}]}
    assert relay.consumer.numbers(other) == [1]


def test_lag_is_how_long_the_longest_waiting_has_waited(
    relay: Relay, hers: Client, room: str
) -> None:
    hers.says("one", to=room)
    relay.consumer.answers = lambda _: "HTTP 500"
    relay.wakes(room)
    relay.simulation.advance_time(1000)
    relay.simulation.metrics.clear()

    relay.sweeps()

    assert relay.simulation.metrics["EventLagSeconds"] == 1000


def test_nothing_waits_once_everything_was_sent(relay: Relay, hers: Client, room: str) -> None:
    hers.says("one", to=room)
    relay.consumer.answers = lambda _: "HTTP 500"
    relay.wakes(room)
    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()
    relay.simulation.metrics.clear()
    relay.simulation.advance_time(1000)

    relay.sweeps()

    assert relay.simulation.metrics["EventLagSeconds"] == 0
