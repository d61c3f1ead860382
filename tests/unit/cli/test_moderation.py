import pytest

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId
from cli.admin.conversations import delete_conversation
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from tests.unit.cli.shell import Shell

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group of alice's, in which he has sent message 1."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.says("Hello", to=conversation)
    for client in (hers, his):
        client.discards_received()
    return hers, his, conversation


def test_banned_user_is_out_and_cannot_be_added(shell: Shell, room: Room) -> None:
    hers, his, conversation = room

    told = shell.does("conversations", "ban", conversation, "bob")

    assert told == "bob is banned.\n"
    assert his.receives("member_removed")["is_banned"] is True
    assert hers.receives("member_removed")["username"] == "bob"
    why = shell.is_rejected("conversations", "add-member", conversation, "bob")
    assert "'bob' is banned" in why
    assert shell.does("conversations", "ban", conversation, "bob") == "bob is banned already.\n"
    check_invariants(hers.simulation)


def test_an_owner_can_be_banned_by_an_operator(shell: Shell, room: Room) -> None:
    hers, his, conversation = room

    shell.does("conversations", "ban", conversation, "alice")

    assert [row["role"] for row in rows("MembershipsTable")] == ["owner"]
    hers.is_rejected("not_a_member", "history", conversationId=conversation)
    check_invariants(his.simulation)


def test_unbanned_user_can_be_added(shell: Shell, room: Room) -> None:
    hers, _, conversation = room
    shell.does("conversations", "ban", conversation, "bob")

    assert shell.does("conversations", "unban", conversation, "bob") == "bob is no longer banned.\n"

    assert shell.reads("conversations", "add-member", conversation, "bob") == {"added": ["bob"]}
    assert shell.does("conversations", "unban", conversation, "bob") == "bob is not banned.\n"
    check_invariants(hers.simulation)


def test_muted_member_sends_nothing_until_then(shell: Shell, room: Room) -> None:
    hers, his, conversation = room
    until = rfc3339(hers.simulation.now_ms + 60 * 60_000)

    told = shell.reads("conversations", "mute", conversation, "bob", "--minutes", "60")

    assert told == {"muted": "bob", "until": until}
    assert his.receives("conversation_changed")["muted_until"] == until
    his.is_rejected("muted", "chat_message", conversationId=conversation, data={"content": "x"})

    shell.does("conversations", "mute", conversation, "bob", "--minutes", "0")

    his.says("again", to=conversation)
    check_invariants(hers.simulation)


def test_only_a_member_below_an_owner_is_muted(shell: Shell, room: Room, carol: Person) -> None:
    _, _, conversation = room

    for name in ("alice", carol.user.username):
        why = shell.is_rejected("conversations", "mute", conversation, name, "--minutes", "1")
        assert "not a member, or is an owner" in why


def test_a_title_is_pushed_to_everybody(shell: Shell, room: Room) -> None:
    hers, his, conversation = room

    assert shell.reads("conversations", "set-title", conversation, " Tea ") == {"title": "Tea"}

    for client in (hers, his):
        assert client.receives("conversation_changed")["title"] == "Tea"


@pytest.mark.parametrize(
    "words",
    [("set-title", "Us"), ("ban", "bob"), ("mute", "bob", "--minutes", "1")],
    ids=lambda words: words[0],
)
def test_a_direct_conversation_is_not_moderated(
    shell: Shell, alice: Person, bob: Person, words: tuple[str, ...]
) -> None:
    direct = alice.logs_in().creates(bob, kind="direct")

    why = shell.is_rejected("conversations", words[0], direct, *words[1:])

    assert why == "parley: This is a direct conversation.\n"


def reports(client: Client, message: str, reason: str | None = None) -> None:
    data = {"reason": reason} if reason else {}
    client.sends_without_reply("report_message", messageId=message, data=data)


def test_reports_are_listed_until_they_are_resolved(shell: Shell, room: Room) -> None:
    hers, his, conversation = room
    message = f"{conversation}:1"
    reports(hers, message, "Spam")
    his.simulation.advance_time(1)
    reports(his, message)

    first, second = shell.reads("reports", "list")

    assert first | {"reported_at": ""} == {
        "message_id": message,
        "author": "bob",
        "reported_by": "alice",
        "reported_at": "",
        "reason": "Spam",
    }
    assert (second["reported_by"], second["reason"]) == ("bob", None)
    assert shell.does("reports", "resolve", message) == "Resolved 2 reports.\n"
    assert shell.reads("reports", "list") == []


def test_a_report_of_a_deleted_message_names_no_author(shell: Shell, room: Room) -> None:
    hers, his, conversation = room
    reports(hers, f"{conversation}:1")
    his.sends("delete_message", messageId=f"{conversation}:1")

    [listed] = shell.reads("reports", "list")

    assert listed["author"] is None


def test_an_erased_user_is_in_no_report_and_no_ban(shell: Shell, room: Room) -> None:
    hers, his, conversation = room
    reports(his, f"{conversation}:1", "Mine")
    hers.sends("ban_member", conversationId=conversation, data={"username": "bob"})

    exported = shell.does("data", "export", "bob")
    shell.does("data", "erase", "bob", "--yes")

    assert '"reason": "Mine"' in exported
    assert rows("ReportsTable") == []
    assert rows("BansTable") == []


def test_slow_mode_lasts_over_a_restore(shell: Shell, room: Room) -> None:
    hers, _, conversation = room
    hers.sends("set_slow_mode", conversationId=conversation, data={"slow_seconds": 60})

    shell.does("data", "after-restore", "--yes")

    [mark] = rows("RosterTable")
    assert mark["slow_seconds"] == 60


def test_deleted_conversation_leaves_no_report_and_no_ban(shell: Shell, room: Room) -> None:
    hers, _, conversation = room
    reports(hers, f"{conversation}:1")
    shell.does("conversations", "ban", conversation, "bob")

    delete_conversation(ConversationId(conversation), shell.simulation.services)

    assert rows("ReportsTable") == rows("BansTable") == []
