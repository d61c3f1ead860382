import json
from pathlib import Path

from chat.protocol.ids import ConversationId
from chat.storage.messages import delete_messages
from chat.storage.recovery import PASSING
from chat.storage.tables import ConversationRow, UserRow
from chat.storage.users import find_users
from testing.invariants import check_members, rows
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


def contents(client: Client, conversation: str) -> list[str]:
    page = client.sends("history", conversationId=conversation)["data"]["messages"]
    return [each["content"] for each in page]


def test_all_that_is_stored_of_a_user_is_exported(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.arrives(), bob.arrives()
    group = hers.creates(bob, title="Tea")
    written = hers.says("Hello", to=group)
    his.says("Not hers", to=group)

    exported = shell.reads("data", "export", "alice")

    assert exported["user"]["user_id"] == alice.user.user_id
    assert exported["messages"] == [written]
    (conversation,) = exported["conversations"]
    assert (conversation["conversation_id"], conversation["title"]) == (group, "Tea")


def test_what_was_written_where_one_is_no_longer_a_member_is_exported_too(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    group = hers.creates(bob)
    written = hers.says("Hello", to=group)
    hers.sends("leave_conversation", conversationId=group)

    exported = shell.reads("data", "export", "alice")

    assert (exported["conversations"], exported["messages"]) == ([], [written])


def test_an_export_holds_no_hash(shell: Shell, alice: Person) -> None:
    assert "argon2" not in shell.does("data", "export", alice.user.username)


def test_an_export_goes_into_a_file(shell: Shell, alice: Person, tmp_path: Path) -> None:
    path = tmp_path / "alice.json"

    told = shell.does("data", "export", "alice", "--output", str(path))

    assert json.loads(path.read_text())["user"]["username"] == alice.user.username
    assert told == ""


def test_what_an_erased_user_wrote_is_gone(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.arrives(), bob.arrives()
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


def test_the_number_of_an_erased_message_stays_taken(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    group = hers.creates(bob)
    hers.says("Hello", to=group)

    shell.does("data", "erase", "alice", "--yes")

    assert his.says("Alone", to=group)["seq"] == 2
    assert contents(his, group) == ["Alone"]


def test_an_erased_message_is_nobodys_preview_and_unread_by_nobody(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    group = hers.creates(bob)
    his.says("First", to=group)
    hers.says("Hello", to=group)

    shell.does("data", "erase", "alice", "--yes")

    (shown,) = his.sends("list_conversations")["data"]["items"]
    assert shown["last_message"]["content"] == "First"
    assert shown["unread_count"] == 0


def test_an_erasure_is_asked_about_first(shell: Shell, alice: Person) -> None:
    shell.types("data", "erase", "alice", answering="n\n")

    assert find_users([alice.user.username]) == {alice.user.username: alice.user}


def test_after_a_restore_no_number_is_given_twice(shell: Shell, alice: Person) -> None:
    hers = alice.arrives()
    conversation = hers.creates()
    hers.says("Before", to=conversation)

    told = shell.reads("data", "after-restore", "--skip", "100", "--yes")

    assert told == {
        "connections": 1,
        "connections_closed": 1,
        "conversations": 1,
        "skipped": 100,
    }
    later = alice.arrives().says("After", to=conversation)
    assert later["seq"] == 102


def test_after_a_restore_no_reader_waits_for_the_numbers_that_were_skipped(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates()
    hers.says("Before", to=conversation)
    shell.does("data", "after-restore", "--yes")
    again = alice.arrives()
    again.says("After", to=conversation)

    page = again.sends("history", conversationId=conversation, data={"after_seq": 0})["data"]

    assert [each["seq"] for each in page["messages"]] == [1, 10_002]
    assert simulation.pauses == []
    assert len(rows("MessagesTable")) == 3


def test_after_a_restore_everybody_has_to_come_anew(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    hers.creates(bob)
    bob.arrives()

    shell.does("data", "after-restore", "--yes")

    assert simulation.sockets.open == set()
    for model in PASSING:
        assert list(model.scan()) == []


def test_after_a_restore_the_counts_are_those_of_the_memberships(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = alice.arrives().creates(bob)
    UserRow("alice").update(actions=[UserRow.conversations.set(7)])
    ConversationRow(conversation).update(actions=[ConversationRow.member_count.set(7)])

    shell.does("data", "after-restore", "--yes")

    check_members()


def test_after_a_restore_a_message_of_the_lost_time_can_be_sent_again(
    shell: Shell, alice: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates()
    hers.says("Lost", to=conversation, clientMessageId="m-1")
    delete_messages(ConversationId(conversation))

    shell.does("data", "after-restore", "--yes")

    again = alice.arrives().says("Lost", to=conversation, clientMessageId="m-1")
    assert again["seq"] == 10_002
