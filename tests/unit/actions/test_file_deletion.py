"""Deleting files: with their message before the reply, and by the queue what is left."""

import json

import pytest

from chat.files.bucket import NotDeleted
from testing.fake_files import failing
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]

NOTHING: dict[str, object] = {"batchItemFailures": []}


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice, who owns a group, and bob, who has sent a picture there with a thumbnail."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    named = {
        "attachment_id": his.uploads(conversation),
        "thumbnail_id": his.uploads(conversation, b"small"),
    }
    his.sends("chat_message", conversationId=conversation, data={"attachments": [named]})
    return hers, his, conversation


def deletes(client: Client, conversation: str, seq: int = 1) -> None:
    reply = client.sends("delete_message", messageId=f"{conversation}:{seq}")
    assert reply["type"] == "message_changed", reply


def consume(simulation: Simulation, *keys: str) -> object:
    return simulation.consume("delete_files", json.dumps({"keys": keys}))


def expired(*keys: str) -> str:
    """Make the message that S3 sends when a lifecycle rule has removed uploads."""
    records = [
        {"eventName": "LifecycleExpiration:Delete", "s3": {"object": {"key": key}}} for key in keys
    ]
    return json.dumps({"Records": records})


def test_nothing_of_the_files_is_left_when_the_deletion_is_answered(
    simulation: Simulation, room: Room
) -> None:
    _, his, conversation = room

    deletes(his, conversation)

    assert simulation.files.objects == {}
    assert rows("AttachmentsTable") == []
    check_invariants(simulation)


def test_owner_deletes_the_files_of_another_member(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room

    deletes(hers, conversation)

    assert simulation.files.objects == {}


def test_files_of_a_message_with_reactions_are_deleted(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    reaction = {"reaction": "👍", "is_on": True}
    hers.sends("react", messageId=f"{conversation}:1", data=reaction)

    deletes(his, conversation)

    assert simulation.files.objects == {}
    check_invariants(simulation)


def test_member_who_may_not_delete_a_message_deletes_no_file(
    simulation: Simulation, room: Room, carol: Person
) -> None:
    hers, _, conversation = room
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    before = dict(simulation.files.objects)

    carol.logs_in().is_rejected("forbidden", "delete_message", messageId=f"{conversation}:1")

    assert simulation.files.objects == before
    check_invariants(simulation)


def test_author_who_is_too_late_deletes_no_file(simulation: Simulation, room: Room) -> None:
    _, his, conversation = room
    simulation.services = simulation.with_limits(delete_seconds=60)
    simulation.advance_time(seconds=61)
    before = dict(simulation.files.objects)

    his.is_rejected("forbidden", "delete_message", messageId=f"{conversation}:1")
    for keys in simulation.queues.file_deletions:
        consume(simulation, *keys)

    assert simulation.files.objects == before


def test_files_of_other_messages_stay(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    kept = hers.uploads(conversation, b"kept")
    hers.shows(kept, to=conversation)

    deletes(his, conversation)

    assert simulation.files.taken() == [b"kept"]


def test_message_without_files_is_deleted_without_s3_and_queue(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    hers.says("Hello", to=conversation)
    simulation.has_files = None

    deletes(hers, conversation, 2)

    assert simulation.queues.file_deletions == []


def test_queue_deletes_what_s3_refused_to_delete(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    simulation.files.fault = failing("DeleteObjects", NotDeleted())

    deletes(his, conversation)

    assert hers.receives("chat_message")
    assert hers.receives("message_changed")["change"] == "deleted"
    assert simulation.files.taken() != []
    assert simulation.metrics["FileNotDeleted"] == 2
    [keys] = simulation.queues.file_deletions
    failed = consume(simulation, *keys)
    assert failed == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    simulation.files.fault = lambda _: None
    assert consume(simulation, *keys) == NOTHING
    assert simulation.files.objects == {}


def test_deletion_that_cannot_be_queued_changes_nothing(simulation: Simulation, room: Room) -> None:
    _, his, conversation = room
    before = dict(simulation.files.objects)
    simulation.queues.fault = ConnectionError("no answer")

    his.is_rejected("internal", "delete_message", messageId=f"{conversation}:1")

    assert simulation.files.objects == before
    check_invariants(simulation)


@pytest.mark.usefixtures("room")
def test_queue_keeps_files_that_a_message_has(simulation: Simulation) -> None:
    before = dict(simulation.files.objects)

    assert consume(simulation, *before) == NOTHING

    assert simulation.files.objects == before
    check_invariants(simulation)


def test_copy_of_an_expired_upload_that_no_message_took_is_deleted(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation, b"left")
    simulation.files.copy(conversation, picture)

    body = expired(*simulation.files.expire_uploads())
    assert simulation.consume("delete_files", body) == NOTHING

    assert b"left" not in simulation.files.taken()
    assert len(simulation.files.taken()) == 2
    check_invariants(simulation)


def test_key_is_unquoted_as_s3_quotes_it(simulation: Simulation) -> None:
    simulation.files.replace("c/a room: b+c/1", b"left")

    simulation.consume("delete_files", expired("u/a+room%3A+b%2Bc/1"))

    assert "c/a room: b+c/1" not in simulation.files.objects


@pytest.mark.parametrize(
    "body",
    ['{"Service":"Amazon S3","Event":"s3:TestEvent"}', '{"keys":["elsewhere/1","u/","c/x"]}'],
)
@pytest.mark.usefixtures("room")
def test_message_about_no_file_is_consumed(simulation: Simulation, body: str) -> None:
    before = dict(simulation.files.objects)

    assert simulation.consume("delete_files", body) == NOTHING

    assert simulation.files.objects == before


def test_repeated_deletion_is_answered_as_done(simulation: Simulation, room: Room) -> None:
    _, his, conversation = room
    deletes(his, conversation)

    deletes(his, conversation)

    assert len(simulation.queues.file_deletions) == 1


def test_group_without_members_keeps_its_files(simulation: Simulation, room: Room) -> None:
    """They stay as the messages do, until an operator deletes the conversation."""
    hers, his, conversation = room

    for client in (his, hers):
        client.sends("leave_conversation", conversationId=conversation)

    assert len(simulation.files.taken()) == 2
