"""What an operator does with files: export, erase, delete, repair."""

import json

import pytest

from chat.files.bucket import NotDeleted
from chat.protocol.ids import ConversationId
from cli.admin.conversations import delete_conversation
from testing.fake_files import failing
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give a group in which alice and bob have each sent a picture and uploaded another one."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    for client, content in ((hers, b"hers"), (his, b"his")):
        client.shows(client.uploads(conversation, content), to=conversation)
        client.uploads(conversation, content + b" unsent")
    return hers, his, conversation


def test_export_names_the_files_of_the_user(shell: Shell, room: Room) -> None:
    *_, conversation = room

    files = shell.reads("data", "export", "alice")["files"]

    sent, unsent = sorted(files, key=lambda each: each["size"])
    assert sent["message_id"] == f"{conversation}:1"
    assert sent["key"] == f"c/{conversation}/{sent['attachment_id']}"
    assert (sent["name"], sent["size"], sent["media_type"]) == ("cat.png", 4, "image/png")
    assert unsent["message_id"] is None
    assert unsent["key"] == f"u/{conversation}/{unsent['attachment_id']}"


@pytest.mark.usefixtures("room")
def test_nothing_of_an_erased_users_files_is_left(simulation: Simulation, shell: Shell) -> None:
    shell.does("data", "erase", "alice", "--yes")

    left = {each.content for each in simulation.files.objects.values()}
    assert left == {b"his", b"his unsent"}
    assert {row["user_id"] for row in rows("AttachmentsTable")} == {"user-bob"}
    assert {row["user_id"] for row in rows("UploadTotalsTable")} == {"user-bob"}
    check_invariants(simulation)


@pytest.mark.usefixtures("room")
def test_queue_deletes_what_s3_refused_to_erase(simulation: Simulation, shell: Shell) -> None:
    simulation.files.fault = failing("DeleteObjects", NotDeleted())

    why = shell.is_rejected("data", "erase", "alice", "--yes")

    assert "Do it again" in why

    [keys] = simulation.queues.file_deletions
    assert [simulation.files.objects[key].content for key in keys] == [b"hers"]
    simulation.files.fault = lambda _: None
    shell.does("data", "erase", "alice", "--yes")
    simulation.consume("delete_files", json.dumps({"keys": keys}))
    assert {each.content for each in simulation.files.objects.values()} == {b"his", b"his unsent"}


def test_files_of_a_deleted_conversation_are_gone(
    simulation: Simulation, room: Room, carol: Person
) -> None:
    hers, _, conversation = room
    elsewhere = hers.creates(carol)
    hers.shows(hers.uploads(elsewhere, b"kept"), to=elsewhere)

    delete_conversation(ConversationId(conversation), simulation.services)

    assert {each.content for each in simulation.files.objects.values()} == {b"kept"}
    assert {row["conversation_id"] for row in rows("AttachmentsTable")} == {elsewhere}


@pytest.mark.usefixtures("room")
def test_files_of_lost_messages_are_deleted_after_a_restore(
    simulation: Simulation, shell: Shell
) -> None:
    simulation.files.replace("c/conversation-3/lost", b"lost")

    told = shell.reads("data", "after-restore", "--yes")

    assert told["files_deleted"] == 1
    assert sorted(simulation.files.taken()) == [b"hers", b"his"]
