"""A function that handles files is killed at any step, or S3 fails at any step."""

import json

import pytest

from testing.crash_points import crash_points
from testing.fake_files import failing
from testing.group import Action, Group
from testing.injection import inject_before
from testing.invariants import check_invariants, rows
from testing.snapshots import Snapshot

PICTURE = b"a picture"


def shows(group: Group, picture: str, key: str | None) -> Action:
    frame = {
        "type": "chat_message",
        "conversationId": group.conversation,
        "data": {"attachments": [{"attachment_id": picture}]},
    }
    return group.sends(group.hers, frame | ({"clientMessageId": key} if key else {}))


def a_day_passes(group: Group) -> None:
    """Let S3 remove uploads and report it, and deliver what waits in the queue."""
    simulation = group.simulation
    records = [{"s3": {"object": {"key": key}}} for key in simulation.files.expire_uploads()]
    bodies = [{"keys": keys} for keys in simulation.queues.file_deletions]
    for body in [*bodies, {"Records": records}]:
        assert simulation.consume("delete_files", json.dumps(body)) == {"batchItemFailures": []}


def messages() -> int:
    return len([row for row in rows("MessagesTable") if "attachments" in row])


@pytest.mark.parametrize("key", [None, "1"])
def test_message_has_its_file_or_nothing_of_it_is_left_a_day_later(
    group_with_bob: Group, key: str | None
) -> None:
    group, number = group_with_bob, 0
    picture = group.hers.uploads(group.conversation, PICTURE)

    for where in crash_points(group.simulation, shows(group, picture, key)):
        number += 1
        a_day_passes(group)
        assert group.simulation.files.taken() == [PICTURE] * messages(), where
        check_invariants(group.simulation)

    assert number > 12


def test_message_sent_again_after_a_crash_has_its_file(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    for where in crash_points(group.simulation, shows(group, picture, "1")):
        reply = shows(group, picture, "1")()
        assert reply["type"] == "chat_message", where
        assert messages() == 1
        assert group.simulation.files.taken() == [PICTURE]
        check_invariants(group.simulation)


def test_no_file_of_a_deleted_message_is_left_after_a_crash(group_with_bob: Group) -> None:
    group, number = group_with_bob, 0
    shows(group, group.hers.uploads(group.conversation, PICTURE), None)()

    for where in crash_points(group.simulation, group.deletes(group.hers, 2)):
        number += 1
        a_day_passes(group)
        assert group.simulation.files.taken() == [PICTURE] * messages(), where
        check_invariants(group.simulation)

    assert number > 10


def test_queue_delivers_again_after_a_crash(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)
    group.simulation.files.copy(group.conversation, picture)
    body = json.dumps({"keys": [f"u/{group.conversation}/{picture}"]})

    for where in crash_points(
        group.simulation, lambda: group.simulation.consume("delete_files", body)
    ):
        group.simulation.consume("delete_files", body)
        assert group.simulation.files.objects == {}, where


@pytest.mark.parametrize("request_", ["HeadObject", "CopyObject"])
def test_failure_of_s3_leaves_no_message(group_with_bob: Group, request_: str) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)
    start = Snapshot(group.simulation)
    group.simulation.files.fault = failing(request_, ConnectionError())

    reply = shows(group, picture, "1")()

    group.simulation.files.fault = lambda _: None
    assert reply["code"] == "internal"
    assert messages() == 0
    a_day_passes(group)
    assert group.simulation.files.objects == {}
    start.restore()


def test_copy_that_was_made_though_its_answer_was_lost_is_used(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def copy_and_lose_the_answer() -> None:
        group.simulation.files.copy(group.conversation, picture)
        group.simulation.files.fault = failing("CopyObject", ConnectionError())

    with inject_before(group.simulation, "CopyObject", copy_and_lose_the_answer):
        assert shows(group, picture, "1")()["code"] == "internal"
    group.simulation.files.fault = lambda _: None

    assert shows(group, picture, "1")()["type"] == "chat_message"
    check_invariants(group.simulation)
