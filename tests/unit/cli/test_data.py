import json
from base64 import b64encode
from pathlib import Path

from chat.protocol.ids import ConversationId
from chat.storage.tables import ConversationRow, MessageRow, UserRow
from chat.storage.users import find_users
from cli.admin.conversations import delete_conversation
from cli.admin.restore import EPHEMERAL
from testing.devices import P256DH
from testing.invariants import check_members, check_reactions, rows
from testing.notified import is_notified_of, registers, turn_on_web_push
from testing.people import Client, Person
from testing.pictures import PNG
from testing.simulation import Simulation
from testing.tables import MODELS
from tests.unit.cli.shell import Shell


def contents(client: Client, conversation: str) -> list[str]:
    page = client.sends("history", conversationId=conversation)["data"]["messages"]
    return [each["content"] for each in page]


def test_export_has_all_that_is_stored_of_a_user(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob, title="Tea")
    written = hers.says("Hello", to=group)
    his.says("Not hers", to=group)
    profile = {"display_name": "Alice Doe", "picture": b64encode(PNG).decode()}
    hers.sends("set_profile", data=profile)

    exported = shell.reads("data", "export", "alice")

    assert exported["user"]["user_id"] == alice.user.user_id
    assert exported["user"].items() >= profile.items()
    assert exported["messages"] == [written]
    (conversation,) = exported["conversations"]
    assert (conversation["conversation_id"], conversation["title"]) == (group, "Tea")


def test_export_has_messages_in_conversations_that_the_user_left(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    group = hers.creates(bob)
    written = hers.says("Hello", to=group)
    hers.sends("leave_conversation", conversationId=group)

    exported = shell.reads("data", "export", "alice")

    assert (exported["conversations"], exported["messages"]) == ([], [written])


def test_export_has_the_devices_of_a_user_without_their_keys(
    shell: Shell, simulation: Simulation, alice: Person, bob: Person
) -> None:
    turn_on_web_push(simulation)
    phone = registers(alice.logs_in(), "phone")
    registers(bob.logs_in(), "his")

    text = shell.does("data", "export", "alice")

    [device] = json.loads(text)["devices"]
    assert (device["endpoint"], len(device["device_id"])) == (phone, 43)
    assert P256DH not in text


def test_nothing_is_left_of_the_devices_of_an_erased_user(
    shell: Shell, simulation: Simulation, alice: Person, bob: Person
) -> None:
    turn_on_web_push(simulation)
    hers, his = alice.logs_in(), bob.logs_in()
    for client, name in ((hers, "hers"), (his, "his")):
        registers(client, name)
    is_notified_of(simulation, hers.says("Hello", to=hers.creates(bob)))
    assert rows("NotifiedTable")

    shell.does("data", "erase", "bob", "--yes")

    assert [row["user_id"] for row in rows("DevicesTable")] == ["user-alice"]
    assert [row["user_id"] for row in rows("DeviceOwnersTable")] == ["user-alice"]
    assert rows("NotifiedTable") == []


def test_export_has_no_password_hash(shell: Shell, alice: Person) -> None:
    assert "argon2" not in shell.does("data", "export", alice.user.username)


def test_export_is_written_to_a_file(shell: Shell, alice: Person, tmp_path: Path) -> None:
    path = tmp_path / "alice.json"

    told = shell.does("data", "export", "alice", "--output", str(path))

    assert json.loads(path.read_text())["user"]["username"] == alice.user.username
    assert told == ""


def test_messages_of_an_erased_user_are_gone(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group, former = hers.creates(bob), hers.creates(bob)
    hers.says("Hello", to=group)
    his.says("Hello Alice", to=group)
    hers.says("Earlier", to=former)
    hers.sends("leave_conversation", conversationId=former)

    told = shell.reads("data", "erase", "alice", "--yes")

    assert told["messages_erased"] == 2
    assert contents(his, group) == ["Hello Alice"]
    assert contents(his, former) == []
    assert find_users([alice.user.username]) == {}


def test_number_of_an_erased_message_is_not_reused(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    hers.says("Hello", to=group)

    shell.does("data", "erase", "alice", "--yes")

    # Her leaving and the erasure took a number each.
    assert his.says("Alone", to=group)["seq"] == 4
    assert contents(his, group) == ["Alone"]


def test_members_who_have_an_erased_message_hear_that_it_is_gone(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    his.says("Hello", to=group)
    hers.says("Secret", to=group)
    hers.sends("edit_message", messageId=f"{group}:2", data={"content": "Secret, edited"})
    hers.sends("delete_message", messageId=f"{group}:1")

    shell.does("data", "erase", "alice", "--yes")

    page = his.sends("history", conversationId=group, data={"after_seq": 2})["data"]
    shown = [change["data"] for change in page["changes"] if "change" in change["data"]]
    assert [(each["message_id"], each["change"]) for each in shown] == [
        (f"{group}:1", "deleted"),
        (f"{group}:2", "deleted"),
    ]
    everything = str([rows(table) for table in MODELS])
    assert "Secret" not in everything
    assert not [each for each in ("user-alice", '"alice"') if each in str(rows("ChangesTable"))]
    assert "alice" not in str(rows("MessagesTable"))


def test_erased_message_is_no_preview_and_counts_as_read(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    his.says("First", to=group)
    hers.says("Hello", to=group)

    shell.does("data", "erase", "alice", "--yes")

    (shown,) = his.sends("list_conversations")["data"]["items"]
    assert shown["last_message"]["content"] == "First"
    assert shown["unread_count"] == 0


def test_erasure_asks_for_confirmation(shell: Shell, alice: Person) -> None:
    shell.types("data", "erase", "alice", answering="n\n")

    assert find_users([alice.user.username]) == {alice.user.username: alice.user}


def test_no_number_is_used_twice_after_a_restore(shell: Shell, alice: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates()
    hers.says("Before", to=conversation)

    told = shell.reads("data", "after-restore", "--skip", "100", "--yes")

    assert told == {
        "connections": 1,
        "connections_closed": 1,
        "conversations": 1,
        "skipped": 100,
        "files_deleted": 0,
    }
    later = alice.logs_in().says("After", to=conversation)
    assert later["seq"] == 102


def test_readers_do_not_wait_for_skipped_numbers_after_a_restore(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates()
    hers.says("Before", to=conversation)
    shell.does("data", "after-restore", "--yes")
    again = alice.logs_in()
    again.says("After", to=conversation)

    page = again.sends("history", conversationId=conversation, data={"after_seq": 0})["data"]

    assert [each["seq"] for each in page["messages"]] == [1, 10_002]
    assert simulation.sleeps == []
    assert len(rows("MessagesTable")) == 3


def test_every_client_must_reconnect_after_a_restore(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    hers.creates(bob)
    bob.logs_in()

    shell.does("data", "after-restore", "--yes")

    assert simulation.sockets.open == set()
    for model in EPHEMERAL:
        assert list(model.scan()) == []


def test_counts_match_the_memberships_after_a_restore(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = alice.logs_in().creates(bob)
    UserRow("alice").update(actions=[UserRow.conversations.set(7)])
    ConversationRow(conversation).update(actions=[ConversationRow.member_count.set(7)])

    shell.does("data", "after-restore", "--yes")

    check_members()


def test_lost_message_can_be_sent_again_after_a_restore(shell: Shell, alice: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates()
    hers.says("Lost", to=conversation, clientMessageId="m-1")
    MessageRow(conversation, 1).delete()

    shell.does("data", "after-restore", "--yes")

    again = alice.logs_in().says("Lost", to=conversation, clientMessageId="m-1")
    assert again["seq"] == 10_002


def reacts(client: Client, message: str, reaction: str = "👍") -> None:
    data = {"reaction": reaction, "is_on": True}
    reply = client.sends("react", messageId=message, data=data)
    assert reply["type"] == "message_changed"


def test_export_has_the_reactions_of_the_user(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    his.says("Hello", to=group)
    reacts(hers, f"{group}:1")
    reacts(his, f"{group}:1", "🎉")

    exported = shell.reads("data", "export", "alice")

    at = "2026-11-22T18:19:14.123Z"
    assert exported["reactions"] == [
        {"message_id": f"{group}:1", "reaction": "👍", "reacted_at": at}
    ]


def test_erased_user_reacts_to_and_is_mentioned_in_nothing(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    data = {"content": "Look", "mentions": ["user-alice", "user-bob"]}
    his.sends("chat_message", conversationId=group, data=data)
    hers.says("Mine", to=group)
    for client in (hers, his):
        reacts(client, f"{group}:1")
        reacts(client, f"{group}:2")

    shell.does("data", "erase", "alice", "--yes")

    kept = ("MessagesTable", "ChangesTable", "ReactionsTable")
    assert "alice" not in str([rows(table) for table in kept])
    check_reactions()
    page = his.sends("history", conversationId=group, data={"after_seq": 6})["data"]
    shown = [each["data"] for each in page["changes"] if each["data"].get("change") == "reacted"]
    assert [(each["message_id"], each["reactions"]["total"]) for each in shown] == [
        (f"{group}:1", 1)
    ]


def test_renamed_user_reacts_under_the_new_name(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    his.says("Hello", to=group)
    reacts(hers, f"{group}:1")

    shell.does("users", "rename", "alice", "alicia")

    page = his.sends("history", conversationId=group, data={"after_seq": 2})["data"]
    [changed] = page["changes"]
    assert changed["data"]["reactions"]["items"][0]["users"] == ["alicia"]
    assert changed["data"]["by"]["username"] == "alicia"
    check_reactions()


def test_deleted_conversation_leaves_no_reaction(simulation: Simulation, alice: Person) -> None:
    hers = alice.logs_in()
    group = hers.creates()
    hers.says("Hello", to=group)
    reacts(hers, f"{group}:1")
    hers.sends("leave_conversation", conversationId=group)

    delete_conversation(ConversationId(group), simulation.services)

    assert rows("ReactionsTable") == []
